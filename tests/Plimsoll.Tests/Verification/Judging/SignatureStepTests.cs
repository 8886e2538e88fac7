using System.Text;
using Plimsoll.Envelopes;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.Primitives.Keys;
using Plimsoll.Tests.OpenPubkey;
using Plimsoll.Verification.Judging;

namespace Plimsoll.Tests.Verification.Judging;

/// <summary>Step 5 under attack: whatever is attached, only statements that enough of the policy's identities signed go on.</summary>
public sealed class SignatureStepTests
{
    private static readonly TestImage Image = TestImage.Usual;
    private static readonly byte[] Payload = Image.Release.ToBytes().ShouldSucceed();
    private static readonly AttachedEnvelope Good = TestEvidence.Sign(Payload);

    [Fact]
    public void A_stolen_signature_on_another_payload_is_refused()
    {
        var evil = (Image.Release with { Tags = ["1.0", "evil"] }).ToBytes().ShouldSucceed();

        Refused("openpubkey.att-mismatch", DsseEnvelope.Of(DsseEnvelope.InToto, evil, Opened.Signatures[0]));
    }

    [Fact]
    public void A_stolen_token_beside_a_thiefs_signature_is_refused()
    {
        using var thief = EcdsaSigningKey.Create(EllipticCurve.P256);
        var forged = DsseSignature.Sign(DsseEnvelope.InToto, Payload, thief, Opened.Signatures[0].Extension);

        Refused("openpubkey.envelope-signature", DsseEnvelope.Of(DsseEnvelope.InToto, Payload, forged));
        Refused("openpubkey.envelope-signature", DsseEnvelope.Of(DsseEnvelope.InToto, Payload, forged with { KeyId = Opened.Signatures[0].KeyId }));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/vnd.in-toto+JSON")]
    public void A_payload_of_another_type_is_foreign(string type)
        => Refused("signature.foreign", DsseEnvelope.Of(type, Payload, Opened.Signatures[0]));

    [Fact]
    public void A_signature_without_a_token_or_with_an_extension_of_another_kind_is_foreign()
    {
        var signature = Opened.Signatures[0];

        Refused("signature.foreign", DsseEnvelope.Of(DsseEnvelope.InToto, Payload, signature with { Extension = null }));
        Refused("signature.foreign", DsseEnvelope.Of(DsseEnvelope.InToto, Payload, signature with { Extension = signature.Extension! with { Kind = "opk" } }));
    }

    [Theory]
    [InlineData("https://issuer.example/")]
    [InlineData("https://issuer.example.evil")]
    [InlineData("https://ISSUER.example")]
    public void A_token_of_another_issuer_is_not_verified_at_all(string issuer)
        => Refused("signature.foreign-issuer", TestEvidence.Sign(Payload, change: text => text.Replace(TestIssuer.Url, issuer, StringComparison.Ordinal)));

    [Theory]
    [InlineData(ClaimBinding.Nonce)]
    [InlineData(ClaimBinding.Gq)]
    [InlineData(ClaimBinding.Key)]
    public void A_token_of_the_issuers_other_binding_is_refused(ClaimBinding binding)
    {
        using var key = EcdsaSigningKey.Create(EllipticCurve.P256);
        var statement = Pae.Encode(DsseEnvelope.InToto, Payload);
        var token = binding == ClaimBinding.Key
            ? TestIssuer.Join(TestIssuer.Rsa.IdToken(TestIssuer.PayloadFor(binding, TestIssuer.Claims(key, statement))), TestIssuer.Claims(key, statement), key)
            : TestIssuer.Rsa.Token(binding, key, statement);
        var signature = DsseSignature.Sign(DsseEnvelope.InToto, Payload, key, new OpkExtension(token.ToJson()).ToExtension());

        Refused(binding == ClaimBinding.Key ? "openpubkey.gq-required" : "openpubkey.commitment", DsseEnvelope.Of(DsseEnvelope.InToto, Payload, signature));
    }

    [Fact]
    public void A_token_that_shows_the_providers_signature_is_refused()
    {
        using var key = EcdsaSigningKey.Create(EllipticCurve.P256);
        var client = TestIssuer.Claims(key, Pae.Encode(DsseEnvelope.InToto, Payload));
        var token = TestIssuer.Join(TestIssuer.Rsa.IdToken(TestIssuer.Payload(client.Commitment, nonce: null, TestEvidence.Trusted)), client, key);
        var signature = DsseSignature.Sign(DsseEnvelope.InToto, Payload, key, new OpkExtension(token.ToJson()).ToExtension());

        Refused("openpubkey.gq-required", DsseEnvelope.Of(DsseEnvelope.InToto, Payload, signature));
    }

    [Fact]
    public void A_proof_by_a_key_that_the_issuer_does_not_serve_is_refused()
    {
        using var key = RsaSigningKey.Create(2048);
        var elsewhere = new[] { key.PublicJwk.Canonical[..^1] + ",\"alg\":\"RS256\",\"kid\":\"other\"}" };

        Assert.Equal("openpubkey.op-key-lookup", TestEvidence.Judged(TestEvidence.Of(Image, Good) with
        {
            Keys = TestEvidence.Keys.SetItem(TestEvidence.Issuer, TestIssuer.KeySet(elsewhere)),
        }).Refusal?.Code);
    }

    [Fact]
    public void One_flipped_bit_anywhere_in_an_envelope_lets_nothing_else_in()
    {
        // Every 97th bit: a prime, so that all places and all bits of a byte have their turn.
        var bytes = Good.Bytes.ToArray();
        for (var bit = 0; bit < bytes.Length * 8; bit += 97)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            var verdict = TestEvidence.Judged(TestEvidence.Of(Image, TestEvidence.Attach((ReadOnlyMemory<byte>)bytes.ToArray())));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));

            // A flipped letter in the name of a member that nobody reads is all that may still hold.
            Assert.True(!verdict.Accepted || verdict.Root == Image.Root.Digest, $"bit {bit}");
        }
    }

    [Fact]
    public void Junk_beside_a_good_envelope_is_reported_and_does_no_harm()
    {
        var junk = new[] { "", "{}", "not json", """{"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[{"sig":"AA=="}]}""" }
            .Select(text => TestEvidence.Attach(Encoding.UTF8.GetBytes(text)));

        var verdict = TestEvidence.Judged(TestEvidence.Of(Image, [.. junk, Good]));

        Assert.True(verdict.Accepted, verdict.Refusal?.ToString());
        Assert.Equal(4, verdict.Findings.Count(finding => finding is { Outcome: Outcome.Ignored, Step: Step.Signatures }));
    }

    [Fact]
    public void Broken_signatures_beside_a_good_one_in_its_envelope_do_no_harm()
    {
        var broken = Opened.Signatures[0] with { Value = new byte[71] };
        var envelope = DsseEnvelope.Of(DsseEnvelope.InToto, Payload, [.. Enumerable.Repeat(broken, DsseEnvelope.MostSignatures - 1), Opened.Signatures[0]]);

        Assert.True(TestEvidence.Judged(TestEvidence.Of(Image, TestEvidence.Attach(envelope))).Accepted);
    }

    [Theory]
    [InlineData(Evidence.MostEnvelopes - 1, true)]
    [InlineData(Evidence.MostEnvelopes, false)]
    public void Evidence_holds_as_many_envelopes_as_are_looked_at(int before, bool accepted)
    {
        var junk = TestEvidence.Attach("{}"u8.ToArray());

        var verdict = TestEvidence.Judged(TestEvidence.Of(Image, [.. Enumerable.Repeat(junk, before), Good]));

        Assert.Equal(accepted, verdict.Accepted);
    }

    [Fact]
    public void What_is_said_about_junk_is_bounded()
    {
        var junk = Enumerable.Range(0, Evidence.MostEnvelopes).Select(number => TestEvidence.Attach(Encoding.UTF8.GetBytes($"{{\"junk\":\"{new string('x', 10_000)}{number}\"}}")));

        var verdict = TestEvidence.Judged(TestEvidence.Of(Image, [.. junk]));

        Assert.InRange(verdict.Findings.Length, 1, 20);
        Assert.All(verdict.Findings, finding => Assert.InRange(finding.What.Length, 1, 1000));
        Assert.Contains(verdict.Findings, finding => finding.Failure?.Code == "signature.more-ignored");
    }

    [Fact]
    public void The_refusal_names_what_came_farthest_and_not_the_junk()
    {
        var foreigner = TestEvidence.Sign(Payload, TestEvidence.Trusted.Replace("\"1\"", "\"2\"", StringComparison.Ordinal));
        var junk = TestEvidence.Attach("{}"u8.ToArray());

        Assert.Equal("identity.mismatch", TestEvidence.Judged(TestEvidence.Of(Image, junk, foreigner, junk)).Refusal?.Code);
    }

    [Fact]
    public void One_identity_does_not_make_two_by_signing_twice()
    {
        var policy = TestEvidence.PolicyOf(2, """{ repository: acme/app, repository_id: "1" }""", """{ repository: acme/app, repository_id: "1", sub: "**" }""");
        var again = TestEvidence.Sign(Payload);

        var verdict = TestEvidence.Judged(TestEvidence.Of(Image, Good, again), policy);

        Assert.Equal("signature.threshold", verdict.Refusal?.Code);
        Assert.Contains("1 of the 2 needed", verdict.Refusal!.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_identities_over_one_statement_are_two_and_over_two_statements_are_not()
    {
        var policy = TestEvidence.PolicyOf(2, """{ repository: acme/app, repository_id: "1" }""", """{ repository: acme/review, repository_id: "2" }""");
        const string Reviewer = ""","repository":"acme/review","repository_id":"2" """;
        var same = TestEvidence.Sign(Payload, Reviewer, Rename);
        var other = TestEvidence.Sign(Image.Release with { Tags = ["1.0"] }, Reviewer, Rename);

        Assert.True(TestEvidence.Judged(TestEvidence.Of(Image, Good, same), policy).Accepted);
        Assert.Equal("signature.threshold", TestEvidence.Judged(TestEvidence.Of(Image, Good, other), policy).Refusal?.Code);

        static string Rename(string payload) => payload.Replace(TestIssuer.Subject, "repo:acme/review:ref:refs/heads/main", StringComparison.Ordinal);
    }

    [Fact]
    public void A_person_with_two_addresses_is_one_person()
    {
        // Whoever may change the address at the provider would otherwise be as many people as he has addresses.
        var alternative = """{ sub: "repo:acme/app:ref:refs/heads/main", repository: acme/app, repository_id: "1" }""";
        var policy = TestEvidence.PolicyOf(2, alternative, alternative);
        var (one, two) = (Renamed("a@acme.example"), Renamed("b@acme.example"));

        Assert.Equal("signature.threshold", TestEvidence.Judged(TestEvidence.Of(Image, one, two), policy).Refusal?.Code);

        AttachedEnvelope Renamed(string email) => TestEvidence.Sign(Payload, $$"""{{TestEvidence.Trusted}},"email":"{{email}}" """);
    }

    private static DsseEnvelope Opened => DsseEnvelope.Parse(Good.Bytes).ShouldSucceed();

    private static void Refused(string code, DsseEnvelope envelope) => Refused(code, TestEvidence.Attach(envelope));

    private static void Refused(string code, AttachedEnvelope envelope)
        => Assert.Equal(code, TestEvidence.Judged(TestEvidence.Of(Image, envelope)).Refusal?.Code);
}
