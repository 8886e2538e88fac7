using System.Diagnostics.CodeAnalysis;

namespace Plimsoll.Primitives;

/// <summary>A value, or why there is none. The <c>default</c> is a failure, so a forgotten assignment refuses.</summary>
public readonly struct Result<T>
    where T : notnull
{
    private static readonly Failure Unassigned = new(
        Refusal.Malformed, "internal.unassigned", "a result was never assigned", "report this as a defect of Plimsoll");

    private readonly T? _value;
    private readonly Failure? _failure;
    private readonly bool _succeeded;

    internal Result(T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = value;
        _succeeded = true;
    }

    private Result(Failure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        _failure = failure;
    }

    /// <summary>The only door: exactly one of the two is set.</summary>
    public bool Succeeded([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Failure? failure)
    {
        value = _succeeded ? _value : default;
        failure = _succeeded ? null : _failure ?? Unassigned;
        return _succeeded;
    }

    /// <summary>Goes on with the value, or hands the failure on.</summary>
    public Result<TNext> Then<TNext>(Func<T, Result<TNext>> next)
        where TNext : notnull
        => Succeeded(out var value, out var failure) ? next(value) : failure;

    /// <summary>Turns the value into another one by a step that cannot fail.</summary>
    public Result<TNext> Select<TNext>(Func<T, TNext> map)
        where TNext : notnull
        => Succeeded(out var value, out var failure) ? new Result<TNext>(map(value)) : failure;

    /// <summary>A value that passed.</summary>
    public static implicit operator Result<T>(T value) => new(value);

    /// <summary>A refusal.</summary>
    public static implicit operator Result<T>(Failure failure) => new(failure);
}

/// <summary>Makes results of types that have no conversion, such as interfaces.</summary>
public static class Result
{
    /// <summary>A result that holds <paramref name="value"/>.</summary>
    public static Result<T> Of<T>(T value)
        where T : notnull
        => new(value);
}
