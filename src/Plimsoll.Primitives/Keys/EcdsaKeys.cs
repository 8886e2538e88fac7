using System.Security.Cryptography;

namespace Plimsoll.Primitives.Keys;

/// <summary>The NIST curves in use and what belongs to each.</summary>
public sealed record EllipticCurve(string Name, ECCurve Curve, SignatureAlgorithm Algorithm, HashAlgorithmName Hash, int FieldBytes)
{
    /// <summary>P-256 with SHA-256.</summary>
    public static EllipticCurve P256 { get; } = new("P-256", ECCurve.NamedCurves.nistP256, SignatureAlgorithm.ES256, HashAlgorithmName.SHA256, 32);

    /// <summary>P-384 with SHA-384.</summary>
    public static EllipticCurve P384 { get; } = new("P-384", ECCurve.NamedCurves.nistP384, SignatureAlgorithm.ES384, HashAlgorithmName.SHA384, 48);

    /// <summary>P-521 with SHA-512.</summary>
    public static EllipticCurve P521 { get; } = new("P-521", ECCurve.NamedCurves.nistP521, SignatureAlgorithm.ES512, HashAlgorithmName.SHA512, 66);

    /// <summary>The curve of this JOSE name, or null.</summary>
    public static EllipticCurve? Named(string name) => new[] { P256, P384, P521 }.FirstOrDefault(curve => curve.Name == name);

    internal static EllipticCurve? OfKey(ECDsa key)
    {
        var oid = key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value;
        return new[] { P256, P384, P521 }.FirstOrDefault(curve => curve.Curve.Oid.Value == oid);
    }
}

/// <summary>An ECDSA public key on one of the NIST curves, in one signature encoding.</summary>
public sealed class EcdsaVerificationKey : VerificationKey
{
    private readonly Lock _turn = new();
    private readonly ECDsa _key;
    private readonly EllipticCurve _curve;
    private readonly EcdsaEncoding _encoding;
    private readonly Lazy<byte[]> _spki;

    private EcdsaVerificationKey(ECDsa key, EllipticCurve curve, EcdsaEncoding encoding)
    {
        _key = key;
        _curve = curve;
        _encoding = encoding;
        _spki = new Lazy<byte[]>(() =>
        {
            lock (_turn)
                return _key.ExportSubjectPublicKeyInfo();
        });
    }

    /// <inheritdoc/>
    public override SignatureAlgorithm Algorithm => _curve.Algorithm;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> SubjectPublicKeyInfo => _spki.Value;

    /// <summary>Imports a point given by its coordinates, each exactly as long as the curve's field; a point off the curve is refused.</summary>
    public static Result<EcdsaVerificationKey> Import(EllipticCurve curve, ReadOnlySpan<byte> x, ReadOnlySpan<byte> y, EcdsaEncoding encoding)
    {
        if (x.Length != curve.FieldBytes || y.Length != curve.FieldBytes)
            return KeyFailures.Malformed($"coordinates of {x.Length} and {y.Length} bytes do not fit {curve.Name}");
        try
        {
            var point = new ECPoint { X = x.ToArray(), Y = y.ToArray() };
            return new EcdsaVerificationKey(ECDsa.Create(new ECParameters { Curve = curve.Curve, Q = point }), curve, encoding);
        }
        catch (CryptographicException)
        {
            return KeyFailures.Malformed($"the point is not on {curve.Name}");
        }
    }

    internal static Result<EcdsaVerificationKey> Import(ReadOnlySpan<byte> spki, EcdsaEncoding encoding)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(spki, out var read);
            if (read == spki.Length && EllipticCurve.OfKey(key) is { } curve)
                return new EcdsaVerificationKey(key, curve, encoding);
        }
        catch (CryptographicException)
        {
            // Refused below, with all the other ways to be wrong.
        }

        key.Dispose();
        return KeyFailures.Malformed("not an elliptic curve key on P-256, P-384 or P-521");
    }

    /// <inheritdoc/>
    protected override bool Accepts(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        var format = _encoding == EcdsaEncoding.Der ? DSASignatureFormat.Rfc3279DerSequence : DSASignatureFormat.IeeeP1363FixedFieldConcatenation;
        if (_encoding == EcdsaEncoding.Joined && signature.Length != 2 * _curve.FieldBytes)
            return false;
        try
        {
            // .NET promises no safety for one key object in two threads.
            lock (_turn)
                return _key.VerifyData(message, signature, _curve.Hash, format);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}

internal static class KeyFailures
{
    public static Failure Malformed(string what) => new(
        Refusal.Malformed, "key.malformed", what, "use an ECDSA P-256, P-384 or P-521, RSA (2048 to 8192 bits) or Ed25519 public key");
}
