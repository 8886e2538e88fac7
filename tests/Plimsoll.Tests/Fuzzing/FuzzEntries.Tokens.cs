using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.Conformance;
using Plimsoll.OpenPubkey.Cosigning;
using Plimsoll.OpenPubkey.Expiry;
using Plimsoll.OpenPubkey.Gq;
using Plimsoll.OpenPubkey.Messages;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Releases;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.OpenPubkey.Verifying;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Json;
using Plimsoll.Primitives.Keys;
using Plimsoll.Tests.OpenPubkey;

namespace Plimsoll.Tests.Fuzzing;

/// <summary>What is read of a token after its outer form: headers, proofs, messages, refreshed tokens, certificates, and whole verifications.</summary>
internal sealed class TokenFuzzEntries : IFuzzEntries
{
    private const int Few = 1000;
    private static readonly JsonLimits Limits = new(64 * 1024, Depth: 12);
    private static readonly EcdsaSigningKey UserKey = EcdsaSigningKey.Create(EllipticCurve.P256);
    private static readonly PkToken Token = TestIssuer.Rsa.Token(ClaimBinding.Nonce, UserKey);
    private static readonly PkToken ReleaseToken = TestIssuer.Rsa.Token(ClaimBinding.Audience, UserKey);
    private static readonly VerifierOptions Options = new() { Expiry = ExpiryPolicy.OidcRefreshed, RequireRefreshedIdToken = true };

    public IEnumerable<FuzzEntry> Entries()
    {
        yield return FuzzEntry.Of("openpubkey.gq-header", bytes => StrictJson.Parse(bytes, Limits).Then(GqHeader.Parse), GqHeaders(), header => Assert.False(header.OriginalText.IsEmpty));
        yield return FuzzEntry.Of("openpubkey.gq-proof", VerifyProof, [Token.ProviderSignature.Signature.ToArray()]).Costing(Few);
        yield return FuzzEntry.Of("openpubkey.cosigner", bytes => StrictJson.Parse(bytes, Limits).Then(CosignerClaims.Parse), FuzzSeeds.Text(
            """{"alg":"ES256","auth_time":1,"eid":"e","exp":3,"iat":2,"iss":"https://cosigner.example","kid":"k","nonce":"n","ruri":"r","typ":"COS"}"""));
        yield return FuzzEntry.Of("openpubkey.signed-message", bytes => SignedMessage.Verify(bytes, Token, Client, SignedMessage.Type), [Message()]);
        yield return FuzzEntry.Of("openpubkey.id-token-claims", bytes => IdTokenClaims.Parse(bytes), FuzzSeeds.Text(TestIssuer.Payload("a"), """{"aud":["a","b"],"iss":null,"iat":1e3}"""), Read);
        yield return FuzzEntry.Of("openpubkey.refreshed-token", VerifyRefreshed, [Refreshed()]).Costing(Few);
        yield return FuzzEntry.Of("openpubkey.certificate", bytes => TokenCertificate.Parse(bytes), Certificates()).Costing(Few);
        yield return FuzzEntry.Of("openpubkey.envelope-token", FindToken, [ReleaseToken.ToJson()], VerifyRelease).Costing(Few);
        yield return FuzzEntry.Of("openpubkey.conformance", bytes => OpenPubkeyVectors.Run(bytes), Vectors(), outcomes => Assert.All(outcomes, outcome => Assert.NotEmpty(outcome.Code)))
            .Costing(Few, allocationPerByte: 1000);
    }

    private static ClientInstanceClaims Client { get; } = ClientInstanceClaims.Parse(Token.ClientSignature.Header).ShouldSucceed();

    private static IEnumerable<byte[]> GqHeaders()
        => [Base64Url.DecodeFromUtf8(Token.ProviderSignature.ProtectedText.Span), .. FuzzSeeds.Member("openpubkey/gq-jwt.json", "gqHeader")];

    // One proof is good; whatever else holds would be a second one for the same message, or a forgery.
    private static Result<Verified<ReadOnlyMemory<byte>>> VerifyProof(byte[] proof)
    {
        var key = TestIssuer.Rsa.Keys.Find(TestIssuer.Rsa.KeyId).ShouldSucceed().GqKey.ShouldSucceed();
        var accepted = key.Verify(Token.ProviderSignature.SigningInput(Token.PayloadText), proof);
        Assert.True(!accepted.Succeeded(out _, out _) || proof.AsSpan().SequenceEqual(Token.ProviderSignature.Signature.Span), "a changed proof holds");
        return accepted;
    }

    private static byte[] Message() => SignedMessage.Sign("content"u8, PkTokenVerifier.Verify(
        Token, TestIssuer.Provider(ClaimBinding.Nonce), TestIssuer.Rsa.Keys, new VerifierOptions(), TestIssuer.Now).ShouldSucceed(), UserKey);

    private static void Read(IdTokenClaims claims)
    {
        _ = claims.HasAudience("a");
        _ = claims.OnlyMember("aud");
        foreach (var time in new[] { "iat", "exp", "nbf" })
            _ = claims.Seconds(time).Succeeded(out _, out _);
    }

    private static byte[] Refreshed() =>
    [
        .. Token.ToCompact(), (byte)'.',
        .. TestIssuer.Rsa.IdToken(TestIssuer.Payload(TestIssuer.ClientId).Replace("\"iat\":1800000000", "\"iat\":1800000300", StringComparison.Ordinal)),
    ];

    private static Result<VerifiedPkToken> VerifyRefreshed(byte[] compact) => PkToken.ParseCompact(compact)
        .Then(token => PkTokenVerifier.Verify(token, TestIssuer.Provider(ClaimBinding.Nonce), TestIssuer.Rsa.Keys, Options, TestIssuer.Now.AddMinutes(6)));

    private static IEnumerable<byte[]> Certificates() => FuzzSeeds.Member("openpubkey/x509.json", "certificatePem").Select(pem =>
    {
        var text = Encoding.ASCII.GetString(pem);
        return Convert.FromBase64String(text[PemEncoding.Find(text).Base64Data]);
    });

    private static Result<PkToken> FindToken(byte[] token)
        => EnvelopeForms.FindToken(new TokenSignatureParts(EnvelopeForms.TokenKeyId, token, ExtensionKind: null, Token: null));

    private static void VerifyRelease(PkToken token)
    {
        var verified = ReleaseTokens.Verify(token, TestIssuer.Provider(ClaimBinding.Audience), TestIssuer.Rsa.Keys, ReadOnlyMemory<byte>.Empty);
        Assert.True(!verified.Succeeded(out _, out _) || token.PayloadText.Span.SequenceEqual(ReleaseToken.PayloadText.Span), "a changed token vouches for the statement");
    }

    // One vector of each kind and file, each as a file of its own: small inputs mutate faster, and every kind is reached.
    private static IEnumerable<byte[]> Vectors()
    {
        foreach (var file in Directory.GetFiles(TestData.Vectors("openpubkey"), "*.json").Order(StringComparer.Ordinal))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var vectors = document.RootElement.GetProperty("vectors").EnumerateArray().Select(vector => vector.GetRawText()).Where(text => text.Length < 24_000).ToArray();
            foreach (var vector in vectors.Take(2).Concat(vectors.TakeLast(1)))
                yield return Encoding.UTF8.GetBytes($$"""{"format":"openpubkey-vectors/1","vectors":[{{vector}}]}""");
        }
    }
}
