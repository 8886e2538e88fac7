using System.Collections.Immutable;
using System.Text;
using Plimsoll.Primitives.Json;
using Plimsoll.Verification.Policy;

namespace Plimsoll.Tests.Verification.Policy;

/// <summary>A claim is what the policy says, character by character, or the identity is another one.</summary>
public sealed class IdentityRuleTests
{
    private static readonly IdentityRule Rule = Read(("repository", ["acme/app"]), ("repository_id", ["1"]), ("ref", ["refs/tags/v*", "refs/heads/main"]));

    [Theory]
    [InlineData("""{"repository":"acme/app","repository_id":"1","ref":"refs/heads/main"}""")]
    [InlineData("""{"repository":"acme/app","repository_id":"1","ref":"refs/tags/v1.2","more":{}}""")]
    // A number is compared by its spelling: GitLab writes its ids as texts, others as numbers.
    [InlineData("""{"repository":"acme/app","repository_id":1,"ref":"refs/heads/main"}""")]
    [InlineData("""{"repository":"acme\/app","repository_id":"1","ref":"refs/heads/main"}""")]
    public void The_right_identity_is_admitted(string claims)
        => Assert.Equal(["repository", "repository_id", "ref"], Rule.Admit(Payload(claims)).ShouldSucceed().Select(claim => claim.Claim));

    [Theory]
    [InlineData("repository", "\"Acme/app\"")]
    [InlineData("repository", "\"acme/app \"")]
    [InlineData("repository", "\"acme/app\\u0000\"")]
    [InlineData("repository", "\"acme/app/\"")]
    [InlineData("repository", "\"acme/application\"")]
    [InlineData("repository", "\"evil-acme/app\"")]
    [InlineData("repository", "\"x/acme/app\"")]
    // Cyrillic а, full-width slash, a zero-width joiner, a letter with its accent apart.
    [InlineData("repository", "\"\\u0430cme/app\"")]
    [InlineData("repository", "\"acme\\uff0fapp\"")]
    [InlineData("repository", "\"acme/a\\u200dpp\"")]
    [InlineData("repository", "\"acme/a\\u0301pp\"")]
    [InlineData("repository", "[\"acme/app\"]")]
    [InlineData("repository", "{\"acme/app\":\"acme/app\"}")]
    [InlineData("repository", "null")]
    [InlineData("repository", "true")]
    [InlineData("repository", "\"\"")]
    [InlineData("repository_id", "\"01\"")]
    [InlineData("repository_id", "1.0")]
    [InlineData("repository_id", "1e0")]
    [InlineData("repository_id", "11")]
    [InlineData("repository_id", "-1")]
    [InlineData("repository_id", "true")]
    [InlineData("repository_id", "[1]")]
    [InlineData("ref", "\"refs/heads/main2\"")]
    [InlineData("ref", "\"refs/tags/v1/x\"")]
    [InlineData("ref", "\"refs/tags/V1\"")]
    [InlineData("ref", "\"x/refs/tags/v1\"")]
    public void A_claim_that_only_looks_right_is_another_identity(string claim, string value)
    {
        var claims = new Dictionary<string, string> { ["repository"] = "\"acme/app\"", ["repository_id"] = "\"1\"", ["ref"] = "\"refs/heads/main\"" };
        claims[claim] = value;

        Rule.Admit(Payload($"{{{string.Join(',', claims.Select(one => $"\"{one.Key}\":{one.Value}"))}}}")).ShouldFailWith("identity.mismatch");
    }

    [Theory]
    [InlineData("""{"repository":"acme/app","ref":"refs/heads/main"}""")]
    [InlineData("""{"repository":"acme/app","Repository_id":"1","ref":"refs/heads/main"}""")]
    [InlineData("""{"repository":"acme/app","repository_id":null,"ref":"refs/heads/main"}""")]
    [InlineData("""{}""")]
    [InlineData("""[]""")]
    [InlineData("\"repository\"")]
    public void A_claim_that_is_not_there_is_not_assumed(string claims) => Rule.Admit(Payload(claims)).ShouldFailWith("identity.mismatch");

    [Fact]
    public void A_refusal_does_not_repeat_a_claim_without_end()
        => Assert.InRange(Rule.Admit(Payload($$"""{"repository":"{{new string('a', 50_000)}}"}""")).ShouldFailWith("identity.mismatch").What.Length, 1, 400);

    [Fact]
    public void A_rule_names_between_one_and_32_claims()
    {
        IdentityRule.Parse([]).ShouldFailWith("policy.identity-open");
        _ = IdentityRule.Parse(Many(IdentityRule.MostClaims)).ShouldSucceed();
        IdentityRule.Parse(Many(IdentityRule.MostClaims + 1)).ShouldFailWith("policy.identity-open");

        static IEnumerable<(string, ImmutableArray<string>)> Many(int count) => Enumerable.Range(0, count).Select(number => ($"c{number}", ImmutableArray.Create("x")));
    }

    [Fact]
    public void A_claim_without_alternatives_admits_nobody_and_pins_nothing()
    {
        var rule = Read(("sub", []));

        rule.Admit(Payload("""{"sub":""}""")).ShouldFailWith("identity.mismatch");
        Assert.False(rule.Pins("sub"));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("a*", false)]
    [InlineData("**", false)]
    public void Only_a_text_without_wildcards_pins(string pattern, bool pins)
    {
        Assert.Equal(pins, Read(("sub", [pattern])).Pins("sub"));
        Assert.False(Read(("sub", ["exact", "also*"])).Pins("sub"));
        Assert.False(Read(("sub", ["exact"])).Pins("Sub"));
    }

    private static IdentityRule Read(params (string Claim, ImmutableArray<string> Any)[] claims) => IdentityRule.Parse(claims).ShouldSucceed();

    private static JsonValue Payload(string json) => StrictJson.Parse(Encoding.UTF8.GetBytes(json), new JsonLimits(100_000)).ShouldSucceed();
}
