using Plimsoll.Primitives;

namespace Plimsoll.OpenPubkey.KeySets;

/// <summary>
/// When an issuer's key set was fetched, and when a token with an unknown <c>kid</c> may have it fetched again: a rotated key
/// is found at once, and nobody can make us fetch at will by inventing names. A maximum age makes a removed key go away.
/// </summary>
public sealed record KeySetAge
{
    private KeySetAge(DateTimeOffset fetched, DateTimeOffset? refetched)
    {
        Fetched = fetched;
        LastExtraFetch = refetched;
    }

    /// <summary>How long a set is used without asking again. Removal from the set is the only revocation that providers have.</summary>
    public static readonly TimeSpan MostAge = TimeSpan.FromHours(1);

    /// <summary>Least time between two fetches on account of unknown names.</summary>
    public static readonly TimeSpan LeastBetweenExtraFetches = TimeSpan.FromMinutes(1);

    /// <summary>When the set in hand was fetched.</summary>
    public DateTimeOffset Fetched { get; }

    /// <summary>When it was last fetched on account of an unknown name.</summary>
    public DateTimeOffset? LastExtraFetch { get; }

    /// <summary>The age of a set that was fetched in the ordinary way.</summary>
    public static KeySetAge FetchedAt(DateTimeOffset now) => new(now, refetched: null);

    /// <summary>Whether the set has to be fetched again before it is used. A clock that went backwards counts as stale.</summary>
    public bool IsStale(DateTimeOffset now) => now - Fetched > MostAge || now < Fetched;

    /// <summary>The age after an ordinary renewal; what was spent on unknown names stays spent.</summary>
    public KeySetAge Renewed(DateTimeOffset now) => new(now, LastExtraFetch);

    /// <summary>Allows one fetch for a <c>kid</c> that the set does not name, giving the age to keep if that fetch is made.</summary>
    public Result<KeySetAge> AllowExtraFetch(DateTimeOffset now)
        => LastExtraFetch is { } last && last <= now && now - last < LeastBetweenExtraFetches
            ? Failures.RefetchLimited($"the issuer's keys were fetched for an unknown name at {last:u}; the next time is {last + LeastBetweenExtraFetches:u}")
            : new KeySetAge(now, now);
}
