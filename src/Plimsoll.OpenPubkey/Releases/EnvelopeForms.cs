using System.Text;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;

namespace Plimsoll.OpenPubkey.Releases;

/// <summary>
/// One signature of a DSSE envelope that carries a PK token, taken apart by whoever reads envelopes.
/// </summary>
/// <param name="KeyId">Member <c>keyid</c>.</param>
/// <param name="Signature">Member <c>sig</c>, decoded.</param>
/// <param name="ExtensionKind">Member <c>extension.kind</c>; null where there is no extension.</param>
/// <param name="Token">Member <c>extension.ext.pkt</c>, decoded; null where there is no extension.</param>
public sealed record TokenSignatureParts(string KeyId, ReadOnlyMemory<byte> Signature, string? ExtensionKind, ReadOnlyMemory<byte>? Token);

/// <summary>
/// The two forms in which PK tokens were put into DSSE envelopes before Plimsoll (openpubkey/signed-attestation): the token as
/// the signature itself, and the token in an extension beside a signature by its key. The second is also ours.
/// </summary>
public static class EnvelopeForms
{
    /// <summary>The <c>keyid</c> of a signature that is a token.</summary>
    public const string TokenKeyId = "OPK";

    /// <summary>The <c>kind</c> of an extension that holds a token.</summary>
    public const string ExtensionKind = "OPK";

    /// <summary>The only payload type that was ever signed in these forms.</summary>
    public const string InTotoType = "application/vnd.in-toto+json";

    /// <summary>Finds the token in a signature of either form, without verifying anything.</summary>
    public static Result<PkToken> FindToken(TokenSignatureParts signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        if (signature.ExtensionKind is null)
        {
            return signature.KeyId == TokenKeyId
                ? PkToken.Parse(signature.Signature)
                : Failures.EnvelopeForm($"a signature with key id {Failures.Shorten(signature.KeyId)} and no extension holds no PK token");
        }

        return signature.ExtensionKind == ExtensionKind && signature.Token is { } token
            ? PkToken.Parse(token)
            : Failures.EnvelopeForm($"an extension of kind {Failures.Shorten(signature.ExtensionKind)} holds no PK token");
    }

    /// <summary>Verifies a signature of either form over a statement.</summary>
    /// <param name="signature">The signature's members.</param>
    /// <param name="payloadType">The envelope's payload type.</param>
    /// <param name="statement">The pre-authentication encoding of payload type and payload.</param>
    /// <param name="provider">The one provider that is accepted.</param>
    /// <param name="keys">The provider's keys.</param>
    public static Result<VerifiedReleaseToken> Verify(
        TokenSignatureParts signature, string payloadType, ReadOnlyMemory<byte> statement, IdentityProvider provider, JwkSet keys)
    {
        if (payloadType != InTotoType)
            return Failures.PayloadType($"the payload type is {Failures.Shorten(payloadType)}, not '{InTotoType}'");
        if (!FindToken(signature).Succeeded(out var token, out var failure)
            || !ReleaseTokens.Verify(token, provider, keys, statement).Succeeded(out var verified, out failure))
            return failure;

        // Form A has no signature but the token's own: its 'att' names the statement, and its key signed 'att' and all.
        return signature.ExtensionKind is null || verified.VerifySignature(signature.Signature.Span, signature.KeyId).Succeeded(out _, out failure)
            ? verified
            : failure;
    }

    /// <summary>Decodes <c>sig</c> or <c>pkt</c>: standard base64, padded.</summary>
    public static Result<byte[]> Decode(string base64) => Base64Text.Decode(Encoding.UTF8.GetBytes(base64));
}
