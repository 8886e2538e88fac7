using System.Security.Cryptography;

namespace Plimsoll.Primitives.Keys;

/// <summary>
/// A public key held to one algorithm. It is imported once, may be used from many threads, and is the only thing that
/// makes a <see cref="Verified{T}"/>.
/// </summary>
public abstract class VerificationKey
{
    /// <summary>The one algorithm by which this key verifies.</summary>
    public abstract SignatureAlgorithm Algorithm { get; }

    /// <summary>The DER SubjectPublicKeyInfo (RFC 5280 4.1), the same bytes for the same key whatever it was read from.</summary>
    public abstract ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    /// <summary>Lower-case hex SHA-256 of <see cref="SubjectPublicKeyInfo"/>: the key id of DSSE signatures here.</summary>
    public string KeyId => field ??= Convert.ToHexStringLower(SHA256.HashData(SubjectPublicKeyInfo.Span));

    /// <summary>Gives the message back as verified if <paramref name="signature"/> is this key's over exactly these bytes.</summary>
    public Result<Verified<ReadOnlyMemory<byte>>> Verify(ReadOnlyMemory<byte> message, ReadOnlySpan<byte> signature)
        => Accepts(message.Span, signature)
            ? new Verified<ReadOnlyMemory<byte>>(message)
            : new Failure(
                Refusal.Untrusted, "signature.invalid", $"the {Algorithm} signature is not one by this key over these bytes",
                "get the signed data again; if it stays, it was changed after signing or signed by another key");

    /// <summary>Whether the signature is good. Bytes of any length and content must give an answer, never an exception.</summary>
    protected abstract bool Accepts(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);
}
