using System.Text;
using Plimsoll.Primitives;
using Plimsoll.Verification.Policy;

namespace Plimsoll.Tests.Verification.Policy;

public sealed class TrustPolicyTests
{
    private const string Good = """
        version: 1
        default: refuse
        providers:
          github: { issuer: https://token.actions.githubusercontent.com, binding: aud }
          gitlab-ci: { issuer: https://gitlab.com, binding: gq, audience: "OPENPUBKEY-PKTOKEN:acme" }
          people: { issuer: https://accounts.google.com, binding: nonce, audience: ["client"], require: { email_verified: true } }
        images:
          - match: registry.example/acme/*
            signatures:
              - technology: openpubkey
                provider: github
                identity: { repository: acme/app, repository_id: "1" }
              - technology: openpubkey
                provider: gitlab-ci
                identity: { project_path: acme/app, project_id: "2", ref: "*" }
            threshold: 2
          - match: registry.example/**
            signatures:
              - { technology: openpubkey, provider: people, identity: { email: [alice@acme.example, bob@acme.example] } }
        """;

    [Fact]
    public void A_policy_says_whom_to_trust_for_which_repository()
    {
        var policy = Parse(Good);

        Assert.Equal(2, policy.Images.Length);
        Assert.Equal(2, policy.Images[0].Threshold);
        Assert.Equal("gitlab-ci", policy.Images[0].Signatures[1].Provider.Name);
        Assert.Equal(1, policy.Images[1].Threshold);
    }

    [Theory]
    [InlineData("version: 1", "version: 2", "policy.version")]
    [InlineData("version: 1", "version: \"1\"", "policy.type")]
    [InlineData("default: refuse", "default: accept", "policy.not-enforced")]
    [InlineData("default: refuse", "mode: audit", "policy.not-enforced")]
    [InlineData("default: refuse", "freshness: strict", "policy.not-enforced")]
    [InlineData("default: refuse", "log: example", "policy.not-enforced")]
    [InlineData("default: refuse", "defualt: refuse", "policy.unknown-field")]
    [InlineData("default: refuse", "version: 1", "policy.duplicate-key")]
    [InlineData("default: refuse", "x: &a refuse", "policy.alias")]
    [InlineData("default: refuse", "default: !!str refuse", "policy.syntax")]
    [InlineData("default: refuse", "default: [", "policy.syntax")]
    [InlineData("https://gitlab.com", "https://*.gitlab.com", "openpubkey.issuer-url")]
    [InlineData("https://gitlab.com", "http://gitlab.com", "openpubkey.issuer-url")]
    [InlineData("binding: aud }", "binding: key }", "policy.provider")]
    [InlineData("binding: aud }", "binding: none }", "policy.provider")]
    [InlineData("binding: aud }", "binding: aud, audience: x }", "policy.provider")]
    [InlineData(", audience: [\"client\"]", "", "policy.provider")]
    [InlineData("provider: github", "provider: githib", "policy.provider")]
    [InlineData("technology: openpubkey", "technology: sigstore", "policy.not-enforced")]
    [InlineData("threshold: 2", "threshold: 3", "policy.threshold")]
    [InlineData("threshold: 2", "threshold: 0", "policy.threshold")]
    [InlineData("threshold: 2", "threshold: -1", "policy.type")]
    [InlineData("threshold: 2", "catalogue: required", "policy.not-enforced")]
    [InlineData("threshold: 2", "since: 2026-12-01T00:00:00Z", "policy.not-enforced")]
    [InlineData("registry.example/acme/*", "registry.example/**/x", "policy.pattern")]
    [InlineData("repository: acme/app, repository_id: \"1\"", "job_workflow_ref: acme/app/.github/workflows/build.yml@refs/heads/main", "policy.identity-unpinned")]
    [InlineData("repository: acme/app, repository_id: \"1\"", "sub: \"repo:acme/app:ref:refs/heads/main\"", "policy.identity-unpinned")]
    [InlineData("repository: acme/app, repository_id: \"1\"", "repository: acme/app", "policy.identity-unpinned")]
    [InlineData("repository: acme/app, repository_id: \"1\"", "repository: acme/*, repository_id: \"1\"", "policy.identity-unpinned")]
    [InlineData("project_path: acme/app, project_id: \"2\"", "project_path: acme/app", "policy.identity-unpinned")]
    [InlineData("project_path: acme/app, project_id: \"2\"", "user_login: root", "policy.identity-open")]
    [InlineData("{ repository: acme/app, repository_id: \"1\" }", "{}", "policy.identity-open")]
    [InlineData(", require: { email_verified: true }", "", "policy.identity-open")]
    public void A_policy_that_would_let_in_more_than_it_seems_to_does_not_load(string found, string replaced, string code)
    {
        Assert.Contains(found, Good, StringComparison.Ordinal);

        var refused = Refuse(Good.Replace(found, replaced, StringComparison.Ordinal));

        Assert.Equal(code, refused.Code);
        Assert.Equal(Refusal.Malformed, refused.Kind);
    }

    [Fact]
    public void A_misspelt_field_is_named_with_line_column_and_suggestion()
        => Assert.StartsWith("2:1: 'defualt' is not a field here; did you mean 'default'?", Refuse(Good.Replace("default", "defualt", StringComparison.Ordinal)).What, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("- 1")]
    [InlineData("text")]
    [InlineData("version: 1\n---\nversion: 1")]
    [InlineData("? [a]\n: b")]
    public void What_is_not_one_mapping_is_refused(string text) => Assert.Equal("policy.syntax", Refuse(text).Code);

    [Fact]
    public void A_file_that_expands_is_refused_before_it_expands()
        => Assert.Equal("policy.alias", Refuse("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n").Code);

    [Fact]
    public void Deep_nesting_is_refused() => Assert.Equal("policy.syntax", Refuse("a: " + new string('[', 200) + new string(']', 200)).Code);

    [Fact]
    public void The_most_specific_rule_speaks_for_a_repository()
    {
        Assert.True(Coverage.Find(Parse(Good), "registry.example/acme/app").Succeeded(out var rule, out _));

        Assert.Equal("registry.example/acme/*", rule.Match.Pattern);
    }

    [Fact]
    public void A_repository_that_no_rule_covers_is_refused()
    {
        Assert.False(Coverage.Find(Parse(Good), "registry.example.evil/acme/app").Succeeded(out _, out var failure));

        Assert.Equal("policy.no-rule", failure.Code);
    }

    [Fact]
    public void Two_equally_specific_rules_are_refused()
    {
        var tied = Good.Replace("match: registry.example/**", "match: registry.example/acme/*", StringComparison.Ordinal);

        Assert.False(Coverage.Find(Parse(tied), "registry.example/acme/app").Succeeded(out _, out var failure));

        Assert.Equal("policy.ambiguous", failure.Code);
    }

    private static TrustPolicy Parse(string text)
        => TrustPolicy.Parse(Encoding.UTF8.GetBytes(text)).Succeeded(out var policy, out var failure) ? policy : throw new InvalidOperationException(failure.ToString());

    private static Failure Refuse(string text)
    {
        Assert.False(TrustPolicy.Parse(Encoding.UTF8.GetBytes(text)).Succeeded(out _, out var failure), "the policy loaded");
        return failure!;
    }
}
