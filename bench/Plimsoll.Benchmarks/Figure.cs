using System.Globalization;

namespace Plimsoll.Benchmarks;

/// <summary>One figure: what it is called, what it is to stay below, and how it is measured.</summary>
/// <param name="Name">Words joined by dots, the subject first; the beginning of a name selects all that begin so.</param>
/// <param name="Unit">What the value counts. <c>R</c> is the yardstick (see <see cref="Bench.Yardstick"/>); a program's name means times as long as it.</param>
/// <param name="Target">The bound, such as <c>&lt;= 15 R</c>, or <c>-</c>.</param>
/// <param name="Measure">Takes the figure; throws <see cref="NotMeasuredException"/> where this machine cannot.</param>
public sealed record Figure(string Name, string Unit, string Target, Func<Bench, Task<double>> Measure)
{
    /// <summary>A figure that is taken in this thread.</summary>
    public static Figure Of(string name, string unit, string target, Func<Bench, double> measure)
        => new(name, unit, target, bench => Task.FromResult(measure(bench)));

    /// <summary>The figure without a bound.</summary>
    public static Figure Of(string name, string unit, Func<Bench, double> measure) => Of(name, unit, "-", measure);

    /// <summary>Bytes that a call allocates.</summary>
    public static Figure Allocated(string name, Func<Action> action) => Of(name, "B", _ => Bench.Allocated(action()));

    /// <summary>Whether a name on the command line means this figure.</summary>
    public bool IsSelectedBy(string name) => Name == name || Name.StartsWith(name + ".", StringComparison.Ordinal);

    /// <summary>The output's line.</summary>
    public string Line(double value) => string.Join('\t', Name, Digits(value), Unit, Target);

    // Three digits that mean something, and never an exponent.
    private static string Digits(double value)
    {
        var decimals = value > 0 && value != Math.Floor(value) ? Math.Clamp(2 - (int)Math.Floor(Math.Log10(value)), 0, 4) : 0;
        return value.ToString($"F{decimals}", CultureInfo.InvariantCulture);
    }
}

/// <summary>Why a figure cannot be taken here: an instruction set, a program or a build that is not there.</summary>
public sealed class NotMeasuredException(string why) : Exception(why);
