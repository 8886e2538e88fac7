namespace Plimsoll.Verification.Judging;

/// <summary>Counts how many different alternatives are met by as many different identities.</summary>
internal static class Threshold
{
    /// <summary>
    /// The size of the largest set of pairs (alternative, identity) in which neither stands twice: one identity that fits
    /// two alternatives counts once, and two identities that fit the same one count once.
    /// </summary>
    public static int Reached(IReadOnlyList<IdentitySignature> signatures)
    {
        var identitiesOf = signatures.ToLookup(signature => signature.Alternative, signature => signature.Identity);
        var takenBy = new Dictionary<string, int>(StringComparer.Ordinal);
        return identitiesOf.Count(alternative => Place(alternative.Key, [], identitiesOf, takenBy));
    }

    // Kuhn's augmenting path: an identity that is taken is freed if its alternative finds another.
    private static bool Place(int alternative, HashSet<string> tried, ILookup<int, string> identitiesOf, Dictionary<string, int> takenBy)
    {
        foreach (var identity in identitiesOf[alternative])
        {
            if (!tried.Add(identity))
                continue;
            if (takenBy.TryGetValue(identity, out var holder) && !Place(holder, tried, identitiesOf, takenBy))
                continue;
            takenBy[identity] = alternative;
            return true;
        }

        return false;
    }
}
