using Plimsoll.Primitives;

namespace Plimsoll.Client.Identity;

/// <summary>How each CI system shows itself in the environment, and which issuer that means.</summary>
internal static class WorkloadSystems
{
    public const string GitHub = "GitHub Actions";
    public const string Forgejo = "Forgejo Actions";
    public const string GitLab = "GitLab CI";
    public const string Kubernetes = "Kubernetes";

    public const string RequestUrl = "ACTIONS_ID_TOKEN_REQUEST_URL";
    public const string RequestToken = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

    private const string GitHubServer = "https://github.com";
    private const string ForgejoPath = "/api/actions";

    /// <summary>Forgejo's runner says so, older ones say Gitea's name; where neither is passed on, its token service has a path of its own.</summary>
    public static bool IsForgejo(Func<string, string?> environment)
        => IsTrue(environment("FORGEJO_ACTIONS")) || IsTrue(environment("GITEA_ACTIONS"))
            || (environment(RequestUrl) is { } url && ForgejoInstance(url) is not null);

    /// <summary>GitHub's runner, and nobody who only says he is compatible with it.</summary>
    public static bool IsGitHub(Func<string, string?> environment)
        => !IsForgejo(environment) && (IsTrue(environment("GITHUB_ACTIONS")) || environment(RequestUrl) is { Length: > 0 });

    public static bool IsGitLab(Func<string, string?> environment) => IsTrue(environment("GITLAB_CI"));

    /// <summary>The issuer of the GitHub that the job runs on: github.com, a tenant of ghe.com, or an Enterprise Server.</summary>
    public static string GitHubIssuer(Func<string, string?> environment)
    {
        const string Issuer = "https://token.actions.githubusercontent.com";
        if (environment("GITHUB_SERVER_URL") is not { Length: > 0 } server || !Uri.TryCreate(server, UriKind.Absolute, out var address)
            || address.GetLeftPart(UriPartial.Authority) == GitHubServer)
            return Issuer;
        return address.Host.EndsWith(".ghe.com", StringComparison.Ordinal)
            ? $"https://token.actions.{address.Host}"
            : $"{address.GetLeftPart(UriPartial.Authority)}/_services/token";
    }

    /// <summary>The root of the Forgejo whose token service has this address, or null if it is not one's.</summary>
    public static string? ForgejoInstance(string requestUrl)
    {
        if (!Uri.TryCreate(requestUrl, UriKind.Absolute, out var address))
            return null;
        var at = address.AbsolutePath.IndexOf(ForgejoPath + "/", StringComparison.Ordinal);
        return at < 0 ? null : $"{address.GetLeftPart(UriPartial.Authority)}{address.AbsolutePath[..at]}";
    }

    public static string? GitLabIssuer(Func<string, string?> environment)
        => environment("CI_SERVER_URL") is { Length: > 0 } server ? server.TrimEnd('/') : null;

    private static bool IsTrue(string? value) => string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);
}

/// <summary>What is missing in a job's definition, and the lines that bring it.</summary>
internal static class WorkloadFailures
{
    public static Failure GitHubPermission() => new(
        Refusal.Missing, "identity.github-permission",
        $"this is a GitHub Actions job, but {WorkloadSystems.RequestUrl} and {WorkloadSystems.RequestToken} are not set",
        "add `permissions: { id-token: write, contents: read }` to the job; jobs of pull requests from forks never get it");

    public static Failure ForgejoPermission() => new(
        Refusal.Missing, "identity.forgejo-permission",
        $"this is a Forgejo Actions job, but {WorkloadSystems.RequestUrl} (with /api/actions/ in it) and {WorkloadSystems.RequestToken} are not set",
        "add `enable-openid-connect: true` to the workflow; the instance and its runner must be recent enough to know it");

    public static Failure VariableAbsent(string variable, string prefix) => new(
        Refusal.Missing, "identity.gitlab-id-tokens", $"the job has no ID token in the variable {variable}",
        $"add `id_tokens: {{ {variable}: {{ aud: \"{prefix}<who verifies>\" }} }}` to the job");

    public static Failure GitLabServer() => new(
        Refusal.Missing, "identity.gitlab-server", "this is a GitLab CI job, but CI_SERVER_URL, which names its issuer, is not set",
        "pass CI_SERVER_URL on to the container that signs");

    public static Failure KubernetesToken(string path, string prefix) => new(
        Refusal.Missing, "identity.kubernetes-token", $"this is a pod, but there is no token file {path}",
        $"project one into the pod: a volume with `serviceAccountToken: {{ path: {Path.GetFileName(path)}, audience: \"{prefix}<who verifies>\" }}` "
        + $"mounted at {Path.GetDirectoryName(path)}");

    public static Failure NotFound(string kubernetesPath) => new(
        Refusal.Missing, "identity.not-found",
        "no workload identity was found: looked for GITHUB_ACTIONS, FORGEJO_ACTIONS, GITEA_ACTIONS, GITLAB_CI, "
        + $"{WorkloadSystems.RequestUrl}, KUBERNETES_SERVICE_HOST and {kubernetesPath}",
        "run this in a CI job or a pod, or name a token file");
}
