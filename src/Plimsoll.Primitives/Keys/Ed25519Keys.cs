namespace Plimsoll.Primitives.Keys;

/// <summary>An Ed25519 public key (RFC 8032), verified by OpenSSL: .NET 10 has no Ed25519 of its own.</summary>
public sealed class Ed25519VerificationKey : VerificationKey
{
    /// <summary>Length of a public key.</summary>
    public const int KeyBytes = 32;

    /// <summary>Length of a signature.</summary>
    public const int SignatureBytes = 64;

    // RFC 8410 section 4: the SubjectPublicKeyInfo is this, then the 32 bytes of the key.
    private static ReadOnlySpan<byte> SpkiPrefix => [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

    private readonly PkeyHandle _key;
    private readonly byte[] _spki;

    private Ed25519VerificationKey(PkeyHandle key, ReadOnlySpan<byte> publicKey)
    {
        _key = key;
        _spki = [.. SpkiPrefix, .. publicKey];
    }

    /// <inheritdoc/>
    public override SignatureAlgorithm Algorithm => SignatureAlgorithm.EdDSA;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> SubjectPublicKeyInfo => _spki;

    /// <summary>The 32 bytes of the key itself.</summary>
    public ReadOnlyMemory<byte> PublicKey => _spki.AsMemory(SpkiPrefix.Length);

    /// <summary>Imports the 32 bytes of a key.</summary>
    public static Result<Ed25519VerificationKey> Import(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != KeyBytes)
            return KeyFailures.Malformed($"an Ed25519 key has {KeyBytes} bytes, not {publicKey.Length}");

        var key = Libcrypto.NewRawPublicKey(Libcrypto.Ed25519, 0, publicKey, KeyBytes);
        if (!key.IsInvalid)
            return new Ed25519VerificationKey(key, publicKey);
        key.Dispose();
        return KeyFailures.Malformed("the Ed25519 key could not be imported");
    }

    internal static Result<Ed25519VerificationKey> ImportSpki(ReadOnlySpan<byte> spki)
        => spki.StartsWith(SpkiPrefix) ? Import(spki[SpkiPrefix.Length..]) : KeyFailures.Malformed("not an Ed25519 public key");

    /// <inheritdoc/>
    protected override bool Accepts(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureBytes)
            return false;
        using var context = Libcrypto.NewDigestContext();
        return !context.IsInvalid
            && Libcrypto.DigestVerifyInit(context, 0, 0, 0, _key) == 1
            && Libcrypto.DigestVerify(context, signature, SignatureBytes, message, (nuint)message.Length) == 1;
    }
}
