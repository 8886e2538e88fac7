using System.Text;
using Plimsoll.Oci;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Tests.OpenPubkey;
using Plimsoll.Verification.Judging;
using Plimsoll.Verification.Policy;

namespace Plimsoll.Tests.Verification.Judging;

/// <summary>The steps of a verdict in their order, and evidence that lies.</summary>
public sealed class JudgeTests
{
    private static readonly TestImage Image = TestImage.Usual;
    private static readonly AttachedEnvelope Good = TestEvidence.Sign(Image.Release);
    private static readonly TestImage Other = TestImage.Create(["linux/amd64", "linux/arm64"], "changed");

    /// <summary>One refusal of each step, in the order of the steps.</summary>
    public static TheoryData<Step, string, Evidence> Refusals => new()
    {
        { Step.Reference, "registry.not-found", Usual with { Root = Absent("registry.not-found") } },
        { Step.Reference, "digest.mismatch", Usual with { Root = Image.Root with { Bytes = Other.Index.Bytes } } },
        { Step.Reference, "digest.mismatch", Usual with { Root = Other.Root, Reference = Named($"@{Image.Root.Digest}") } },
        { Step.Reference, "digest.mismatch", Usual with { Root = Other.Root, Reference = Named($":1.0@{Image.Root.Digest}") } },
        { Step.Reference, "json.syntax", Usual with { Root = Root("not json") } },
        { Step.Reference, "oci.media-type-missing", Usual with { Root = Root("""{"schemaVersion":2,"manifests":[]}""") } },
        { Step.Coverage, "policy.no-rule", Usual with { Reference = Reference.Parse("registry.example/other/app:1.0").ShouldSucceed() } },
        { Step.Coverage, "policy.no-rule", Usual with { Reference = Reference.Parse("registry.example.evil/acme/app:1.0").ShouldSucceed() } },
        { Step.Signatures, "signature.none", Usual with { Envelopes = [] } },
        { Step.Signatures, "registry.timeout", Usual with { Envelopes = [], Unread = [Failed("registry.timeout")] } },
        { Step.Content, "content.digest", Usual with { Root = Other.Root } },
        { Step.Content, "content.tag", Usual with { Reference = Named(":2.0") } },
    };

    private static Evidence Usual => TestEvidence.Of(Image, Good);

    [Fact]
    public void Good_evidence_is_accepted_with_the_digest_to_run_and_who_signed_it()
    {
        var verdict = TestEvidence.Judged(Usual);

        Assert.True(verdict.Accepted, verdict.Refusal?.ToString());
        Assert.Null(verdict.Refusal);
        Assert.Equal(Image.Root.Digest, verdict.Root);
        Assert.Equal([("repository", "acme/app"), ("repository_id", "1")], Assert.Single(verdict.Signers).Claims);
        Assert.Equal(Good.Manifest, verdict.Signers[0].Envelope);
    }

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public void Each_step_refuses_with_its_code_and_none_after_it_is_taken(Step step, string code, Evidence evidence)
    {
        var verdict = TestEvidence.Judged(evidence);

        Assert.False(verdict.Accepted);
        Assert.Equal(code, verdict.Refusal?.Code);
        var refused = Assert.Single(verdict.Findings, finding => finding.Outcome == Outcome.Refused);
        Assert.Equal(step, refused.Step);
        Assert.DoesNotContain(verdict.Findings, finding => finding.Step > step && finding.Outcome != Outcome.Unsafe);
        Assert.Empty(verdict.Signers);
        Assert.Null(verdict.Manifest);
    }

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public void What_is_not_proven_is_said_in_every_refusal_and_findings_are_in_the_order_of_the_steps(Step step, string code, Evidence evidence)
    {
        Assert.NotEqual(Step.Verdict, step);
        Assert.NotEmpty(code);

        NotProvenIsSaid(TestEvidence.Judged(evidence));
    }

    [Fact]
    public void What_is_not_proven_is_said_in_every_acceptance() => NotProvenIsSaid(TestEvidence.Judged(Usual));

    [Fact]
    public void A_gq_bound_provider_without_a_log_is_said_to_be_one()
    {
        var policy = TrustPolicy.Parse(Encoding.UTF8.GetBytes($$"""
            version: 1
            providers:
              ci: { issuer: {{TestIssuer.Url}}, binding: aud }
              late: { issuer: {{TestIssuer.Url}}, binding: gq }
            images:
              - match: "**"
                signatures:
                  - { technology: openpubkey, provider: ci, identity: { repository: acme/app, repository_id: "1" } }
                  - { technology: openpubkey, provider: late, identity: { project_path: acme/app, project_id: "1" } }
            """)).ShouldSucceed();

        var verdict = TestEvidence.Judged(Usual, policy);

        Assert.True(verdict.Accepted, verdict.Refusal?.ToString());
        Assert.Contains(verdict.Findings, finding => finding is { Outcome: Outcome.Unsafe, Subject: "binding" });
    }

    [Fact]
    public void Two_rules_that_fit_equally_well_are_refused_before_anything_is_verified()
    {
        var rule = """{ technology: openpubkey, provider: ci, identity: { repository: acme/app, repository_id: "1" } }""";
        var policy = TrustPolicy.Parse(Encoding.UTF8.GetBytes($$"""
            version: 1
            providers: { ci: { issuer: {{TestIssuer.Url}}, binding: aud } }
            images:
              - { match: "registry.example/*/app", signatures: [{{rule}}] }
              - { match: "registry.example/**", signatures: [{{rule}}] }
            """)).ShouldSucceed();

        Assert.Equal("policy.ambiguous", TestEvidence.Judged(Usual, policy).Refusal?.Code);
    }

    [Theory]
    [InlineData(-300, true)]
    [InlineData(-301, false)]
    public void A_token_may_be_as_young_as_clocks_differ(int seconds, bool accepted)
    {
        var verdict = Judge.Decide(Usual, TestEvidence.Anchors, TestIssuer.Now.AddSeconds(seconds));

        Assert.Equal(accepted ? null : "signature.future", verdict.Refusal?.Code);
    }

    [Theory]
    [InlineData("\"iat\":\"1800000000\"")]
    [InlineData("\"iat\":1.8e9")]
    [InlineData("\"iat\":-1")]
    [InlineData("\"iat\":99999999999999999999")]
    [InlineData("\"iat\":null")]
    [InlineData("\"other\":1")]
    public void A_token_that_does_not_say_plainly_when_it_was_issued_is_refused(string issued)
    {
        var envelope = TestEvidence.Sign(Image.Release, change: payload => payload.Replace("\"iat\":1800000000", issued, StringComparison.Ordinal));

        Assert.Equal("signature.future", TestEvidence.Judged(TestEvidence.Of(Image, envelope)).Refusal?.Code);
    }

    [Fact]
    public void An_envelope_under_a_digest_that_is_not_its_own_changes_nothing()
    {
        // The digest is where it is attached, not what it is: a lie about it lets nothing in and shows in the verdict.
        var elsewhere = Digest.Sha256("elsewhere"u8);

        var verdict = TestEvidence.Judged(TestEvidence.Of(Image, Good with { Manifest = elsewhere }));

        Assert.True(verdict.Accepted);
        Assert.Equal(elsewhere, verdict.Signers[0].Envelope);
    }

    [Fact]
    public void Keys_of_another_issuer_in_the_evidence_vouch_for_nothing()
    {
        var other = Issuer.Parse("https://issuer.example/other").ShouldSucceed();
        var evidence = Usual with { Keys = Usual.Keys.Clear().Add(other, TestIssuer.Rsa.Keys) };

        Assert.Equal("signature.no-keys", TestEvidence.Judged(evidence).Refusal?.Code);
    }

    [Fact]
    public void Keys_that_could_not_be_had_are_the_reason_that_is_given()
    {
        var evidence = Usual with { Keys = Usual.Keys.SetItem(TestEvidence.Issuer, Failed("identity.unreachable")) };

        var verdict = TestEvidence.Judged(evidence);

        Assert.Equal("identity.unreachable", verdict.Refusal?.Code);
        Assert.Equal(Refusal.Unreachable, verdict.Refusal?.Kind);
    }

    [Fact]
    public void A_key_of_the_same_name_that_did_not_sign_is_refused()
        => Assert.Equal("openpubkey.jkt", TestEvidence.Judged(Usual with { Keys = TestEvidence.KeysOf(TestIssuer.OtherRsa) }).Refusal?.Code);

    private static void NotProvenIsSaid(Verdict verdict)
    {
        var dangers = verdict.Findings.Where(finding => finding.Outcome == Outcome.Unsafe);
        Assert.Equal(["time", "log", "catalogue", "keys"], dangers.Select(finding => finding.Subject));
        Assert.Equal(verdict.Findings.OrderBy(finding => finding.Step), verdict.Findings);
    }

    private static Reference Named(string suffix) => Reference.Parse(TestImage.Repository + suffix).ShouldSucceed();

    private static DocumentBytes Root(string text) => new(Digest.Sha256(Encoding.UTF8.GetBytes(text)), Encoding.UTF8.GetBytes(text));

    private static Result<DocumentBytes> Absent(string code) => Failed(code);

    private static Failure Failed(string code) => new(Refusal.Unreachable, code, "something happened", "try again");
}
