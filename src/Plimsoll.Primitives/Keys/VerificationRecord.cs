using System.Collections.Immutable;

namespace Plimsoll.Primitives.Keys;

/// <summary>
/// What was verified before, so that it need not be again: entries of <see cref="KeyThreshold.Entry"/>. Whoever can write one can
/// make anything pass, so it is kept only where the trusted keys themselves are kept.
/// </summary>
public sealed record VerificationRecord(ImmutableHashSet<string> Entries)
{
    /// <summary>Nothing was verified before.</summary>
    public static VerificationRecord Empty { get; } = new(ImmutableHashSet.Create<string>(StringComparer.Ordinal));

    internal bool Holds(string entry) => Entries.Contains(entry);
}
