using System.Text;
using System.Text.Json;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Json;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Tests.Primitives.Keys;

public sealed class JwkTests
{
    private const string X = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4";
    private const string Y = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM";
    private const string Edwards = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    [Fact]
    public void Thumbprints_agree_with_the_vectors()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(TestData.Vectors("openpubkey/jwk-thumbprint.json")));
        var vectors = document.RootElement.GetProperty("vectors").EnumerateArray().ToArray();

        foreach (var vector in vectors)
            Assert.Equal(vector.GetProperty("jkt").GetString(), Parse(vector.GetProperty("jwk").GetRawText()).ShouldSucceed().Thumbprint);

        Assert.Equal(5, vectors.Length);
    }

    [Fact]
    public void A_key_is_read_with_what_it_says_about_itself()
    {
        var jwk = Parse($$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Y}}","alg":"ES256","use":"sig","kid":"1","x5t":"ignored"}""").ShouldSucceed();

        Assert.Equal(("EC", "P-256", "ES256", "sig", "1"), (jwk.KeyType, jwk.Curve, jwk.Algorithm, jwk.Use, jwk.KeyId));
        Assert.Equal($$"""{"crv":"P-256","kty":"EC","x":"{{X}}","y":"{{Y}}"}""", jwk.Canonical);
        Assert.Equal(SignatureAlgorithm.ES256, jwk.Import(SignatureAlgorithm.ES256).ShouldSucceed().Algorithm);
    }

    [Fact]
    public void Names_of_a_key_are_not_part_of_its_thumbprint()
    {
        var bare = Parse($$"""{"kty":"OKP","crv":"Ed25519","x":"{{Edwards}}"}""").ShouldSucceed();
        var named = Parse($$"""{"kid":"a","x":"{{Edwards}}","alg":"EdDSA","crv":"Ed25519","kty":"OKP"}""").ShouldSucceed();

        Assert.Equal(bare.Thumbprint, named.Thumbprint);
        Assert.Null(bare.KeyId);
    }

    [Theory]
    [InlineData("d")]
    [InlineData("p")]
    [InlineData("q")]
    [InlineData("dp")]
    [InlineData("dq")]
    [InlineData("qi")]
    [InlineData("oth")]
    [InlineData("k")]
    [InlineData("\\u0064")]
    [InlineData("D")]
    public void A_key_that_shows_private_members_is_refused(string member)
        => Parse($$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Y}}","{{member}}":"AA"}""").ShouldFailWith("key.jwk");

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""[]""")]
    [InlineData("""{"kty":"oct","k":"AA"}""")]
    [InlineData("""{"kty":"ec","crv":"P-256","x":"X","y":"Y"}""")]
    [InlineData("""{"kty":5,"crv":"P-256","x":"X","y":"Y"}""")]
    [InlineData("""{"kty":"EC","x":"X","y":"Y"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"X"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"X","y":null}""")]
    [InlineData("""{"kty":"EC","crv":"P-192","x":"X","y":"Y"}""")]
    [InlineData("""{"kty":"EC","crv":"secp256k1","x":"X","y":"Y"}""")]
    [InlineData("""{"kty":"EC","crv":"p-256","x":"X","y":"Y"}""")]
    [InlineData("""{"kty":"EC","crv":"P-384","x":"X","y":"Y"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"X=","y":"Y"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"AX","y":"Y"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"AAAA","y":"Y"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"X","y":"Y","CRV":"P-384"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"X","y":"Y","\u212aty":"RSA"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"X","y":"Y","\u212aid":"RSA"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"X","y":"Y","kid":5}""")]
    [InlineData("""{"kty":"OKP","crv":"X25519","x":"X"}""")]
    [InlineData("""{"kty":"OKP","crv":"Ed448","x":"X"}""")]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"AAAA"}""")]
    [InlineData("""{"kty":"RSA","n":"","e":"AQAB"}""")]
    [InlineData("""{"kty":"RSA","n":"AAEC","e":"AQAB"}""")]
    [InlineData("""{"kty":"RSA","n":"AQID","e":"AAEAAQ"}""")]
    [InlineData("""{"kty":"RSA","n":"AQID"}""")]
    [InlineData("""{"kty":"RSA","n":"AQID","e":"AQAB","N":"AQID"}""")]
    public void A_key_that_is_incomplete_ambiguous_or_of_another_kind_is_refused(string text)
        => Parse(text.Replace("\"X", "\"" + X, StringComparison.Ordinal).Replace("\"Y", "\"" + Y, StringComparison.Ordinal)).ShouldFailWith("key.jwk");

    [Theory]
    [InlineData("""P-256\",\"kty\":\"RSA""")]
    [InlineData("""P-256\u0000""")]
    public void No_text_gets_from_a_key_into_what_is_hashed(string curve)
        => Parse($$"""{"kty":"EC","crv":"{{curve}}","x":"{{X}}","y":"{{Y}}"}""").ShouldFailWith("key.jwk");

    [Theory]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"X","y":"Y"}""", SignatureAlgorithm.ES256)]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"E"}""", SignatureAlgorithm.EdDSA)]
    public void A_key_is_imported_for_its_own_algorithm_only(string text, SignatureAlgorithm own)
    {
        var jwk = Parse(text.Replace("\"X\"", $"\"{X}\"", StringComparison.Ordinal).Replace("\"Y\"", $"\"{Y}\"", StringComparison.Ordinal)
            .Replace("\"E\"", $"\"{Edwards}\"", StringComparison.Ordinal)).ShouldSucceed();

        foreach (var algorithm in Enum.GetValues<SignatureAlgorithm>())
        {
            if (algorithm == own)
                Assert.Equal(own, jwk.Import(algorithm).ShouldSucceed().Algorithm);
            else
                jwk.Import(algorithm).ShouldFailWith("key.malformed");
        }
    }

    [Theory]
    [InlineData("\"use\":\"enc\"")]
    [InlineData("\"use\":\"\"")]
    [InlineData("\"alg\":\"ES384\"")]
    [InlineData("\"alg\":\"ECDH-ES\"")]
    [InlineData("\"alg\":\"es256\"")]
    public void A_key_is_not_used_against_what_it_says_itself(string member)
        => Parse($$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Y}}",{{member}}}""").ShouldSucceed().Import(SignatureAlgorithm.ES256).ShouldFailWith("key.malformed");

    [Fact]
    public void A_point_off_the_curve_is_refused_at_import()
    {
        var point = Base64Text.DecodeUrl(Y).ShouldSucceed();
        point[^1] ^= 1;

        Parse($$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Base64Text.EncodeUrl(point)}}"}""").ShouldSucceed()
            .Import(SignatureAlgorithm.ES256).ShouldFailWith("key.malformed");
    }

    [Fact]
    public void Short_RSA_keys_and_even_exponents_are_refused_at_import()
    {
        var n = Base64Text.EncodeUrl([0xC0, .. Enumerable.Repeat((byte)0x55, 255)]);
        var shorter = Base64Text.EncodeUrl([0xC0, .. Enumerable.Repeat((byte)0x55, 127)]);

        Parse($$"""{"kty":"RSA","n":"{{n}}","e":"AQAB"}""").ShouldSucceed().Import(SignatureAlgorithm.RS256).ShouldSucceed();
        Parse($$"""{"kty":"RSA","n":"{{n}}","e":"AQAB"}""").ShouldSucceed().Import(SignatureAlgorithm.PS256).ShouldSucceed();
        Parse($$"""{"kty":"RSA","n":"{{n}}","e":"AQAB"}""").ShouldSucceed().Import(SignatureAlgorithm.ES256).ShouldFailWith("key.malformed");
        Parse($$"""{"kty":"RSA","n":"{{n}}","e":"AQAA"}""").ShouldSucceed().Import(SignatureAlgorithm.RS256).ShouldFailWith("key.malformed");
        Parse($$"""{"kty":"RSA","n":"{{shorter}}","e":"AQAB"}""").ShouldSucceed().Import(SignatureAlgorithm.RS256).ShouldFailWith("key.malformed");
    }

    [Fact]
    public void The_JWK_of_a_new_key_reads_back()
    {
        using SigningKey ec = EcdsaSigningKey.Create(EllipticCurve.P521), rsa = RsaSigningKey.Create(2048), edwards = Ed25519SigningKey.Create();

        foreach (var key in new[] { ec, rsa, edwards })
        {
            var read = Parse(key.PublicJwk.Canonical).ShouldSucceed();
            Assert.Equal(key.PublicJwk.Thumbprint, read.Thumbprint);
            Assert.Equal(key.KeyId, read.Import(key.Algorithm).ShouldSucceed().KeyId);
        }
    }

    private static Result<Jwk> Parse(string text)
        => StrictJson.Parse(Encoding.UTF8.GetBytes(text), new JsonLimits(10_000)).Then(Jwk.Parse);
}
