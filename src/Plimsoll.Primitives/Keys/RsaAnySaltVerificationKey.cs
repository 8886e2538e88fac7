using System.Runtime.InteropServices;

namespace Plimsoll.Primitives.Keys;

/// <summary>
/// An RSA public key held to RSASSA-PSS over SHA-256 with a salt of any length, which RFC 8017 9.1.2 leaves to the signer: TUF's
/// signers differ in it. Verified by OpenSSL, because .NET has to be told the length.
/// </summary>
public sealed class RsaAnySaltVerificationKey : VerificationKey
{
    private const int PssPadding = 6;
    private const int SaltLengthFromSignature = -2;

    private readonly PkeyHandle _key;
    private readonly RsaVerificationKey _checked;

    private RsaAnySaltVerificationKey(PkeyHandle key, RsaVerificationKey @checked)
    {
        _key = key;
        _checked = @checked;
    }

    /// <inheritdoc/>
    public override SignatureAlgorithm Algorithm => SignatureAlgorithm.PS256;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> SubjectPublicKeyInfo => _checked.SubjectPublicKeyInfo;

    /// <summary>The same key without the demand on the salt.</summary>
    public static Result<RsaAnySaltVerificationKey> Of(RsaVerificationKey key)
    {
        var input = GCHandle.Alloc(key.SubjectPublicKeyInfo.ToArray(), GCHandleType.Pinned);
        try
        {
            var at = input.AddrOfPinnedObject();
            var handle = Libcrypto.ReadSpki(0, ref at, key.SubjectPublicKeyInfo.Length);
            if (!handle.IsInvalid)
                return new RsaAnySaltVerificationKey(handle, key);
            handle.Dispose();
            return KeyFailures.Malformed("the RSA key could not be imported");
        }
        finally
        {
            input.Free();
        }
    }

    /// <inheritdoc/>
    protected override bool Accepts(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        // RFC 8017 8.1.2 step 1: the signature is exactly as long as the modulus.
        if (signature.Length != _checked.Modulus.Length)
            return false;
        using var context = Libcrypto.NewDigestContext();
        return !context.IsInvalid
            && Libcrypto.DigestVerifyInit(context, out var keyContext, Libcrypto.Sha256(), 0, _key) == 1
            && Libcrypto.SetRsaPadding(keyContext, PssPadding) > 0
            && Libcrypto.SetPssSaltLength(keyContext, SaltLengthFromSignature) > 0
            && Libcrypto.DigestVerify(context, signature, (nuint)signature.Length, message, (nuint)message.Length) == 1;
    }
}
