using System.Security.Cryptography;
using System.Text;
using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Releases;
using Plimsoll.OpenPubkey.Signing;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Tests.OpenPubkey;

/// <summary>An identity provider with one key, which signs whatever a test wants it to have signed.</summary>
internal sealed class TestIssuer
{
    public const string Url = "https://issuer.example";
    public const string ClientId = "client.example";
    public const string Subject = "repo:acme/app:ref:refs/heads/main";

    private TestIssuer(SigningKey key, string keyId)
    {
        Key = key;
        KeyId = keyId;
        Keys = KeySet(Jwk);
    }

    /// <summary>Signs RS256, as nearly all providers do.</summary>
    public static TestIssuer Rsa { get; } = new(RsaSigningKey.Create(2048), "k1");

    /// <summary>Another RS256 key under the same name.</summary>
    public static TestIssuer OtherRsa { get; } = new(RsaSigningKey.Create(2048), "k1");

    /// <summary>Signs ES256, which no GQ proof can hide.</summary>
    public static TestIssuer Elliptic { get; } = new(EcdsaSigningKey.Create(EllipticCurve.P256), "e1");

    public static DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    public SigningKey Key { get; }

    public string KeyId { get; }

    public JwkSet Keys { get; }

    public string Jwk => $$"""{"alg":"{{Key.Algorithm}}","kid":"{{KeyId}}","use":"sig",{{Key.PublicJwk.Canonical.AsSpan(1)}}""";

    public string Header => $$"""{"alg":"{{Key.Algorithm}}","kid":"{{KeyId}}","typ":"JWT"}""";

    public static IdentityProvider Provider(ClaimBinding binding) => new()
    {
        Name = "test",
        Issuer = Issuer.Parse(Url).ShouldSucceed(),
        Binding = binding,
        GqRequired = binding != ClaimBinding.Key,
        ClientIds = binding is ClaimBinding.Nonce or ClaimBinding.Key ? [ClientId] : [],
    };

    public static JwkSet KeySet(params string[] keys)
        => JwkSet.Parse(Encoding.UTF8.GetBytes($$"""{"keys":[{{string.Join(',', keys)}}]}""")).ShouldSucceed();

    /// <summary>The claims of an ID token; members given here come after the usual ones.</summary>
    public static string Payload(string audience, string? nonce = null, string more = "") =>
        $$"""{"aud":"{{audience}}","exp":{{Now.ToUnixTimeSeconds() + 600}},"iat":{{Now.ToUnixTimeSeconds()}},"iss":"{{Url}}",{{(nonce is null ? "" : $"\"nonce\":\"{nonce}\",")}}"sub":"{{Subject}}"{{more}}}""";

    /// <summary>The payload that holds a commitment as the binding says.</summary>
    public static string PayloadFor(ClaimBinding binding, ClientInstanceClaims claims, string more = "") => binding switch
    {
        ClaimBinding.Nonce => Payload(ClientId, claims.Commitment, more),
        ClaimBinding.Audience => Payload(claims.Commitment, nonce: null, more),
        ClaimBinding.Gq => Payload(IdentityProvider.DefaultAudiencePrefix + "acme", nonce: null, more),
        _ => Payload(ClientId, nonce: null, $",\"cnf\":{{\"jwk\":{claims.PublicKey.Canonical}}}{more}"),
    };

    public static ClientInstanceClaims Claims(SigningKey key, ReadOnlySpan<byte> statement = default)
        => ClientInstanceClaims.Create(key, RandomNumberGenerator.Fill, new Dictionary<string, string>(StringComparer.Ordinal) { ["att"] = ReleaseTokens.Att(statement) });

    public byte[] IdToken(string payload, string? header = null) => Jws(header ?? Header, Encoding.UTF8.GetBytes(payload), Key);

    /// <summary>A good PK token with the binding, over an empty statement unless another is given.</summary>
    public PkToken Token(ClaimBinding binding, SigningKey userKey, ReadOnlySpan<byte> statement = default)
    {
        var claims = Claims(userKey, statement);
        return PkTokenSigning.Assemble(IdToken(PayloadFor(binding, claims)), claims, userKey, Provider(binding), Keys, RandomNumberGenerator.Fill).ShouldSucceed();
    }

    /// <summary>Puts a PK token together without asking whether it makes sense.</summary>
    public static PkToken Join(byte[] idToken, ClientInstanceClaims claims, SigningKey userKey)
    {
        var jws = CompactJws.Parse(idToken).ShouldSucceed();
        return PkToken.Assemble(jws.PayloadText, [jws.Signature, claims.Sign(jws.PayloadText.Span, userKey)], refreshed: null).ShouldSucceed();
    }

    public static byte[] Jws(string header, ReadOnlySpan<byte> payload, SigningKey key)
    {
        var input = Encoding.ASCII.GetBytes($"{Base64Text.EncodeUrl(Encoding.UTF8.GetBytes(header))}.{Base64Text.EncodeUrl(payload)}");
        return [.. input, (byte)'.', .. Encoding.ASCII.GetBytes(Base64Text.EncodeUrl(key.Sign(input, EcdsaEncoding.Joined)))];
    }
}
