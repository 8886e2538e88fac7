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
        _spki = ToSpki(publicKey);
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
        if (Ed25519Points.IsSecondSpelling(publicKey) || Ed25519Points.IsSmallOrder(publicKey))
            return KeyFailures.Malformed("an Ed25519 key that is a point of small order, or not in its one spelling");

        var key = Libcrypto.NewRawPublicKey(Libcrypto.Ed25519, 0, publicKey, KeyBytes);
        if (!key.IsInvalid)
            return new Ed25519VerificationKey(key, publicKey);
        key.Dispose();
        return KeyFailures.Malformed("the Ed25519 key could not be imported");
    }

    internal static byte[] ToSpki(ReadOnlySpan<byte> publicKey) => [.. SpkiPrefix, .. publicKey];

    internal static bool IsSpki(ReadOnlySpan<byte> spki) => spki.StartsWith(SpkiPrefix);

    internal static Result<Ed25519VerificationKey> ImportSpki(ReadOnlySpan<byte> spki) => Import(spki[SpkiPrefix.Length..]);

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

/// <summary>Public keys that OpenSSL takes and nobody should: signatures by them hold over messages that nobody signed.</summary>
internal static class Ed25519Points
{
    // The y coordinates, little-endian, of the eight points whose order divides 8: 0, 1, -1 and two of order 8.
    private static readonly byte[][] SmallOrder =
    [
        Convert.FromHexString("0000000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("0100000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        Convert.FromHexString("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        Convert.FromHexString("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    ];

    /// <summary>Whether the point is one of the eight whose order divides 8, whatever the sign of x.</summary>
    public static bool IsSmallOrder(ReadOnlySpan<byte> key)
    {
        foreach (var point in SmallOrder)
        {
            if (key[..31].SequenceEqual(point.AsSpan(0, 31)) && (key[31] & 0x7F) == point[31])
                return true;
        }

        return false;
    }

    /// <summary>RFC 8032 5.1.3 step 1: whether y is not below p = 2^255 - 19, so that a smaller y says the same.</summary>
    public static bool IsSecondSpelling(ReadOnlySpan<byte> key)
        => (key[31] & 0x7F) == 0x7F && !key[1..31].ContainsAnyExcept((byte)0xFF) && key[0] >= 0xED;
}
