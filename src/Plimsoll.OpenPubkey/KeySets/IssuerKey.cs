using Plimsoll.OpenPubkey.Gq;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.OpenPubkey.KeySets;

/// <summary>
/// One key of an issuer, held to the algorithm its JWK names. What has to be prepared for verifying is prepared once, at
/// the first use, and serves any thread.
/// </summary>
public sealed class IssuerKey
{
    private readonly Lazy<Result<GqVerificationKey>> _gqKey;

    private IssuerKey(Jwk jwk, VerificationKey key)
    {
        Jwk = jwk;
        Key = key;
        _gqKey = new Lazy<Result<GqVerificationKey>>(() => GqVerificationKey.Create(key, jwk.Thumbprint));
    }

    /// <summary>The key as the issuer publishes it.</summary>
    public Jwk Jwk { get; }

    /// <summary>RS256, PS256, ES256 or EdDSA; RS256 where the JWK names none.</summary>
    public SignatureAlgorithm Algorithm => Key.Algorithm;

    /// <summary>RFC 7638 SHA-256 thumbprint: the key's name in time, where <c>kid</c> may be given to another key.</summary>
    public string Thumbprint => Jwk.Thumbprint;

    /// <summary>The key that verifies the issuer's own signatures.</summary>
    public VerificationKey Key { get; }

    /// <summary>The key that verifies GQ proofs of this key's RS256 signatures; a failure for keys of other kinds.</summary>
    public Result<GqVerificationKey> GqKey => _gqKey.Value;

    /// <summary>Imports a key. Refused: encryption keys, algorithms that are not one of the four, kinds and sizes that do not fit.</summary>
    public static Result<IssuerKey> Import(Jwk jwk)
    {
        ArgumentNullException.ThrowIfNull(jwk);
        if (jwk.Use is not (null or "sig"))
            return Failures.KeyLookup($"the key with kid {Failures.Shorten(jwk.KeyId)} is for {Failures.Shorten(jwk.Use)}, not for signatures");

        SignatureAlgorithm? algorithm = jwk.Algorithm switch
        {
            null or "RS256" => SignatureAlgorithm.RS256,
            "PS256" => SignatureAlgorithm.PS256,
            "ES256" => SignatureAlgorithm.ES256,
            "EdDSA" => SignatureAlgorithm.EdDSA,
            _ => null,
        };
        if (algorithm is null)
            return Failures.KeyLookup($"the key with kid {Failures.Shorten(jwk.KeyId)} names the algorithm {Failures.Shorten(jwk.Algorithm)}");
        return jwk.Import(algorithm.Value).Succeeded(out var key, out var failure)
            ? new IssuerKey(jwk, key)
            : Failures.KeyLookup($"the key with kid {Failures.Shorten(jwk.KeyId)}: {failure.What}");
    }
}
