using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Primitives.Json;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.OpenPubkey.ClientInstance;

/// <summary>
/// Client instance claims (docs/formats.md): the user's public key, a random value and further claims, all of it committed
/// to in the ID token. Well formed; whether an ID token commits to them is for a verifier to say.
/// </summary>
public sealed partial class ClientInstanceClaims
{
    // RFC 7515 4.1, RFC 7797: names that make a JWS library do something. A claim may not have one.
    private static readonly string[] ActingNames = ["crit", "b64", "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256"];

    private ClientInstanceClaims(JsonValue header, byte[] canonical, Jwk publicKey, SignatureAlgorithm algorithm, VerificationKey userKey)
    {
        Header = header;
        Canonical = canonical;
        PublicKey = publicKey;
        Algorithm = algorithm;
        UserKey = userKey;
        Commitment = Base64Text.EncodeUrl(Keccak.Sha3(canonical));
    }

    /// <summary>All claims, an object.</summary>
    public JsonValue Header { get; }

    /// <summary>The claims in the one spelling that is hashed.</summary>
    public ReadOnlyMemory<byte> Canonical { get; }

    /// <summary>base64url SHA3-256 of the canonical text: what the ID token has to hold.</summary>
    public string Commitment { get; }

    /// <summary>The claim <c>upk</c>.</summary>
    public Jwk PublicKey { get; }

    /// <summary>The claim <c>alg</c>: ES256, RS256 or EdDSA.</summary>
    public SignatureAlgorithm Algorithm { get; }

    /// <summary>The user's key, held to <see cref="Algorithm"/>.</summary>
    public VerificationKey UserKey { get; }

    /// <summary>The claim <c>att</c>, hex SHA-256 of the one statement that this key may sign; null if absent or no string.</summary>
    public string? Att => Text("att");

    /// <summary>A claim that is a string, or null where it is absent or of another kind.</summary>
    public string? Text(string name) => Header.Member(name) is { Kind: JsonKind.String } value ? value.Text : null;

    /// <summary>Reads the claims from the JSON text of the client signature's protected header.</summary>
    public static Result<ClientInstanceClaims> Parse(ReadOnlyMemory<byte> header)
        => StrictJson.Parse(header, TokenLimits.Header).Succeeded(out var json, out var failure) ? Parse(json) : failure;

    /// <summary>Reads the claims from a protected header that was read already.</summary>
    internal static Result<ClientInstanceClaims> Parse(JsonValue header)
    {
        var reader = header.ReadObject("openpubkey.cic-header");
        var type = reader.String("typ");
        var algorithmName = reader.String("alg");
        _ = reader.NonEmptyString("rz");
        var userKey = reader.Value("upk");
        if (type != "CIC")
            reader.Fail("typ", $"is {Failures.Shorten(type)}, not 'CIC'");
        if (Array.Find(ActingNames, reader.Has) is { } acting)
            reader.Fail(acting, "is a name that a claim cannot have");
        reader.NoCaseVariants();
        if (reader.Failed(out var failure))
            return failure;

        // A null has no canonical form at this level: the reference implementation cannot commit to it.
        foreach (var (name, value) in header.Members())
        {
            if (value.Kind == JsonKind.Null)
                return Failures.ClientHeader($"the claim {Failures.Shorten(name.Text)} is null");
        }

        if (!ParseAlgorithm(algorithmName).Succeeded(out var algorithm, out failure)
            || !ParseKey(userKey, algorithm).Succeeded(out var key, out failure)
            || !CanonicalJson.Go.Write(header).Succeeded(out var canonical, out failure))
            return failure;
        return new ClientInstanceClaims(header, canonical, key.Jwk, algorithm, key.Imported);
    }

    private static Result<SignatureAlgorithm> ParseAlgorithm(string name) => name switch
    {
        "ES256" => SignatureAlgorithm.ES256,
        "RS256" => SignatureAlgorithm.RS256,
        "EdDSA" => SignatureAlgorithm.EdDSA,
        _ => Failures.ClientHeader($"a user key signs ES256, RS256 or EdDSA, not {Failures.Shorten(name)}"),
    };

    private static Result<UserKeyParts> ParseKey(JsonValue json, SignatureAlgorithm algorithm)
    {
        if (!Jwk.Parse(json).Succeeded(out var jwk, out var failure))
            return Failures.ClientHeader($"upk: {failure.What}");
        if (jwk.Algorithm != algorithm.ToString())
            return Failures.ClientHeader($"upk names the algorithm {Failures.Shorten(jwk.Algorithm)}, the header {algorithm}");

        // Import asks for the curve or key size that belongs to the algorithm.
        return jwk.Import(algorithm).Succeeded(out var imported, out failure)
            ? new UserKeyParts(jwk, imported)
            : Failures.ClientHeader($"upk: {failure.What}");
    }

    private readonly record struct UserKeyParts(Jwk Jwk, VerificationKey Imported);
}
