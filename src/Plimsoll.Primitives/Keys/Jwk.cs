using System.Security.Cryptography;
using System.Text;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Primitives.Keys;

/// <summary>A public JSON Web Key (RFC 7517): EC on a NIST curve, RSA, or Ed25519. A key that shows private members is refused.</summary>
public sealed class Jwk
{
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    private Jwk(string keyType) => KeyType = keyType;

    /// <summary>Member <c>kty</c>: <c>EC</c>, <c>RSA</c> or <c>OKP</c>.</summary>
    public string KeyType { get; }

    /// <summary>Member <c>alg</c>, or null where the key names none.</summary>
    public string? Algorithm { get; private init; }

    /// <summary>Member <c>use</c>, or null.</summary>
    public string? Use { get; private init; }

    /// <summary>Member <c>kid</c>, or null. Issuers choose it, and may give it to another key later.</summary>
    public string? KeyId { get; private init; }

    /// <summary>The curve of an EC or OKP key, such as <c>P-256</c>; null for RSA.</summary>
    public string? Curve { get; private init; }

    /// <summary>EC: x. OKP: the key. RSA: the modulus, big-endian.</summary>
    public ReadOnlyMemory<byte> First { get; private init; }

    /// <summary>EC: y. RSA: the exponent, big-endian. OKP: nothing.</summary>
    public ReadOnlyMemory<byte> Second { get; private init; }

    /// <summary>The JSON text of the members that make the key, in the one order that is hashed (RFC 7638 section 3).</summary>
    public string Canonical => field ??= CanonicalText(KeyType, Curve, Base64Text.EncodeUrl(First.Span), Base64Text.EncodeUrl(Second.Span));

    /// <summary>RFC 7638 SHA-256 thumbprint in base64url: the same for the same key, whatever its <c>kid</c>.</summary>
    public string Thumbprint => field ??= Base64Text.EncodeUrl(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical)));

    /// <summary>Reads a public key. Members that it does not need are ignored, as RFC 7517 section 4 asks.</summary>
    public static Result<Jwk> Parse(JsonValue json)
    {
        var reader = json.ReadObject("key.jwk");
        var keyType = reader.String("kty");
        if (Array.Find(PrivateMembers, reader.Has) is { } secret)
            reader.Fail(secret, "is part of a private key, which nobody may send");

        var key = keyType switch
        {
            "EC" => ReadEc(reader),
            "OKP" => ReadOkp(reader),
            "RSA" => ReadRsa(reader),
            _ => null,
        };
        if (key is null)
            reader.Fail("kty", $"is '{Shorten(keyType)}', not EC, RSA or OKP");
        reader.NoCaseVariants();
        return reader.Failed(out var failure) ? failure : key!;
    }

    /// <summary>
    /// Imports the key for an algorithm, if it is of that algorithm's kind and its own <c>alg</c> and <c>use</c>, where it has
    /// them, do not speak against it. ECDSA signatures are read as JOSE joins them.
    /// </summary>
    public Result<VerificationKey> Import(SignatureAlgorithm algorithm)
    {
        // RFC 7517 4.2 and 4.4: a key for encryption, or for another algorithm, verifies nothing here.
        if (Use is not (null or "sig"))
            return KeyFailures.Malformed($"a key for use '{Shorten(Use)}' does not verify signatures");
        if (Algorithm is not null && Algorithm != algorithm.ToString())
            return KeyFailures.Malformed($"a key for '{Shorten(Algorithm)}' does not verify {algorithm}");

        return (algorithm, KeyType) switch
        {
            (SignatureAlgorithm.RS256 or SignatureAlgorithm.PS256, "RSA") =>
                RsaVerificationKey.Import(First, Second, algorithm).Select<VerificationKey>(key => key),
            (SignatureAlgorithm.EdDSA, "OKP") =>
                Ed25519VerificationKey.Import(First.Span).Select<VerificationKey>(key => key),
            (_, "EC") when EllipticCurve.Named(Curve!) is { } curve && curve.Algorithm == algorithm =>
                EcdsaVerificationKey.Import(curve, First.Span, Second.Span, EcdsaEncoding.Joined).Select<VerificationKey>(key => key),
            _ => KeyFailures.Malformed($"a key of type {KeyType}{(Curve is null ? "" : " on " + Curve)} does not verify {algorithm}"),
        };
    }

    /// <summary>The key of a public key, for instance to write it into a header.</summary>
    internal static Jwk Of(string keyType, string? curve, ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second) => new(keyType)
    {
        Curve = curve,
        First = first,
        Second = second,
    };

    private static Jwk ReadEc(JsonObject reader)
    {
        var name = reader.String("crv");
        if (EllipticCurve.Named(name) is not { } curve)
        {
            reader.Fail("crv", $"is '{Shorten(name)}', not P-256, P-384 or P-521");
            curve = EllipticCurve.P256;
        }

        // RFC 7518 6.2.1.2: coordinates keep their leading zeros; a shorter spelling would be another thumbprint.
        return Read(reader, "EC", curve.Name, Sized(reader, "x", curve.FieldBytes), Sized(reader, "y", curve.FieldBytes));
    }

    private static Jwk ReadOkp(JsonObject reader)
    {
        var name = reader.String("crv");
        if (name != "Ed25519")
            reader.Fail("crv", $"is '{Shorten(name)}', not Ed25519");
        return Read(reader, "OKP", "Ed25519", Sized(reader, "x", Ed25519VerificationKey.KeyBytes), []);
    }

    private static Jwk ReadRsa(JsonObject reader) => Read(reader, "RSA", null, Unsigned(reader, "n"), Unsigned(reader, "e"));

    private static Jwk Read(JsonObject reader, string keyType, string? curve, byte[] first, byte[] second) => new(keyType)
    {
        Algorithm = reader.OptionalString("alg"),
        Use = reader.OptionalString("use"),
        KeyId = reader.OptionalString("kid"),
        Curve = curve,
        First = first,
        Second = second,
    };

    private static byte[] Sized(JsonObject reader, string name, int length)
    {
        var bytes = reader.Base64Url(name);
        if (bytes.Length != length)
            reader.Fail(name, $"has {bytes.Length} bytes, not {length}");
        return bytes;
    }

    // RFC 7518 6.3.1.1: "MUST utilize the minimum number of octets".
    private static byte[] Unsigned(JsonObject reader, string name)
    {
        var bytes = reader.Base64Url(name);
        if (bytes is [] or [0, ..])
            reader.Fail(name, "is zero or has leading zeros");
        return bytes;
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";

    // RFC 7638 3.2: only the required members, in lexicographic order, without white space.
    private static string CanonicalText(string keyType, string? curve, string first, string second) => keyType switch
    {
        "EC" => $$"""{"crv":"{{curve}}","kty":"EC","x":"{{first}}","y":"{{second}}"}""",
        "OKP" => $$"""{"crv":"{{curve}}","kty":"OKP","x":"{{first}}"}""",
        _ => $$"""{"e":"{{second}}","kty":"RSA","n":"{{first}}"}""",
    };
}
