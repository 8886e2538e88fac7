using System.Security.Cryptography;
using System.Text;
using Plimsoll.OpenPubkey.Gq;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Json;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.OpenPubkey.KeyBinding;

/// <summary>What a DPoP proof (RFC 9449) has to be about.</summary>
/// <param name="Method">The HTTP method, <c>htm</c>.</param>
/// <param name="Url">The URL without query and fragment, <c>htu</c>.</param>
/// <param name="Thumbprint">The thumbprint that the authorization request announced, <c>dpop_jkt</c>.</param>
/// <param name="Code">The authorization or device code whose hash the proof holds; null for a refresh, which has none.</param>
public sealed record DpopExpectation(string Method, string Url, string Thumbprint, string? Code);

/// <summary>A DPoP proof as OpenPubkey's key-binding flow sends it: possession of the user's key, for one request.</summary>
public sealed class DpopProof
{
    /// <summary>How old a proof may be.</summary>
    public static readonly TimeSpan MostAge = TimeSpan.FromSeconds(60);

    /// <summary>How far a proof's clock may be ahead.</summary>
    public static readonly TimeSpan MostClockSkew = TimeSpan.FromSeconds(60);

    /// <summary>How far back a proof is dated, for receivers whose clocks are behind.</summary>
    public static readonly TimeSpan Backdated = TimeSpan.FromSeconds(30);

    private DpopProof(Jwk key, string id)
    {
        Key = key;
        Id = id;
    }

    /// <summary>The key that signed.</summary>
    public Jwk Key { get; }

    /// <summary><c>jti</c>: a receiver refuses one that it has seen before.</summary>
    public string Id { get; }

    /// <summary>Makes a proof.</summary>
    public static byte[] Create(SigningKey key, string method, string url, string? code, RandomSource random, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> id = stackalloc byte[16];
        random(id);
        var hash = code is null ? "" : $"\"c_s256\":\"{CodeHash(code)}\",";
        var issued = (now - Backdated).ToUnixTimeSeconds();
        var header = $"{{\"alg\":\"{key.Algorithm}\",\"jwk\":{{\"alg\":\"{key.Algorithm}\",{key.PublicJwk.Canonical.AsSpan(1)},\"typ\":\"dpop+jwt\"}}";
        var payload = $"{{{hash}\"htm\":\"{method}\",\"htu\":\"{url}\",\"iat\":{issued},\"jti\":\"{Base64Text.EncodeUrl(id)}\"}}";

        var input = Encoding.ASCII.GetBytes($"{Base64Text.EncodeUrl(Encoding.UTF8.GetBytes(header))}.{Base64Text.EncodeUrl(Encoding.UTF8.GetBytes(payload))}");
        return [.. input, (byte)'.', .. Encoding.ASCII.GetBytes(Base64Text.EncodeUrl(key.Sign(input, EcdsaEncoding.Joined)))];
    }

    /// <summary>Verifies a proof: signed by the key it shows, which is the announced one, for this request, and fresh.</summary>
    public static Result<Verified<DpopProof>> Verify(ReadOnlyMemory<byte> proof, DpopExpectation expected, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(expected);
        if (!CompactJws.Parse(proof).Succeeded(out var jws, out var failure)
            || !ParseKey(jws.Signature.Header).Succeeded(out var key, out failure))
            return failure;
        if (key.Jwk.Thumbprint != expected.Thumbprint)
            return Failures.Dpop($"the proof is by the key '{key.Jwk.Thumbprint}', announced was {Failures.Shorten(expected.Thumbprint)}");
        return key.Imported.Verify(jws.SigningInput, jws.Signature.Signature.Span).Succeeded(out var signed, out failure)
            ? signed.Then(_ => ParseClaims(jws.Payload, key.Jwk, expected, now))
            : Failures.Dpop(failure.What);
    }

    /// <summary>base64url SHA-256 of an authorization code: <c>c_s256</c>.</summary>
    public static string CodeHash(string code) => Base64Text.EncodeUrl(SHA256.HashData(Encoding.UTF8.GetBytes(code)));

    private static Result<ProofKey> ParseKey(JsonValue header)
    {
        var reader = header.ReadObject("openpubkey.dpop");
        var type = reader.String("typ");
        var algorithmName = reader.String("alg");
        var json = reader.Value("jwk");
        if (reader.Failed(out var failure))
            return failure;
        if (type != "dpop+jwt")
            return Failures.Dpop($"the proof's typ is {Failures.Shorten(type)}, not 'dpop+jwt'");

        SignatureAlgorithm? algorithm = algorithmName switch
        {
            "ES256" => SignatureAlgorithm.ES256,
            "RS256" => SignatureAlgorithm.RS256,
            "EdDSA" => SignatureAlgorithm.EdDSA,
            _ => null,
        };
        if (algorithm is null)
            return Failures.Dpop($"a proof is signed ES256, RS256 or EdDSA, not {Failures.Shorten(algorithmName)}");
        if (!Jwk.Parse(json).Succeeded(out var jwk, out failure)
            || !jwk.Import(algorithm.Value).Succeeded(out var imported, out failure))
            return Failures.Dpop($"the proof's key: {failure.What}");
        return jwk.Algorithm is null || jwk.Algorithm == algorithmName
            ? new ProofKey(jwk, imported)
            : Failures.Dpop($"the proof's key names the algorithm {Failures.Shorten(jwk.Algorithm)}, its header '{algorithmName}'");
    }

    private static Result<DpopProof> ParseClaims(ReadOnlyMemory<byte> payload, Jwk key, DpopExpectation expected, DateTimeOffset now)
    {
        if (!StrictJson.Parse(payload, TokenLimits.Payload).Succeeded(out var json, out var failure))
            return failure;
        var reader = json.ReadObject("openpubkey.dpop");
        var id = reader.NonEmptyString("jti");
        var issued = reader.Integer("iat");
        var method = reader.String("htm");
        var url = reader.String("htu");
        var codeHash = reader.OptionalString("c_s256");
        if (reader.Failed(out failure))
            return failure;

        if (method != expected.Method || url != expected.Url)
            return Failures.Dpop($"the proof is for {Failures.Shorten(method)} {Failures.Shorten(url)}, the request is {expected.Method} {expected.Url}");
        if (codeHash != (expected.Code is null ? null : CodeHash(expected.Code)))
            return Failures.Dpop("the proof is for another authorization code");
        var age = now.ToUnixTimeSeconds() - (decimal)issued;
        return age <= (decimal)MostAge.TotalSeconds && age >= -(decimal)MostClockSkew.TotalSeconds
            ? new DpopProof(key, id)
            : Failures.Dpop($"the proof is {age} seconds old; at most {MostAge.TotalSeconds} are accepted");
    }

    private readonly record struct ProofKey(Jwk Jwk, VerificationKey Imported);
}
