using Plimsoll.Client.Identity;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.Primitives;

namespace Plimsoll.Tests.Client.Identity;

public class WorkloadIdentityTests
{
    private const string GitHubUrl = "https://pipelines.actions.githubusercontent.com/x/idtoken?api-version=2.0";
    private const string ForgejoUrl = "https://codeberg.org/api/actions/_apis/pipelines/workflows/42/idtoken?placeholder=true";
    private const string NoFile = "/nowhere/token";
    private readonly SetTime _time = new();

    [Theory]
    [InlineData(null, "https://token.actions.githubusercontent.com")]
    [InlineData("https://github.com", "https://token.actions.githubusercontent.com")]
    [InlineData("https://acme.ghe.com", "https://token.actions.acme.ghe.com")]
    [InlineData("https://git.acme.example", "https://git.acme.example/_services/token")]
    [InlineData("https://ghe.com.evil.example", "https://ghe.com.evil.example/_services/token")]
    public async Task A_github_job_is_found_with_the_issuer_of_its_server(string? server, string issuer)
    {
        var found = (await Detect(
            ("GITHUB_ACTIONS", "true"), ("GITHUB_SERVER_URL", server ?? ""),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", GitHubUrl), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "secret"))).Value();

        Assert.Equal("GitHub Actions", found.System);
        Assert.Equal(issuer, found.Provider.Issuer.ToString());
        Assert.Equal(ClaimBinding.Audience, found.Provider.Binding);
    }

    [Theory]
    [InlineData("GITHUB_ACTIONS", "true", "identity.github-permission", "id-token: write")]
    [InlineData("FORGEJO_ACTIONS", "true", "identity.forgejo-permission", "enable-openid-connect: true")]
    [InlineData("GITEA_ACTIONS", "true", "identity.forgejo-permission", "enable-openid-connect: true")]
    [InlineData("KUBERNETES_SERVICE_HOST", "10.0.0.1", "identity.kubernetes-token", "serviceAccountToken")]
    [InlineData("GITLAB_CI", "true", "identity.gitlab-server", "CI_SERVER_URL")]
    [InlineData("CI", "true", "identity.not-found", "token file")]
    public async Task A_job_without_a_token_is_told_which_line_is_missing(string variable, string value, string code, string advice)
    {
        var failure = (await Detect((variable, value))).Refused();

        Assert.Equal(code, failure.Code);
        Assert.Contains(advice, failure.Next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gitlab_job_without_a_token_is_told_which_line_is_missing()
    {
        var failure = (await Detect(("GITLAB_CI", "true"), ("CI_SERVER_URL", "https://gitlab.com"))).Refused();

        Assert.Equal("identity.gitlab-id-tokens", failure.Code);
        Assert.Contains("OPENPUBKEY_JWT: { aud: \"OPENPUBKEY-PKTOKEN:", failure.Next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forgejo_job_that_also_says_it_is_a_github_one_is_forgejos()
    {
        var found = (await Detect(
            ("GITHUB_ACTIONS", "true"), ("FORGEJO_ACTIONS", "true"), ("GITHUB_SERVER_URL", "https://codeberg.org"),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", ForgejoUrl), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "secret"))).Value();

        Assert.Equal("Forgejo Actions", found.System);
        Assert.Equal("https://codeberg.org/api/actions", found.Provider.Issuer.ToString());
    }

    [Theory]
    [InlineData(ForgejoUrl, "https://codeberg.org")]
    [InlineData("https://git.example:8443/forge/api/actions/_apis/idtoken", "https://git.example:8443/forge")]
    [InlineData("https://git.example/api/actionsidtoken", null)]
    [InlineData("https://evil.example/?https://codeberg.org/api/actions/x", null)]
    [InlineData(GitHubUrl, null)]
    [InlineData("not a url", null)]
    public void A_forgejo_is_known_by_the_path_of_its_token_service(string url, string? instance)
        => Assert.Equal(instance, WorkloadSystems.ForgejoInstance(url));

    [Fact]
    public async Task A_container_that_only_gets_the_forgejo_variables_is_still_forgejos()
    {
        var found = (await Detect(("ACTIONS_ID_TOKEN_REQUEST_URL", ForgejoUrl), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "secret"))).Value();

        Assert.Equal("Forgejo Actions", found.System);
    }

    [Fact]
    public async Task A_token_service_over_plain_http_is_refused()
        => (await Detect(
            ("GITHUB_ACTIONS", "true"), ("ACTIONS_ID_TOKEN_REQUEST_URL", "http://runner.example/idtoken?a=b"), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "secret")))
            .RefusedWith("identity.address");

    [Fact]
    public async Task A_forgejo_over_plain_http_is_refused()
        => (await Detect(
            ("FORGEJO_ACTIONS", "true"), ("ACTIONS_ID_TOKEN_REQUEST_URL", "http://git.example/api/actions/idtoken?a=b"), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "secret")))
            .RefusedWith("openpubkey.issuer-url");

    [Fact]
    public async Task A_gitlab_job_is_found_with_the_issuer_of_its_server()
    {
        var token = Samples.Token("""{"iss":"https://git.acme.example","aud":"OPENPUBKEY-PKTOKEN:acme"}""");

        var found = (await Detect(("GITLAB_CI", "true"), ("CI_SERVER_URL", "https://git.acme.example"), ("OPENPUBKEY_JWT", token))).Value();

        Assert.Equal("https://git.acme.example", found.Provider.Issuer.ToString());
        Assert.Equal(ClaimBinding.Gq, found.Provider.Binding);
        using var given = (await found.Tokens.Request(Samples.Commitment, default)).Value();
    }

    [Fact]
    public async Task A_gitlab_token_of_another_server_is_refused()
    {
        var token = Samples.Token("""{"iss":"https://gitlab.com","aud":"OPENPUBKEY-PKTOKEN:acme"}""");
        var found = (await Detect(("GITLAB_CI", "true"), ("CI_SERVER_URL", "https://git.acme.example"), ("OPENPUBKEY_JWT", token))).Value();

        (await found.Tokens.Request(Samples.Commitment, default)).RefusedWith("identity.token-issuer");
    }

    [Fact]
    public async Task A_pod_is_found_by_its_token_file_and_the_token_names_the_cluster()
    {
        await WithFile(Samples.Token("""{"iss":"https://cluster.example","aud":["OPENPUBKEY-PKTOKEN:acme"]}"""), async path =>
        {
            var found = (await WorkloadIdentity.Detect(Samples.Environment(("KUBERNETES_SERVICE_HOST", "10.0.0.1")), NoHttp(), _time, path, default)).Value();

            Assert.Equal("Kubernetes", found.System);
            Assert.Equal("https://cluster.example", found.Provider.Issuer.ToString());
            Assert.Equal(ClaimBinding.Gq, found.Provider.Binding);
            using var given = (await found.Tokens.Request(Samples.Commitment, default)).Value();
        });
    }

    [Fact]
    public async Task A_gitlab_job_in_a_pod_is_gitlabs()
    {
        await WithFile(Samples.Token("""{"iss":"https://cluster.example"}"""), async path =>
        {
            var failure = (await WorkloadIdentity.Detect(Samples.Environment(("GITLAB_CI", "true")), NoHttp(), _time, path, default)).Refused();

            Assert.Equal("identity.gitlab-server", failure.Code);
        });
    }

    [Fact]
    public async Task A_token_file_whose_issuer_is_replaced_after_it_was_found_is_refused()
    {
        await WithFile(Samples.Token("""{"iss":"https://cluster.example","aud":"OPENPUBKEY-PKTOKEN:acme"}"""), async path =>
        {
            var found = (await WorkloadIdentity.FromTokenFile(path, _time, default)).Value();
            await File.WriteAllTextAsync(path, Samples.Token("""{"iss":"https://evil.example","aud":"OPENPUBKEY-PKTOKEN:acme"}"""));

            (await found.Tokens.Request(Samples.Commitment, default)).RefusedWith("identity.token-issuer");
        });
    }

    [Theory]
    [InlineData("http://cluster.example")]
    [InlineData("kubernetes/serviceaccount")]
    public async Task A_token_file_of_an_issuer_whose_keys_nobody_can_fetch_safely_is_refused(string issuer)
        => await WithFile(
            Samples.Token($$"""{"iss":"{{issuer}}"}"""),
            async path => (await WorkloadIdentity.FromTokenFile(path, _time, default)).RefusedWith("openpubkey.issuer-url"));

    [Fact]
    public void A_token_file_cannot_serve_a_provider_that_binds_by_audience()
        => WorkloadIdentity.FromTokenFile(NoFile, KnownProviders.GitHubActions, _time).RefusedWith("identity.binding");

    [Fact]
    public async Task A_token_file_for_a_described_provider_has_its_prefix()
    {
        var provider = KnownProviders.TokenFile(Issuer.Parse("https://id.example").Value()) with { AudiencePrefix = "plimsoll:" };
        await WithFile(Samples.Token("""{"iss":"https://id.example","aud":"OPENPUBKEY-PKTOKEN:acme"}"""), async path =>
            (await WorkloadIdentity.FromTokenFile(path, provider, _time).Value().Tokens.Request(Samples.Commitment, default)).RefusedWith("identity.token-audience"));
    }

    private Task<Result<WorkloadIdentity>> Detect(params (string Name, string Value)[] variables)
        => WorkloadIdentity.Detect(Samples.Environment(variables), NoHttp(), _time, NoFile, default);

    private static IdentityHttp NoHttp() => new FakeTransport(_ => throw new InvalidOperationException("finding an identity asks nobody")).Http();

    private static async Task WithFile(string content, Func<string, Task> test)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, content);
            await test(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
