using System.Security.Cryptography;
using System.Text;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Primitives.Json;
using Plimsoll.Primitives.Keys;
using Plimsoll.Tests.Primitives.Keys;

namespace Plimsoll.Tests.Fuzzing;

/// <summary>The parsers of Plimsoll.Primitives.</summary>
internal sealed class PrimitivesFuzzEntries : IFuzzEntries
{
    private static readonly JsonLimits Limits = new(Bytes: 64 * 1024);

    private static readonly string[] Texts =
    [
        """{"iss":"https://issuer.example","aud":["a","b"],"exp":1700000000,"n":null,"x":-1.5e3,"nested":{"a":{"b":[true,false,{}]}}}""",
        """[0,-0,1.25,1e21,1e-7,123456789012345680000,"\u0061\n\ud83d\ude00é","",{"é":1,"\u0000":2}]""",
        """{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":10,"k":11,"l":12,"m":13,"n":14,"o":15,"p":16,"q":17}""",
        "\"text\"",
    ];

    private static readonly string[] Keys =
    [
        """{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}""",
        """{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"sig"}""",
        """{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""",
    ];

    public IEnumerable<FuzzEntry> Entries()
    {
        yield return FuzzEntry.Of("primitives.strict-json", bytes => StrictJson.Parse(bytes, Limits), FuzzSeeds.Text(Texts), Walk);
        yield return FuzzEntry.Of("primitives.json-object", bytes => StrictJson.Parse(bytes, Limits), FuzzSeeds.Text(Texts), ReadAsObject);
        yield return FuzzEntry.Of("primitives.canonical-json", bytes => StrictJson.Parse(bytes, Limits), FuzzSeeds.Text(Texts), WriteCanonically).Costing(allocationPerByte: 2000);
        yield return FuzzEntry.OfText("primitives.base64", Base64Text.Decode, FuzzSeeds.Text("", "AA==", "AAE=", "AAEC", "+/+/"), bytes => Assert.NotNull(Base64Text.Encode(bytes)));
        yield return FuzzEntry.OfText("primitives.base64url", Base64Text.DecodeUrl, FuzzSeeds.Text("", "AA", "AAE", "AAEC", "-_-_"), bytes => Assert.NotNull(Base64Text.EncodeUrl(bytes)));
        yield return FuzzEntry.OfText(
            "primitives.digest", Digest.Parse, [.. FuzzSeeds.Text(Digest.Sha256("x"u8).ToString(), "sha512:" + new string('0', 128))], digest => Assert.NotEmpty(digest.Hex));
        yield return FuzzEntry.Of("primitives.jwk", bytes => StrictJson.Parse(bytes, Limits).Then(Jwk.Parse), FuzzSeeds.Text(Keys), ImportAll);
        yield return FuzzEntry.Of("primitives.spki", bytes => PublicKeys.ImportSpki(bytes, EcdsaEncoding.Der), Spkis(), key => Assert.Equal(64, key.KeyId.Length));
        yield return FuzzEntry.OfText("primitives.pem", text => PublicKeys.ImportPem(text, EcdsaEncoding.Der), Spkis().Select(Pem), key => Assert.Equal(64, key.KeyId.Length));
        yield return Signatures("primitives.signature-ecdsa-der", OpenSslKeys.EcP256, OpenSslKeys.EcP256Signature, EcdsaEncoding.Der);
        yield return Signatures("primitives.signature-ecdsa-joined", OpenSslKeys.EcP521, OpenSslKeys.EcP521Joined, EcdsaEncoding.Joined);
        yield return Signatures("primitives.signature-ed25519", OpenSslKeys.Ed25519, OpenSslKeys.Ed25519Signature, EcdsaEncoding.Joined);
        yield return Signatures("primitives.signature-rsa-pkcs1", OpenSslKeys.Rsa, OpenSslKeys.RsaPkcs1Signature, EcdsaEncoding.Joined);
        yield return Signatures("primitives.signature-rsa-pss", OpenSslKeys.Rsa, OpenSslKeys.RsaPssSignature, EcdsaEncoding.Joined, pss: true);
    }

    private static byte[][] Spkis() =>
    [
        OpenSslKeys.EcP256, OpenSslKeys.EcP384, OpenSslKeys.EcP521, OpenSslKeys.Rsa, OpenSslKeys.Ed25519,
        OpenSslKeys.EcP256Compressed, OpenSslKeys.EcP256Explicit, OpenSslKeys.RsaPssOnly, OpenSslKeys.X25519,
    ];

    private static byte[] Pem(byte[] spki) => Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", spki));

    private static FuzzEntry Signatures(string name, byte[] spki, byte[] signature, EcdsaEncoding encoding, bool pss = false)
    {
        Assert.True(PublicKeys.ImportSpki(spki, encoding, pss).Succeeded(out var key, out _));
        return FuzzEntry.Of(name, bytes => key.Verify(OpenSslKeys.Message, bytes), [signature, [.. signature, 0], new byte[signature.Length], []]).Costing(500);
    }

    private static void Walk(JsonValue value)
    {
        Assert.NotNull(value.Text);
        foreach (var element in value.Elements())
            Walk(element);
        foreach (var (name, member) in value.Members())
        {
            Assert.True(value.Member(name.Text) is not null, "a member that is listed is not found by its name");
            Walk(member);
        }
    }

    private static void ReadAsObject(JsonValue value)
    {
        var reader = value.ReadObject("test.object");
        _ = reader.OptionalString("iss");
        _ = reader.OptionalInteger("exp");
        _ = reader.OptionalStrings("aud");
        _ = reader.OptionalStringMap("nested");
        _ = reader.OptionalObjects("x");
        _ = reader.Object("nested").OptionalBoolean("a");
        reader.NoCaseVariants();
        reader.NoOtherMembers();
        Assert.True(!reader.Failed(out var failure) || failure.Code == "test.object");
    }

    // What is written canonically reads back, and is written the same again.
    private static void WriteCanonically(JsonValue value)
    {
        foreach (var form in new[] { CanonicalJson.Go, CanonicalJson.Rfc8785, CanonicalJson.Olpc })
        {
            if (!form.Write(value).Succeeded(out var written, out var failure))
            {
                Assert.Equal("json.number", failure.Code);
                continue;
            }

            // OLPC writes control characters as they are, which is not JSON.
            if (form == CanonicalJson.Olpc)
                continue;
            Assert.True(StrictJson.Parse(written, Limits with { Bytes = written.Length }).Succeeded(out var again, out failure), failure?.ToString());
            Assert.True(form.Write(again).Succeeded(out var twice, out failure), failure?.ToString());
            Assert.Equal(written, twice);
        }
    }

    private static void ImportAll(Jwk jwk)
    {
        Assert.Equal(43, jwk.Thumbprint.Length);
        foreach (var algorithm in Enum.GetValues<SignatureAlgorithm>())
        {
            if (jwk.Import(algorithm).Succeeded(out var key, out _))
                Assert.Equal(algorithm, key.Algorithm);
        }
    }
}
