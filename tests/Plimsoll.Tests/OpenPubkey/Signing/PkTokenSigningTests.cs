using System.Security.Cryptography;
using System.Text;
using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Signing;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.OpenPubkey.Verifying;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Tests.OpenPubkey.Signing;

public sealed class PkTokenSigningTests : IDisposable
{
    private readonly EcdsaSigningKey _key = EcdsaSigningKey.Create(EllipticCurve.P256);
    private readonly ClientInstanceClaims _claims;

    public PkTokenSigningTests() => _claims = TestIssuer.Claims(_key);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void The_providers_signature_does_not_appear_in_the_token()
    {
        var idToken = TestIssuer.Rsa.IdToken(TestIssuer.PayloadFor(ClaimBinding.Audience, _claims));
        var signature = CompactJws.Parse(idToken).ShouldSucceed().Signature.SignatureText.ToArray();

        var token = Assemble(idToken, ClaimBinding.Audience).ShouldSucceed();

        Assert.True(token.ToJson().AsSpan().IndexOf(signature) < 0);
        Assert.Equal("GQ256", token.ProviderSignature.Text("alg"));
        Assert.Equal(TestIssuer.Rsa.Key.PublicJwk.Thumbprint, token.ProviderSignature.Text("jkt"));
    }

    [Fact]
    public void Clearing_the_id_token_afterwards_leaves_the_token_whole()
    {
        var idToken = TestIssuer.Rsa.IdToken(TestIssuer.PayloadFor(ClaimBinding.Gq, _claims));
        var token = Assemble(idToken, ClaimBinding.Gq).ShouldSucceed();

        Array.Clear(idToken);

        _ = PkTokenVerifier.Verify(
            PkToken.Parse(token.ToJson()).ShouldSucceed(), TestIssuer.Provider(ClaimBinding.Gq), TestIssuer.Rsa.Keys, new VerifierOptions(), TestIssuer.Now).ShouldSucceed();
    }

    [Fact]
    public void Every_kind_of_user_key_signs()
    {
        using var rsa = RsaSigningKey.Create(2048);
        using var edwards = Ed25519SigningKey.Create();
        foreach (var key in new SigningKey[] { _key, rsa, edwards })
        {
            var token = TestIssuer.Rsa.Token(ClaimBinding.Audience, key);
            var verified = PkTokenVerifier.Verify(token, TestIssuer.Provider(ClaimBinding.Audience), TestIssuer.Rsa.Keys, new VerifierOptions(), TestIssuer.Now).ShouldSucceed();
            Assert.Equal(key.KeyId, verified.UserKey.KeyId);
        }
    }

    [Theory]
    [InlineData(ClaimBinding.Nonce)]
    [InlineData(ClaimBinding.Audience)]
    public void An_id_token_that_was_not_asked_for_with_the_commitment_is_not_published(ClaimBinding binding)
    {
        using var other = EcdsaSigningKey.Create(EllipticCurve.P256);
        var foreign = TestIssuer.Rsa.IdToken(TestIssuer.PayloadFor(binding, TestIssuer.Claims(other)));

        _ = Assemble(foreign, binding).ShouldFailWith("openpubkey.commitment");
    }

    [Fact]
    public void An_id_token_made_for_something_else_is_not_bound_by_its_gq_header()
        => Assemble(TestIssuer.Rsa.IdToken(TestIssuer.Payload("https://vault.example")), ClaimBinding.Gq).ShouldFailWith("openpubkey.gq-audience-prefix");

    [Fact]
    public void An_id_token_of_another_key_under_the_same_name_is_not_transformed()
        => Assemble(TestIssuer.OtherRsa.IdToken(TestIssuer.PayloadFor(ClaimBinding.Audience, _claims)), ClaimBinding.Audience).ShouldFailWith("openpubkey.op-signature");

    [Fact]
    public void An_id_token_of_another_issuer_is_not_published()
    {
        var payload = TestIssuer.PayloadFor(ClaimBinding.Audience, _claims).Replace(TestIssuer.Url, "https://evil.example", StringComparison.Ordinal);

        _ = Assemble(TestIssuer.Rsa.IdToken(payload), ClaimBinding.Audience).ShouldFailWith("openpubkey.issuer");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("e30.e30.")]
    [InlineData("bm90IGpzb24.e30.AA")]
    public void What_is_no_id_token_gives_a_failure(string text)
        => Assert.False(Assemble(Encoding.ASCII.GetBytes(text), ClaimBinding.Audience).Succeeded(out _, out _));

    [Fact]
    public void A_key_that_the_claims_do_not_name_is_a_mistake_of_the_caller()
    {
        using var other = EcdsaSigningKey.Create(EllipticCurve.P256);
        var idToken = TestIssuer.Rsa.IdToken(TestIssuer.PayloadFor(ClaimBinding.Audience, _claims));

        _ = Assert.Throws<ArgumentException>(() => PkTokenSigning.Assemble(
            idToken, _claims, other, TestIssuer.Provider(ClaimBinding.Audience), TestIssuer.Rsa.Keys, RandomNumberGenerator.Fill));
    }

    private Result<PkToken> Assemble(byte[] idToken, ClaimBinding binding)
        => PkTokenSigning.Assemble(idToken, _claims, _key, TestIssuer.Provider(binding), TestIssuer.Rsa.Keys, RandomNumberGenerator.Fill);
}
