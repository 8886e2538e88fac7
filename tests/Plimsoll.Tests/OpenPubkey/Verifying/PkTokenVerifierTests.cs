using System.Text;
using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.Expiry;
using Plimsoll.OpenPubkey.Gq;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.OpenPubkey.Verifying;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Tests.OpenPubkey.Verifying;

public sealed class PkTokenVerifierTests : IDisposable
{
    private readonly EcdsaSigningKey _key = EcdsaSigningKey.Create(EllipticCurve.P256);
    private readonly ClientInstanceClaims _claims;

    public PkTokenVerifierTests() => _claims = TestIssuer.Claims(_key);

    private static IdentityProvider Plain => TestIssuer.Provider(ClaimBinding.Nonce) with { GqRequired = false };

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("RS512")]
    [InlineData("rs256")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    [InlineData("EdDSA")]
    [InlineData("")]
    [InlineData("GQ256 ")]
    public void A_token_that_names_another_algorithm_than_the_key_is_refused(string algorithm)
    {
        var header = $$"""{"alg":"{{algorithm}}","kid":"k1","typ":"JWT"}""";
        var token = TestIssuer.Join(TestIssuer.Rsa.IdToken(TestIssuer.PayloadFor(ClaimBinding.Nonce, _claims), header), _claims, _key);

        _ = Verify(token, Plain).ShouldFailWith("openpubkey.op-algorithm");
    }

    [Fact]
    public void A_proof_relabelled_under_another_thumbprint_is_refused()
    {
        var good = TestIssuer.Rsa.Token(ClaimBinding.Audience, _key);
        var header = Encoding.UTF8.GetString(good.ProviderSignature.Header.Raw.Span)
            .Replace(TestIssuer.Rsa.Key.PublicJwk.Thumbprint, TestIssuer.OtherRsa.Key.PublicJwk.Thumbprint, StringComparison.Ordinal);

        _ = Verify(WithHeader(good, header), TestIssuer.Provider(ClaimBinding.Audience)).ShouldFailWith("openpubkey.jkt");
    }

    [Fact]
    public void A_commitment_moved_to_an_attackers_key_breaks_the_proof()
    {
        var good = TestIssuer.Rsa.Token(ClaimBinding.Gq, _key);
        using var attacker = EcdsaSigningKey.Create(EllipticCurve.P256);
        var own = TestIssuer.Claims(attacker);
        var header = Encoding.UTF8.GetString(good.ProviderSignature.Header.Raw.Span).Replace(good.ProviderSignature.Text("cic")!, own.Commitment, StringComparison.Ordinal);
        var stolen = PkToken.Assemble(
            good.PayloadText, [WithHeader(good, header).ProviderSignature, own.Sign(good.PayloadText.Span, attacker)], refreshed: null).ShouldSucceed();

        _ = Verify(stolen, TestIssuer.Provider(ClaimBinding.Gq)).ShouldFailWith("openpubkey.op-signature");
    }

    [Fact]
    public void A_foreign_id_token_joined_to_an_attackers_key_is_refused()
    {
        var good = TestIssuer.Rsa.Token(ClaimBinding.Audience, _key);
        using var attacker = EcdsaSigningKey.Create(EllipticCurve.P256);
        var stolen = PkToken.Assemble(
            good.PayloadText, [good.ProviderSignature, TestIssuer.Claims(attacker).Sign(good.PayloadText.Span, attacker)], refreshed: null).ShouldSucceed();

        _ = Verify(stolen, TestIssuer.Provider(ClaimBinding.Audience)).ShouldFailWith("openpubkey.commitment");
    }

    [Fact]
    public void A_token_of_the_issuers_other_binding_is_refused()
    {
        var jobs = TestIssuer.Rsa.Token(ClaimBinding.Gq, _key);

        _ = Verify(jobs, TestIssuer.Provider(ClaimBinding.Nonce)).ShouldFailWith("openpubkey.audience");
        _ = Verify(jobs, TestIssuer.Provider(ClaimBinding.Audience)).ShouldFailWith("openpubkey.commitment");
    }

    [Fact]
    public void The_audience_is_compared_whole_where_one_is_set()
    {
        var token = TestIssuer.Rsa.Token(ClaimBinding.Gq, _key);
        var provider = TestIssuer.Provider(ClaimBinding.Gq);

        _ = Verify(token, provider with { Audience = "OPENPUBKEY-PKTOKEN:acme" }).ShouldSucceed();
        _ = Verify(token, provider with { Audience = "OPENPUBKEY-PKTOKEN:acm" }).ShouldFailWith("openpubkey.audience");
    }

    [Fact]
    public void A_prefix_before_the_commitment_keeps_tokens_for_elsewhere_out()
    {
        var prefixed = TestIssuer.Provider(ClaimBinding.Audience) with { CommitmentPrefix = "plimsoll:" };

        _ = Verify(TestIssuer.Rsa.Token(ClaimBinding.Audience, _key), prefixed).ShouldFailWith("openpubkey.commitment");
    }

    [Fact]
    public void A_required_claim_is_compared_by_value_and_kind()
    {
        var payload = TestIssuer.PayloadFor(ClaimBinding.Nonce, _claims, ",\"email_verified\":true,\"n\":7");
        var token = TestIssuer.Join(TestIssuer.Rsa.IdToken(payload), _claims, _key);

        _ = Verify(token, Plain with { RequiredClaims = [RequiredClaim.Of("email_verified", true), RequiredClaim.Of("n", 7), RequiredClaim.Of("sub", TestIssuer.Subject)] }).ShouldSucceed();
        _ = Verify(token, Plain with { RequiredClaims = [RequiredClaim.Of("email_verified", "true")] }).ShouldFailWith("openpubkey.required-claim");
        _ = Verify(token, Plain with { RequiredClaims = [RequiredClaim.Of("email_verified", false)] }).ShouldFailWith("openpubkey.required-claim");
        _ = Verify(token, Plain with { RequiredClaims = [RequiredClaim.Of("absent", "x")] }).ShouldFailWith("openpubkey.required-claim");
    }

    [Fact]
    public void A_refreshed_token_of_a_job_counts_for_nothing()
    {
        var good = TestIssuer.Rsa.Token(ClaimBinding.Audience, _key);
        var fresh = TestIssuer.Rsa.IdToken(TestIssuer.PayloadFor(ClaimBinding.Audience, _claims));
        var token = PkToken.ParseCompact((byte[])[.. good.ToCompact(), (byte)'.', .. fresh]).ShouldSucceed();

        _ = PkTokenVerifier.Verify(
            token, TestIssuer.Provider(ClaimBinding.Audience), TestIssuer.Rsa.Keys, new VerifierOptions { RequireRefreshedIdToken = true }, TestIssuer.Now)
            .ShouldFailWith("openpubkey.refreshed-token-audience");
    }

    [Theory]
    [InlineData(ExpiryPolicy.MaxAge12Hours, 12 * 3600, true)]
    [InlineData(ExpiryPolicy.MaxAge12Hours, (12 * 3600) + 1, false)]
    [InlineData(ExpiryPolicy.Oidc, 599, true)]
    [InlineData(ExpiryPolicy.Oidc, 600, false)]
    [InlineData(ExpiryPolicy.NeverExpire, 1_000_000_000, true)]
    [InlineData(ExpiryPolicy.NeverExpire, -301, false)]
    [InlineData(ExpiryPolicy.MaxAge24Hours, -300, true)]
    public void A_policy_holds_up_to_its_last_second(ExpiryPolicy policy, int seconds, bool good)
    {
        var token = TestIssuer.Rsa.Token(ClaimBinding.Audience, _key);

        var result = PkTokenVerifier.Verify(
            token, TestIssuer.Provider(ClaimBinding.Audience), TestIssuer.Rsa.Keys, new VerifierOptions { Expiry = policy }, TestIssuer.Now.AddSeconds(seconds));

        if (good)
            _ = result.ShouldSucceed();
        else
            _ = result.ShouldFailWith("openpubkey.expiration");
    }

    [Fact]
    public void One_flipped_bit_anywhere_in_a_token_is_refused()
    {
        var token = TestIssuer.Rsa.Token(ClaimBinding.Audience, _key).ToCompact();
        var random = new Random(20261122);
        for (var round = 0; round < 400; round++)
        {
            var flipped = (byte[])token.Clone();
            flipped[random.Next(token.Length)] ^= (byte)(1 << random.Next(8));

            Assert.False(PkToken.ParseCompact(flipped).Then(parsed => Verify(parsed, TestIssuer.Provider(ClaimBinding.Audience))).Succeeded(out _, out _));
        }
    }

    [Fact]
    public void A_proof_is_verified_bytes_only_under_its_own_key()
    {
        var token = TestIssuer.Rsa.Token(ClaimBinding.Audience, _key);
        var message = token.ProviderSignature.SigningInput(token.PayloadText);

        var mine = TestIssuer.Rsa.Keys.Find("k1").Then(key => key.GqKey).ShouldSucceed();
        var other = TestIssuer.OtherRsa.Keys.Find("k1").Then(key => key.GqKey).ShouldSucceed();

        Assert.Equal(message.ToArray(), mine.Verify(message, token.ProviderSignature.Signature.Span).ShouldSucceed().Value.ToArray());
        _ = other.Verify(message, token.ProviderSignature.Signature.Span).ShouldFailWith("signature.invalid");
        _ = mine.Verify(message[1..], token.ProviderSignature.Signature.Span).ShouldFailWith("signature.invalid");
        _ = mine.Verify("no dot"u8.ToArray(), token.ProviderSignature.Signature.Span).ShouldFailWith("signature.invalid");
        _ = GqVerificationKey.Create(TestIssuer.Elliptic.Keys.Find("e1").ShouldSucceed().Key, "x").ShouldFailWith("openpubkey.op-algorithm");
    }

    private static PkToken WithHeader(PkToken token, string header)
    {
        var text = Encoding.ASCII.GetBytes(Plimsoll.Primitives.Encodings.Base64Text.EncodeUrl(Encoding.UTF8.GetBytes(header)));
        var changed = TokenSignature.Parse(text, token.ProviderSignature.SignatureText).ShouldSucceed();
        return PkToken.Assemble(token.PayloadText, [changed, token.ClientSignature], refreshed: null).ShouldSucceed();
    }

    private static Result<VerifiedPkToken> Verify(PkToken token, IdentityProvider provider)
        => PkTokenVerifier.Verify(token, provider, TestIssuer.Rsa.Keys, new VerifierOptions(), TestIssuer.Now);
}
