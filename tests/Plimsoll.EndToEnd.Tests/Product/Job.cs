using Plimsoll.World.Identity;

namespace Plimsoll.EndToEnd.Tests.Product;

/// <summary>The CI systems that a job of these tests runs in.</summary>
public enum JobKind
{
    GitHub,
    GitLab,
    Forgejo,
}

/// <summary>A CI job: the variables it runs with, and how those who verify name it.</summary>
/// <param name="Environment">What the runner sets.</param>
/// <param name="Provider">The provider's kind on the command line, and its name in <see cref="Policy"/>.</param>
/// <param name="Issuer">Its issuer.</param>
/// <param name="Binding">The policy's line about the binding.</param>
/// <param name="Identity">The claims that pin the job.</param>
public sealed record Job(
    IReadOnlyDictionary<string, string> Environment, string Provider, string Issuer, string Binding, IReadOnlyList<(string Claim, string Value)> Identity)
{
    /// <summary>The options of <c>verify</c> that trust this job and nobody else.</summary>
    public string[] Trusted =>
        ["--provider", Provider, "--issuer", Issuer, .. Identity.SelectMany(pair => new[] { "--identity", $"{pair.Claim}={pair.Value}" })];

    /// <summary>The secrets that it was given: nothing that is printed or published may hold one.</summary>
    public IEnumerable<string> Secrets =>
        from name in new[] { "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "OPENPUBKEY_JWT" }
        where Environment.ContainsKey(name)
        // Of an ID token the last part: the provider's signature, without which the rest is only text.
        select Environment[name].Split('.')[^1];

    /// <summary>Starts a job.</summary>
    public static Job Start(IdentityProviderServer provider, JobKind kind) => kind switch
    {
        JobKind.GitHub => GitHub(provider),
        JobKind.GitLab => new(
            provider.GitLabJob(), "gitlab-ci", provider.GitLabIssuer, "binding: gq, audience: \"OPENPUBKEY-PKTOKEN:acme\"",
            [("project_path", "acme/app"), ("project_id", "20042")]),
        _ => new(provider.ForgejoJob(), "forgejo", provider.ForgejoIssuer, "binding: aud", [("repository", "acme/app"), ("repository_id", "717410000")]),
    };

    /// <summary>Starts a job on GitHub; by default acme/app's own release.</summary>
    public static Job GitHub(IdentityProviderServer provider, ActionsJob? job = null)
    {
        job ??= new ActionsJob();
        return new(
            provider.GitHubJob(job), "github", provider.GitHubIssuer, "binding: aud", [("repository", job.Repository), ("repository_id", job.RepositoryId)]);
    }

    /// <summary>A policy that trusts this job for a pattern of repositories.</summary>
    public string Policy(string match) => $$"""
        version: 1
        default: refuse
        providers:
          {{Provider}}: { issuer: {{Issuer}}, {{Binding}} }
        images:
          - match: {{match}}
            signatures:
              - technology: openpubkey
                provider: {{Provider}}
                identity: { {{string.Join(", ", Identity.Select(pair => $"{pair.Claim}: \"{pair.Value}\""))}} }
            threshold: 1
        """;
}
