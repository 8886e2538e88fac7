namespace Plimsoll.Verification.Policy;

/// <summary>Finds the rule that speaks for a repository. None found means refused.</summary>
public static class Coverage
{
    /// <summary>
    /// The matching rule with the longest literal prefix. Two that are equally specific are an error, not a choice.
    /// </summary>
    public static Result<ImageRule> Find(TrustPolicy policy, string repository)
    {
        var matching = policy.Images.Where(rule => rule.Match.Matches(repository))
            .OrderByDescending(rule => rule.Match.LiteralPrefix)
            .ToList();
        if (matching.Count == 0)
        {
            return new Failure(
                Refusal.Denied, "policy.no-rule", $"no rule of the policy covers {repository}, and its default is to refuse",
                $"add a rule with 'match: {repository}' if images from there are to run");
        }

        return matching.Count > 1 && matching[1].Match.LiteralPrefix == matching[0].Match.LiteralPrefix
            ? new Failure(
                Refusal.Denied, "policy.ambiguous", $"the rules '{matching[0].Match}' ({matching[0].Position}) and '{matching[1].Match}' ({matching[1].Position}) fit {repository} equally well",
                "make one of them more specific")
            : matching[0];
    }
}
