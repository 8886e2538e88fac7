using System.Security.Cryptography;

namespace Plimsoll.Primitives.Keys;

/// <summary>An ML-DSA-44 public key (FIPS 204), where the platform has it: OpenSSL 3.5 or newer. Never required.</summary>
public sealed class MlDsaVerificationKey : VerificationKey
{
    /// <summary>Length of a public key.</summary>
    public const int KeyBytes = 1312;

    private readonly Lock _turn = new();
    private readonly MLDsa _key;

    private MlDsaVerificationKey(MLDsa key, ReadOnlySpan<byte> publicKey)
    {
        _key = key;
        SubjectPublicKeyInfo = (byte[])[.. SpkiPrefix, .. publicKey];
    }

    // RFC 9881 4: id-ml-dsa-44 without parameters, then the key as a bit string.
    private static ReadOnlySpan<byte> SpkiPrefix =>
        [0x30, 0x82, 0x05, 0x32, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11, 0x03, 0x82, 0x05, 0x21, 0x00];

    /// <summary>Whether keys of this kind can be imported here.</summary>
    public static bool IsSupported => MLDsa.IsSupported;

    /// <inheritdoc/>
    public override SignatureAlgorithm Algorithm => SignatureAlgorithm.MLDSA44;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    /// <summary>Imports the bytes of a key; a failure where the platform has no ML-DSA.</summary>
    public static Result<MlDsaVerificationKey> Import(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != KeyBytes)
            return KeyFailures.Malformed($"an ML-DSA-44 key has {KeyBytes} bytes, not {publicKey.Length}");
        if (!IsSupported)
            return KeyFailures.Malformed("this platform has no ML-DSA: it needs OpenSSL 3.5");
        try
        {
            return new MlDsaVerificationKey(MLDsa.ImportMLDsaPublicKey(MLDsaAlgorithm.MLDsa44, publicKey), publicKey);
        }
        catch (CryptographicException refused)
        {
            return KeyFailures.Malformed($"the ML-DSA-44 key could not be imported: {refused.Message}");
        }
    }

    /// <inheritdoc/>
    protected override bool Accepts(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != MLDsaAlgorithm.MLDsa44.SignatureSizeInBytes)
            return false;
        lock (_turn)
            return _key.VerifyData(message, signature);
    }
}
