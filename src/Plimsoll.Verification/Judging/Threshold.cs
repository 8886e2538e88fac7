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
        var identities = Identities(signatures);
        var identitiesOf = Enumerable.Range(0, signatures.Count).ToLookup(at => signatures[at].Alternative, at => identities[at]);
        var takenBy = new Dictionary<int, int>();
        return identitiesOf.Count(alternative => Place(alternative.Key, [], identitiesOf, takenBy));
    }

    /// <summary>
    /// An identity for each signature, by number. Tokens that share a name are of one identity: a person who changes an e-mail
    /// address stays one, and so does a repository under another ref.
    /// </summary>
    private static int[] Identities(IReadOnlyList<IdentitySignature> signatures)
    {
        var parents = Enumerable.Range(0, signatures.Count).ToArray();
        var holders = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var at = 0; at < signatures.Count; at++)
        {
            foreach (var name in signatures[at].Names)
            {
                if (!holders.TryAdd(name, at))
                    parents[Root(at)] = Root(holders[name]);
            }
        }

        return [.. parents.Select((_, at) => Root(at))];

        int Root(int at)
        {
            while (parents[at] != at)
                at = parents[at] = parents[parents[at]];
            return at;
        }
    }

    // Kuhn's augmenting path: an identity that is taken is freed if its alternative finds another.
    private static bool Place(int alternative, HashSet<int> tried, ILookup<int, int> identitiesOf, Dictionary<int, int> takenBy)
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
