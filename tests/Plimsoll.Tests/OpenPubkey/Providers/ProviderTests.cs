using Plimsoll.OpenPubkey.Providers;

namespace Plimsoll.Tests.OpenPubkey.Providers;

public sealed class ProviderTests
{
    [Theory]
    [InlineData("https://token.actions.githubusercontent.com")]
    [InlineData("https://gitlab.example/path")]
    [InlineData("https://tenant.example/")]
    [InlineData("https://host.example:8443/a")]
    [InlineData("http://127.0.0.1:9000")]
    [InlineData("http://localhost:9000/a")]
    [InlineData("http://[::1]:9000")]
    public void An_issuer_is_kept_character_by_character(string url) => Assert.Equal(url, Issuer.Parse(url).ShouldSucceed().ToString());

    [Theory]
    [InlineData("")]
    [InlineData("token.example")]
    [InlineData("http://token.example")]
    [InlineData("http://127.0.0.1.evil.example")]
    [InlineData("ftp://token.example")]
    [InlineData("https://token.example?x=1")]
    [InlineData("https://token.example/?")]
    [InlineData("https://token.example#x")]
    [InlineData("https://user@token.example")]
    [InlineData("https://TOKEN.example")]
    [InlineData("https://token.example:443")]
    [InlineData("https://token.example/a/../b")]
    [InlineData("https://token.example//a")]
    [InlineData(" https://token.example")]
    [InlineData("https://token.example/ä")]
    public void An_issuer_in_another_spelling_is_refused(string url) => Issuer.Parse(url).ShouldFailWith("openpubkey.issuer-url");

    [Fact]
    public void Every_contradiction_is_refused_before_a_token_is_looked_at()
    {
        var nonce = TestIssuer.Provider(ClaimBinding.Nonce);
        var audience = TestIssuer.Provider(ClaimBinding.Audience);
        var gq = TestIssuer.Provider(ClaimBinding.Gq);
        foreach (var wrong in new[]
        {
            nonce with { ClientIds = [] },
            nonce with { ClientIds = [""] },
            nonce with { AudiencePrefix = "x" },
            nonce with { CommitmentPrefix = "x" },
            nonce with { Issuer = default },
            nonce with { Binding = (ClaimBinding)7 },
            audience with { ClientIds = ["x"] },
            audience with { Audience = "x" },
            gq with { GqRequired = false },
            gq with { AnyClientUnsafe = true },
            gq with { AudiencePrefix = "" },
            gq with { Audience = "acme" },
            gq with { CommitmentPrefix = "x" },
        })
        {
            _ = wrong.Consistent().ShouldFailWith("openpubkey.verifier-config");
        }

        foreach (var right in new[] { nonce, nonce with { ClientIds = [], AnyClientUnsafe = true }, audience, gq, TestIssuer.Provider(ClaimBinding.Key) })
            _ = right.Consistent().ShouldSucceed();
    }

    [Fact]
    public void Known_providers_are_consistent_and_bound_as_their_tokens_allow()
    {
        var cluster = Issuer.Parse("https://kubernetes.default.svc.cluster.local").ShouldSucceed();

        Assert.Equal(ClaimBinding.Audience, KnownProviders.GitHubActions.Consistent().ShouldSucceed().Binding);
        Assert.Equal(ClaimBinding.Gq, KnownProviders.GitLabCom.Consistent().ShouldSucceed().Binding);
        Assert.Equal(ClaimBinding.Gq, KnownProviders.Kubernetes(cluster).Consistent().ShouldSucceed().Binding);
        Assert.Equal(ClaimBinding.Gq, KnownProviders.TokenFile(cluster, "OPENPUBKEY-PKTOKEN:x").Consistent().ShouldSucceed().Binding);
        Assert.Equal(ClaimBinding.Audience, KnownProviders.AskedForTokenFile(cluster).Consistent().ShouldSucceed().Binding);
        Assert.Equal("https://codeberg.org/api/actions", KnownProviders.ForgejoActions("https://codeberg.org/").ShouldSucceed().Issuer.ToString());
    }

    [Fact]
    public void People_and_jobs_of_one_issuer_are_two_providers()
    {
        var people = TestIssuer.Provider(ClaimBinding.Nonce);
        var jobs = TestIssuer.Provider(ClaimBinding.Gq);
        var both = ProviderSet.Create([people, jobs]).ShouldSucceed();

        Assert.Same(jobs, both.Find(jobs.Issuer, ClaimBinding.Gq).ShouldSucceed());
        _ = both.Find(jobs.Issuer, ClaimBinding.Audience).ShouldFailWith("openpubkey.issuer");
        _ = ProviderSet.Create([people, people with { Name = "again" }]).ShouldFailWith("openpubkey.verifier-config");
    }
}
