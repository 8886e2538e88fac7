using System.Diagnostics;
using System.Globalization;

namespace Plimsoll.Benchmarks;

/// <summary>Measures and prints figures. Two things that are compared run by turns, so that a noisy machine disturbs both alike.</summary>
public sealed class Bench(TextWriter output, bool quick)
{
    private readonly TimeSpan _batch = TimeSpan.FromMilliseconds(quick ? 4 : 20);
    private readonly int _rounds = quick ? 15 : 41;

    /// <summary>Whether the whole run is to stay under a minute.</summary>
    public bool Quick => quick;

    /// <summary>Prints one figure.</summary>
    public void Print(string name, double value, string unit, string target = "-")
        => output.WriteLine(string.Join('\t', name, value.ToString(value >= 100 ? "F0" : value >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture), unit, target));

    /// <summary>Says why a figure is not there.</summary>
    public static void Skip(string name, string why) => Console.Error.WriteLine($"{name}: not measured: {why}");

    /// <summary>Microseconds of one call: the median over batches.</summary>
    public double Microseconds(Action action)
    {
        var calls = Calibrate(action);
        return Median([.. Enumerable.Range(0, _rounds).Select(_ => Batch(action, calls))]);
    }

    /// <summary>How many times as long <paramref name="action"/> takes as <paramref name="yardstick"/>: the median over pairs of batches.</summary>
    public double Ratio(Action action, Action yardstick)
    {
        var (calls, yardstickCalls) = (Calibrate(action), Calibrate(yardstick));
        return Median([.. Enumerable.Range(0, _rounds).Select(_ => Batch(action, calls) / Batch(yardstick, yardstickCalls))]);
    }

    /// <summary>Bytes allocated by one call on this thread.</summary>
    public static double Allocated(Action action)
    {
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < 100; call++)
            action();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / 100.0;
    }

    private static double Batch(Action action, int calls)
    {
        var start = Stopwatch.GetTimestamp();
        for (var call = 0; call < calls; call++)
            action();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls;
    }

    private int Calibrate(Action action)
    {
        // Long enough for the runtime to replace its first code by its best.
        var start = Stopwatch.GetTimestamp();
        var calls = 0;
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(quick ? 150 : 600) || calls < 3)
        {
            action();
            calls++;
        }

        return Math.Max(1, (int)(_batch / (Stopwatch.GetElapsedTime(start) / calls)));
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
