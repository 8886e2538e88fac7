using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Plimsoll.Primitives.Encodings;

namespace Plimsoll.World.Identity;

/// <summary>The kinds of keys that real identity providers sign with.</summary>
public enum ProviderKeyKind
{
    /// <summary>RS256 with 2048 bits: GitHub.</summary>
    Rsa2048,

    /// <summary>RS256 with 3072 bits.</summary>
    Rsa3072,

    /// <summary>RS256 with 4096 bits: GitLab.com.</summary>
    Rsa4096,

    /// <summary>ES256: cannot be blinded by a GQ proof.</summary>
    P256,
}

/// <summary>A key pair of the identity provider. Who holds it can be anybody; that is what leaking one shows.</summary>
public sealed class ProviderKey : IDisposable
{
    private readonly Lock _turn = new();
    private readonly RSA? _rsa;
    private readonly ECDsa? _ecdsa;

    private ProviderKey(RSA? rsa, ECDsa? ecdsa, string? keyId)
    {
        _rsa = rsa;
        _ecdsa = ecdsa;
        Public = rsa is not null ? Describe(rsa) : Describe(ecdsa!);
        KeyId = keyId ?? Base64Text.EncodeUrl(SHA256.HashData(rsa?.ExportSubjectPublicKeyInfo() ?? ecdsa!.ExportSubjectPublicKeyInfo()))[..20];
    }

    /// <summary>What the provider calls it: <c>kid</c>.</summary>
    public string KeyId { get; }

    /// <summary>The algorithm that it is published for.</summary>
    public string Algorithm => _rsa is null ? "ES256" : "RS256";

    private JsonObject Public { get; }

    /// <summary>Makes a key; <paramref name="keyId"/> lets a provider give one name to two keys.</summary>
    public static ProviderKey Create(ProviderKeyKind kind, string? keyId = null) => kind switch
    {
        ProviderKeyKind.P256 => new ProviderKey(null, ECDsa.Create(ECCurve.NamedCurves.nistP256), keyId),
        ProviderKeyKind.Rsa3072 => new ProviderKey(RSA.Create(3072), null, keyId),
        ProviderKeyKind.Rsa4096 => new ProviderKey(RSA.Create(4096), null, keyId),
        _ => new ProviderKey(RSA.Create(2048), null, keyId),
    };

    /// <summary>Signs a JWS signing input: by the key's own algorithm, or by another name for an attack (<c>PS256</c>, <c>HS256</c>, <c>none</c>).</summary>
    public byte[] Sign(string algorithm, ReadOnlySpan<byte> input)
    {
        lock (_turn)
        {
            return algorithm switch
            {
                "RS256" when _rsa is not null => _rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
                "PS256" when _rsa is not null => _rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
                "ES256" when _ecdsa is not null => _ecdsa.SignData(input, HashAlgorithmName.SHA256),
                // The old trick: the public key as the shared secret of an HMAC.
                "HS256" => HMACSHA256.HashData(_rsa?.ExportSubjectPublicKeyInfo() ?? _ecdsa!.ExportSubjectPublicKeyInfo(), input),
                "none" => [],
                _ => throw new ArgumentException($"this key does not sign {algorithm}", nameof(algorithm)),
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rsa?.Dispose();
        _ecdsa?.Dispose();
    }

    internal JsonObject ToJwk()
    {
        var jwk = (JsonObject)Public.DeepClone();
        jwk["use"] = "sig";
        jwk["alg"] = Algorithm;
        jwk["kid"] = KeyId;
        return jwk;
    }

    private static JsonObject Describe(RSA key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["kty"] = "RSA",
            ["n"] = Base64Text.EncodeUrl(parameters.Modulus),
            ["e"] = Base64Text.EncodeUrl(parameters.Exponent),
        };
    }

    private static JsonObject Describe(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = Base64Text.EncodeUrl(point.X),
            ["y"] = Base64Text.EncodeUrl(point.Y),
        };
    }
}
