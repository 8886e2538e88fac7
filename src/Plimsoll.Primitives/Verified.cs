namespace Plimsoll.Primitives;

/// <summary>
/// A value whose bytes a key accepted. Made only by <see cref="Keys.VerificationKey"/>, so a method that takes one
/// cannot be handed something that nobody signed.
/// </summary>
public sealed class Verified<T>
    where T : notnull
{
    internal Verified(T value) => Value = value;

    /// <summary>What was signed.</summary>
    public T Value { get; }

    /// <summary>Reads the verified bytes as something else; what comes out was signed as well.</summary>
    public Result<Verified<TNext>> Then<TNext>(Func<T, Result<TNext>> parse)
        where TNext : notnull
        => parse(Value).Select(next => new Verified<TNext>(next));
}
