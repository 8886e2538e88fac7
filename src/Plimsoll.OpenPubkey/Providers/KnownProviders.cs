using Plimsoll.Primitives;

namespace Plimsoll.OpenPubkey.Providers;

/// <summary>The workload identity providers that are known by name. Each is data only; a policy may write the same by hand.</summary>
public static class KnownProviders
{
    /// <summary>GitHub Actions: a job asks for a token with any audience, so the audience is the commitment.</summary>
    public static IdentityProvider GitHubActions { get; } = new()
    {
        Name = "github",
        Issuer = Known("https://token.actions.githubusercontent.com"),
        Binding = ClaimBinding.Audience,
    };

    /// <summary>GitLab.com's jobs; for another instance see <see cref="GitLabCi(Issuer, string?)"/>.</summary>
    public static IdentityProvider GitLabCom { get; } = GitLabCi(Known("https://gitlab.com"));

    /// <summary>Forgejo Actions on an instance, given by its root URL: it speaks GitHub's protocol under an issuer of its own.</summary>
    public static Result<IdentityProvider> ForgejoActions(string instance)
        => Issuer.Parse(instance.TrimEnd('/') + "/api/actions").Select(issuer => new IdentityProvider
        {
            Name = "forgejo",
            Issuer = issuer,
            Binding = ClaimBinding.Audience,
        });

    /// <summary>GitLab CI: the job's file fixes the audience, so the commitment stands in the GQ header and the audience begins with the prefix.</summary>
    public static IdentityProvider GitLabCi(Issuer instance, string? audience = null) => GqBound("gitlab-ci", instance, audience);

    /// <summary>
    /// A Kubernetes cluster's projected service account tokens. The audience is written in the pod's volume before the pod
    /// starts, so it cannot be a commitment, and such tokens have no nonce: of all bindings only gq fits, and the audience's
    /// prefix keeps tokens that the pod mounts for other services from being used here.
    /// </summary>
    public static IdentityProvider Kubernetes(Issuer cluster, string? audience = null) => GqBound("kubernetes", cluster, audience) with
    {
        AudienceListOfOne = true,
    };

    /// <summary>
    /// Any provider whose token waits in a file (or an environment variable): fixed beforehand, so gq binding again. A file
    /// written for one commitment, by a helper that could choose the audience, is <see cref="AskedForTokenFile"/>.
    /// </summary>
    public static IdentityProvider TokenFile(Issuer issuer, string? audience = null) => GqBound("token-file", issuer, audience) with
    {
        // The file may well be a pod's.
        AudienceListOfOne = true,
    };

    /// <summary>A provider whose token was asked for with the commitment as its audience and then put into a file.</summary>
    public static IdentityProvider AskedForTokenFile(Issuer issuer) => new()
    {
        Name = "token-file",
        Issuer = issuer,
        Binding = ClaimBinding.Audience,
    };

    private static IdentityProvider GqBound(string name, Issuer issuer, string? audience) => new()
    {
        Name = name,
        Issuer = issuer,
        Binding = ClaimBinding.Gq,
        Audience = audience,
    };

    private static Issuer Known(string url)
        => Issuer.Parse(url).Succeeded(out var issuer, out var failure) ? issuer : throw new ArgumentException(failure.What, nameof(url));
}
