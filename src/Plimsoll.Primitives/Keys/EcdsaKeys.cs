using System.Security.Cryptography;

namespace Plimsoll.Primitives.Keys;

/// <summary>
/// An ECDSA public key on one of the NIST curves, in one signature encoding. ECDSA has two good signatures for each that was
/// made (s and n - s), so the bytes of a signature never identify what was signed.
/// </summary>
public sealed class EcdsaVerificationKey : VerificationKey
{
    private readonly Lock _turn;
    private readonly ECDsa _key;
    private readonly EllipticCurve _curve;
    private readonly EcdsaEncoding _encoding;
    private readonly byte[] _spki;

    private EcdsaVerificationKey(ECDsa key, EllipticCurve curve, EcdsaEncoding encoding, byte[] spki, Lock? turn = null)
    {
        _turn = turn ?? new Lock();
        _key = key;
        _curve = curve;
        _encoding = encoding;
        _spki = spki;
    }

    /// <inheritdoc/>
    public override SignatureAlgorithm Algorithm => _curve.Algorithm;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> SubjectPublicKeyInfo => _spki;

    /// <summary>Imports a point given by its coordinates, each exactly as long as the curve's field; a point off the curve is refused.</summary>
    public static Result<EcdsaVerificationKey> Import(EllipticCurve curve, ReadOnlySpan<byte> x, ReadOnlySpan<byte> y, EcdsaEncoding encoding)
    {
        if (x.Length != curve.FieldBytes || y.Length != curve.FieldBytes)
            return KeyFailures.Malformed($"coordinates of {x.Length} and {y.Length} bytes do not fit {curve}");
        try
        {
            var point = new ECPoint { X = x.ToArray(), Y = y.ToArray() };
            var key = ECDsa.Create(new ECParameters { Curve = curve.Curve, Q = point });
            return new EcdsaVerificationKey(key, curve, encoding, curve.ToSpki(x, y));
        }
        catch (CryptographicException)
        {
            return KeyFailures.Malformed($"the point is not on {curve}");
        }
    }

    /// <summary>The same key, held to signatures in another encoding.</summary>
    public EcdsaVerificationKey With(EcdsaEncoding encoding) => encoding == _encoding ? this : new(_key, _curve, encoding, _spki, _turn);

    /// <summary>
    /// Imports a SubjectPublicKeyInfo in its one DER spelling: curve named, point uncompressed, nothing after it. The platform's
    /// import would also read curves that the key itself spells out, and those let a forger choose the generator.
    /// </summary>
    internal static Result<EcdsaVerificationKey> ImportSpki(ReadOnlySpan<byte> spki, EcdsaEncoding encoding)
        => EllipticCurve.OfSpki(spki, out var x, out var y) is { } curve
            ? Import(curve, x, y, encoding)
            : KeyFailures.Malformed("not a named curve P-256, P-384 or P-521 with an uncompressed point");

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
