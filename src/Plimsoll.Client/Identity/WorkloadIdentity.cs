using Plimsoll.OpenPubkey.Providers;
using Plimsoll.Primitives;

namespace Plimsoll.Client.Identity;

/// <summary>Who this process is, as far as an identity provider will vouch for it, and how it gets ID tokens to show for it.</summary>
/// <param name="System">What was found, for people: <c>GitHub Actions</c>, <c>GitLab CI</c>.</param>
/// <param name="Provider">The provider whose tokens these are, as a policy would write it.</param>
/// <param name="Tokens">Where the tokens come from.</param>
public sealed record WorkloadIdentity(string System, IdentityProvider Provider, IIdTokenSource Tokens)
{
    /// <summary>Where a pod's projected token is looked for.</summary>
    public const string KubernetesTokenFile = "/var/run/secrets/tokens/plimsoll";

    /// <summary>The variable in which a GitLab job has its ID token, the same as the reference implementation's.</summary>
    public const string GitLabVariable = "OPENPUBKEY_JWT";

    /// <summary>
    /// Finds the identity that the environment offers. The systems are looked for in a fixed order, the more specific first: a
    /// Forgejo job also calls itself a GitHub one, and any job may run in a pod. A system that is there and gives no token is
    /// a failure that names the missing line; the search does not go on to another identity.
    /// </summary>
    public static Task<Result<WorkloadIdentity>> Detect(
        Func<string, string?> environment, IdentityHttp http, TimeProvider time, CancellationToken cancellation)
        => Detect(environment, http, time, KubernetesTokenFile, cancellation);

    /// <summary>The same, with a pod's token file at another place.</summary>
    public static async Task<Result<WorkloadIdentity>> Detect(
        Func<string, string?> environment, IdentityHttp http, TimeProvider time, string kubernetesTokenFile, CancellationToken cancellation)
    {
        if (WorkloadSystems.IsForgejo(environment))
            return Forgejo(environment, http, time);
        if (WorkloadSystems.IsGitHub(environment))
            return GitHub(environment, http, time);
        if (WorkloadSystems.IsGitLab(environment))
            return GitLab(environment, time);
        if (File.Exists(kubernetesTokenFile))
            return await FromFile(kubernetesTokenFile, WorkloadSystems.Kubernetes, issuer => KnownProviders.Kubernetes(issuer), time, cancellation);
        return environment("KUBERNETES_SERVICE_HOST") is { Length: > 0 }
            ? WorkloadFailures.KubernetesToken(kubernetesTokenFile, IdentityProvider.DefaultAudiencePrefix)
            : WorkloadFailures.NotFound(kubernetesTokenFile);
    }

    /// <summary>
    /// An identity from any token file. The token says whose it is; that only picks the keys it is made into a proof with, and
    /// whether that issuer counts for anything is for the verifier's policy to say.
    /// </summary>
    public static Task<Result<WorkloadIdentity>> FromTokenFile(string path, TimeProvider time, CancellationToken cancellation)
        => FromFile(path, "token file", issuer => KnownProviders.TokenFile(issuer), time, cancellation);

    /// <summary>An identity from any token file, of a provider that the user described: its issuer and audience prefix must be the token's.</summary>
    public static Result<WorkloadIdentity> FromTokenFile(string path, IdentityProvider provider, TimeProvider time)
    {
        if (!provider.Consistent().Succeeded(out _, out var failure))
            return failure;
        return provider.Binding == ClaimBinding.Gq
            ? new WorkloadIdentity("token file", provider, new FileTokenSource(path, provider.Issuer.ToString(), PrefixOf(provider), provider.AudienceListOfOne, time))
            : new Failure(
                Refusal.Malformed, "identity.binding", $"a token file cannot serve provider '{provider.Name}', whose binding is {provider.Binding}",
                "use gq binding: a token that was made before the key cannot hold a commitment to it");
    }

    private static Result<WorkloadIdentity> GitHub(Func<string, string?> environment, IdentityHttp http, TimeProvider time)
    {
        if (!Issuer.Parse(WorkloadSystems.GitHubIssuer(environment)).Succeeded(out var issuer, out var failure))
            return failure;
        return FromTokenService(
            WorkloadSystems.GitHub, KnownProviders.GitHubActions with { Issuer = issuer }, environment, WorkloadFailures.GitHubPermission(), http, time);
    }

    private static Result<WorkloadIdentity> Forgejo(Func<string, string?> environment, IdentityHttp http, TimeProvider time)
    {
        if (WorkloadSystems.ForgejoInstance(environment(WorkloadSystems.RequestUrl) ?? "") is not { } instance)
            return WorkloadFailures.ForgejoPermission();
        if (!KnownProviders.ForgejoActions(instance).Succeeded(out var provider, out var failure))
            return failure;
        return FromTokenService(WorkloadSystems.Forgejo, provider, environment, WorkloadFailures.ForgejoPermission(), http, time);
    }

    private static Result<WorkloadIdentity> FromTokenService(
        string system, IdentityProvider provider, Func<string, string?> environment, Failure absent, IdentityHttp http, TimeProvider time)
    {
        if (environment(WorkloadSystems.RequestUrl) is not { Length: > 0 } url || environment(WorkloadSystems.RequestToken) is not { Length: > 0 } bearer)
            return absent;
        return ActionsTokenSource.Create(system, provider.Issuer.ToString(), url, bearer, provider.CommitmentPrefix, http, time)
            .Select(source => new WorkloadIdentity(system, provider, source));
    }

    private static Result<WorkloadIdentity> GitLab(Func<string, string?> environment, TimeProvider time)
    {
        if (WorkloadSystems.GitLabIssuer(environment) is not { } server)
            return WorkloadFailures.GitLabServer();
        if (!Issuer.Parse(server).Succeeded(out var issuer, out var failure))
            return failure;
        var provider = KnownProviders.GitLabCi(issuer);
        if (environment(GitLabVariable) is not { Length: > 0 })
            return WorkloadFailures.VariableAbsent(GitLabVariable, PrefixOf(provider));
        return new WorkloadIdentity(
            WorkloadSystems.GitLab, provider, new VariableTokenSource(environment, GitLabVariable, server, PrefixOf(provider), time));
    }

    private static async Task<Result<WorkloadIdentity>> FromFile(
        string path, string system, Func<Issuer, IdentityProvider> provider, TimeProvider time, CancellationToken cancellation)
    {
        if (!(await FileTokenSource.Read(path, cancellation)).Succeeded(out var token, out var failure))
            return failure;
        using (token)
        {
            if (!Issuer.Parse(token.Issuer).Succeeded(out var issuer, out failure))
                return failure;
            var found = provider(issuer);
            return new WorkloadIdentity(system, found, new FileTokenSource(path, token.Issuer, PrefixOf(found), found.AudienceListOfOne, time));
        }
    }

    private static string PrefixOf(IdentityProvider provider) => provider.AudiencePrefix ?? IdentityProvider.DefaultAudiencePrefix;
}
