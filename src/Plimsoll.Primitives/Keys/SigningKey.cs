using System.Security.Cryptography;

namespace Plimsoll.Primitives.Keys;

/// <summary>A private key in this process; it may be used from many threads. Disposing clears what the platform lets be cleared.</summary>
public abstract class SigningKey : IDisposable
{
    /// <summary>The algorithm by which it signs.</summary>
    public abstract SignatureAlgorithm Algorithm { get; }

    /// <summary>The public half, as JOSE writes it.</summary>
    public abstract Jwk PublicJwk { get; }

    /// <summary>The public half, DER SubjectPublicKeyInfo.</summary>
    public abstract ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    /// <summary>Lower-case hex SHA-256 of <see cref="SubjectPublicKeyInfo"/>.</summary>
    public string KeyId => Convert.ToHexStringLower(SHA256.HashData(SubjectPublicKeyInfo.Span));

    /// <summary>Signs; the encoding matters to ECDSA only.</summary>
    public abstract byte[] Sign(ReadOnlySpan<byte> message, EcdsaEncoding encoding);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the key.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>An ECDSA private key.</summary>
public sealed class EcdsaSigningKey : SigningKey
{
    private readonly Lock _turn = new();
    private readonly ECDsa _key;
    private readonly EllipticCurve _curve;

    private EcdsaSigningKey(ECDsa key, EllipticCurve curve)
    {
        _key = key;
        _curve = curve;
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        PublicJwk = Jwk.Of("EC", curve.Name, point.X!, point.Y!);
        SubjectPublicKeyInfo = curve.ToSpki(point.X, point.Y);
    }

    /// <inheritdoc/>
    public override SignatureAlgorithm Algorithm => _curve.Algorithm;

    /// <inheritdoc/>
    public override Jwk PublicJwk { get; }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    /// <summary>Makes a new key that exists only in memory.</summary>
    public static EcdsaSigningKey Create(EllipticCurve curve) => new(ECDsa.Create(curve.Curve), curve);

    /// <inheritdoc/>
    public override byte[] Sign(ReadOnlySpan<byte> message, EcdsaEncoding encoding)
    {
        var format = encoding == EcdsaEncoding.Der ? DSASignatureFormat.Rfc3279DerSequence : DSASignatureFormat.IeeeP1363FixedFieldConcatenation;
        lock (_turn)
            return _key.SignData(message, _curve.Hash, format);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _key.Dispose();
    }
}

/// <summary>An RSA private key that signs RS256 or PS256.</summary>
public sealed class RsaSigningKey : SigningKey
{
    private readonly Lock _turn = new();
    private readonly RSA _key;
    private readonly RSASignaturePadding _padding;

    private RsaSigningKey(RSA key, SignatureAlgorithm algorithm)
    {
        _key = key;
        Algorithm = algorithm;
        _padding = algorithm == SignatureAlgorithm.PS256 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        var parameters = key.ExportParameters(includePrivateParameters: false);
        PublicJwk = Jwk.Of("RSA", null, parameters.Modulus, parameters.Exponent);
        SubjectPublicKeyInfo = key.ExportSubjectPublicKeyInfo();
    }

    /// <inheritdoc/>
    public override SignatureAlgorithm Algorithm { get; }

    /// <inheritdoc/>
    public override Jwk PublicJwk { get; }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    /// <summary>Makes a new key that exists only in memory. Takes a noticeable part of a second.</summary>
    public static RsaSigningKey Create(int bits, SignatureAlgorithm algorithm = SignatureAlgorithm.RS256) => new(RSA.Create(bits), algorithm);

    /// <inheritdoc/>
    public override byte[] Sign(ReadOnlySpan<byte> message, EcdsaEncoding encoding)
    {
        lock (_turn)
            return _key.SignData(message, HashAlgorithmName.SHA256, _padding);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _key.Dispose();
    }
}

/// <summary>An Ed25519 private key.</summary>
public sealed class Ed25519SigningKey : SigningKey
{
    private readonly PkeyHandle _key;

    private Ed25519SigningKey(PkeyHandle key, byte[] publicKey)
    {
        _key = key;
        PublicJwk = Jwk.Of("OKP", "Ed25519", publicKey, default);
        SubjectPublicKeyInfo = Ed25519VerificationKey.ToSpki(publicKey);
    }

    /// <inheritdoc/>
    public override SignatureAlgorithm Algorithm => SignatureAlgorithm.EdDSA;

    /// <inheritdoc/>
    public override Jwk PublicJwk { get; }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    /// <summary>Makes a key from its 32 secret bytes (RFC 8032 5.1.5), which the caller clears.</summary>
    public static Ed25519SigningKey FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != Ed25519VerificationKey.KeyBytes)
            throw new ArgumentException("an Ed25519 seed has 32 bytes", nameof(seed));
        var key = Libcrypto.NewRawPrivateKey(Libcrypto.Ed25519, 0, seed, (nuint)seed.Length);
        var publicKey = new byte[Ed25519VerificationKey.KeyBytes];
        var length = (nuint)publicKey.Length;
        return !key.IsInvalid && Libcrypto.GetRawPublicKey(key, publicKey, ref length) == 1
            ? new Ed25519SigningKey(key, publicKey)
            : throw new CryptographicException("OpenSSL could not make an Ed25519 key");
    }

    /// <summary>Makes a new key that exists only in memory.</summary>
    public static Ed25519SigningKey Create()
    {
        Span<byte> seed = stackalloc byte[Ed25519VerificationKey.KeyBytes];
        try
        {
            RandomNumberGenerator.Fill(seed);
            return FromSeed(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <inheritdoc/>
    public override byte[] Sign(ReadOnlySpan<byte> message, EcdsaEncoding encoding)
    {
        var signature = new byte[Ed25519VerificationKey.SignatureBytes];
        var length = (nuint)signature.Length;
        using var context = Libcrypto.NewDigestContext();
        return !context.IsInvalid
            && Libcrypto.DigestSignInit(context, 0, 0, 0, _key) == 1
            && Libcrypto.DigestSign(context, signature, ref length, message, (nuint)message.Length) == 1
            ? signature
            : throw new CryptographicException("OpenSSL could not make an Ed25519 signature");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _key.Dispose();
    }
}
