using System.Security.Cryptography;
using System.Text;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;

namespace Plimsoll.OpenPubkey.Gq;

/// <summary>Replaces an ID token's RS256 signature by a GQ proof that says the same and cannot be used as a login.</summary>
public static class GqTransformation
{
    /// <summary>
    /// Makes the GQ token of an ID token: new header, same payload, proof. The RS256 signature is verified first. The caller
    /// owns the ID token's bytes and clears them afterwards; the copy of the signature made here is cleared.
    /// </summary>
    /// <param name="idToken">The ID token, compact.</param>
    /// <param name="key">The provider's key that signed it.</param>
    /// <param name="commitment">The commitment for the header, where the binding is gq; else null.</param>
    /// <param name="random">The source of the proof's secrets.</param>
    public static Result<CompactJws> Apply(ReadOnlyMemory<byte> idToken, IssuerKey key, string? commitment, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(random);
        if (!CompactJws.Split(idToken).Succeeded(out var parts, out var failure)
            || !TokenSignature.ParseHeader(parts.Header.Span).Succeeded(out var header, out failure))
            return failure;
        if (GqHeader.CheckOriginal(header) is { } refused)
            return refused;
        if (!key.GqKey.Succeeded(out var gqKey, out failure)
            || !Base64Text.DecodeUrl(parts.Signature.Span).Succeeded(out var signature, out failure))
            return failure;

        try
        {
            return Prove(idToken, parts, key, gqKey, signature, commitment, random);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(signature);
        }
    }

    private static Result<CompactJws> Prove(
        ReadOnlyMemory<byte> idToken, CompactJws.Parts parts, IssuerKey key, GqVerificationKey gqKey, byte[] signature, string? commitment, RandomSource random)
    {
        var identity = idToken[..(parts.Header.Length + 1 + parts.Payload.Length)];
        if (!key.Key.Verify(identity, signature).Succeeded(out _, out _))
            return Failures.ProviderSignature("the ID token's RS256 signature is not by the provider's key");

        var header = GqHeader.Write(parts.Header.Span, key.Thumbprint, commitment);
        var message = TokenSignature.Join(header, parts.Payload.Span);
        return GqSigner.Sign(gqKey.Modulus, signature, identity.Span, message, random).Succeeded(out var proof, out var failure)
            ? CompactJws.Parse((byte[])[.. message, (byte)'.', .. Encoding.ASCII.GetBytes(Base64Text.EncodeUrl(proof))])
            : failure;
    }
}
