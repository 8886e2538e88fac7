using Plimsoll.OpenPubkey.Providers;

namespace Plimsoll.Verification.Policy;

/// <summary>Providers and identities that no policy may name, because they would let in more than they seem to.</summary>
internal static class ProviderRules
{
    private static readonly (string Name, string Id)[] Pairs = [("repository", "repository_id"), ("project_path", "project_id")];

    /// <summary>
    /// Gives the provider back if images may be verified by it. Without a log a gq-bound provider is weaker than it looks; while
    /// there is no log at all, it is admitted and every verdict says so.
    /// </summary>
    public static Result<IdentityProvider> Admit(IdentityProvider provider, bool withoutLog)
    {
        if (provider.Binding == ClaimBinding.Key)
            return KeyBound(provider.Name);
        if (provider.Binding == ClaimBinding.Gq && !withoutLog)
            return Refused($"provider '{provider.Name}': binding gq needs the log");
        return provider.Consistent();
    }

    /// <summary>Gives the identity back if it pins whom it means.</summary>
    public static Result<IdentityRule> Admit(IdentityRule identity, IdentityProvider provider)
    {
        if (Pairs.Any(pair => identity.Pins(pair.Name) && identity.Pins(pair.Id)))
            return identity;

        // Any repository may call a reusable workflow, and whoever takes a freed name has the name: only both together pin.
        var likeCi = provider.Binding == ClaimBinding.Audience
            || identity.Claims.Any(claim => Pairs.Any(pair => claim == pair.Name || claim == pair.Id) || claim is "job_workflow_ref" or "ci_config_ref_uri")
            || identity.StartsWith("sub", "repo:", "project_path:");
        if (likeCi)
        {
            return new Failure(
                Refusal.Malformed, "policy.identity-unpinned",
                $"the identity ({string.Join(", ", identity.Claims)}) does not pin the calling repository: any other could call the same workflow, or take the name over",
                "name 'repository' and 'repository_id' (GitHub, Forgejo), or 'project_path' and 'project_id' (GitLab), each without wildcards");
        }

        return identity.Pins("sub") || (identity.Pins("email") && provider.RequiredClaims.Contains(RequiredClaim.Of("email_verified", true)))
            ? identity
            : new Failure(
                Refusal.Malformed, "policy.identity-open",
                $"the identity ({string.Join(", ", identity.Claims)}) does not name one subject",
                "name 'sub' without wildcards, or 'email' with 'require: { email_verified: true }' at the provider");
    }

    public static Failure KeyBound(string name) => Refused(
        $"provider '{name}': a key-bound provider's commitment does not cover what is signed, so it cannot vouch for images");

    public static Failure Refused(string what) => new(
        Refusal.Malformed, "policy.provider", what, "correct the provider in the table 'providers'");
}
