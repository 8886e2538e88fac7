using System.Numerics;
using System.Security.Cryptography;

namespace Plimsoll.Primitives.Keys;

/// <summary>An RSA public key of 2048 to 8192 bits, held to PKCS #1 v1.5 or to PSS, always over SHA-256.</summary>
public sealed class RsaVerificationKey : VerificationKey
{
    /// <summary>Shorter moduli are refused: they can be factored or soon will be.</summary>
    public const int LeastBits = 2048;

    /// <summary>Longer moduli are refused: verifying with them is a way to keep a verifier busy.</summary>
    public const int MostBits = 8192;

    /// <summary>Longest public exponent; with longer ones a verification costs as much as a signature.</summary>
    public const int MostExponentBytes = 8;

    private readonly Lock _turn = new();
    private readonly RSA _key;
    private readonly RSASignaturePadding _padding;
    private readonly byte[] _spki;

    private RsaVerificationKey(RSA key, SignatureAlgorithm algorithm, byte[] modulus, byte[] exponent)
    {
        _key = key;
        _padding = algorithm == SignatureAlgorithm.PS256 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        Algorithm = algorithm;
        Modulus = modulus;
        Exponent = exponent;
        _spki = key.ExportSubjectPublicKeyInfo();
    }

    /// <inheritdoc/>
    public override SignatureAlgorithm Algorithm { get; }

    /// <summary>The modulus, big-endian, without leading zeros.</summary>
    public ReadOnlyMemory<byte> Modulus { get; }

    /// <summary>The public exponent, big-endian, without leading zeros; odd and at least 3.</summary>
    public ReadOnlyMemory<byte> Exponent { get; }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> SubjectPublicKeyInfo => _spki;

    /// <summary>Imports modulus and exponent (big-endian, no leading zeros) for RS256 or PS256.</summary>
    public static Result<RsaVerificationKey> Import(ReadOnlyMemory<byte> modulus, ReadOnlyMemory<byte> exponent, SignatureAlgorithm algorithm)
    {
        if (algorithm is not (SignatureAlgorithm.RS256 or SignatureAlgorithm.PS256))
            return KeyFailures.Malformed($"an RSA key does not verify {algorithm}");
        if (modulus.IsEmpty || modulus.Span[0] == 0 || (modulus.Span[^1] & 1) == 0)
            return KeyFailures.Malformed("the RSA modulus is empty, even or has leading zeros");
        var bits = (modulus.Length * 8) - BitOperations.LeadingZeroCount((uint)modulus.Span[0]) + 24;
        if (bits is < LeastBits or > MostBits)
            return KeyFailures.Malformed($"an RSA modulus of {bits} bits is not between {LeastBits} and {MostBits}");
        if (exponent.Length is 0 or > MostExponentBytes || exponent.Span[0] == 0 || (exponent.Span[^1] & 1) == 0
            || exponent.Span is [< 3])
            return KeyFailures.Malformed("the RSA exponent is not an odd number from 3 up to 64 bits");
        try
        {
            var parameters = new RSAParameters { Modulus = modulus.ToArray(), Exponent = exponent.ToArray() };
            return new RsaVerificationKey(RSA.Create(parameters), algorithm, parameters.Modulus, parameters.Exponent);
        }
        catch (CryptographicException)
        {
            return KeyFailures.Malformed("the RSA key could not be imported");
        }
    }

    internal static Result<RsaVerificationKey> ImportSpki(ReadOnlySpan<byte> spki, SignatureAlgorithm algorithm)
    {
        using var key = RSA.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(spki, out _);
            var parameters = key.ExportParameters(includePrivateParameters: false);

            // Other spellings of one key (other algorithm parameters, lengths, bytes at the end) would be other key ids.
            return key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(spki)
                ? Import(parameters.Modulus, parameters.Exponent, algorithm)
                : KeyFailures.Malformed("an RSA key that is not in its one DER spelling");
        }
        catch (CryptographicException)
        {
            return KeyFailures.Malformed("not an ECDSA key on a named curve, an RSA key or an Ed25519 key");
        }
    }

    /// <inheritdoc/>
    protected override bool Accepts(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        // RFC 8017 8.1.2 and 8.2.2 step 1: the signature is exactly as long as the modulus.
        if (signature.Length != Modulus.Length)
            return false;
        try
        {
            // .NET promises no safety for one key object in two threads.
            lock (_turn)
                return _key.VerifyData(message, signature, HashAlgorithmName.SHA256, _padding);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
