using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Json;

namespace Plimsoll.OpenPubkey.Tokens;

/// <summary>One JWS signature (RFC 7515): a protected header as it arrived and as it reads, and the signature. Well formed, not verified.</summary>
public sealed class TokenSignature
{
    private TokenSignature(ReadOnlyMemory<byte> protectedText, JsonValue header, ReadOnlyMemory<byte> signatureText, byte[] signature)
    {
        ProtectedText = protectedText;
        Header = header;
        SignatureText = signatureText;
        Signature = signature;
    }

    /// <summary>The protected header's base64url text: what is signed, never written out again.</summary>
    public ReadOnlyMemory<byte> ProtectedText { get; }

    /// <summary>The protected header, an object without <c>crit</c> and <c>b64</c>.</summary>
    public JsonValue Header { get; }

    /// <summary>The signature's base64url text.</summary>
    public ReadOnlyMemory<byte> SignatureText { get; }

    /// <summary>The signature.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>The unprotected header, which nobody signs and nothing here reads; it counts in the token's hash.</summary>
    public JsonValue? Unprotected { get; internal init; }

    /// <summary>Reads a protected header and a signature from their base64url texts.</summary>
    public static Result<TokenSignature> Parse(ReadOnlyMemory<byte> protectedText, ReadOnlyMemory<byte> signatureText)
        => Parse(protectedText, signatureText, unprotected: null);

    internal static Result<TokenSignature> Parse(ReadOnlyMemory<byte> protectedText, ReadOnlyMemory<byte> signatureText, JsonValue? unprotected)
    {
        if (!ParseHeader(protectedText.Span).Succeeded(out var header, out var failure))
            return failure;
        if (!Base64Text.DecodeUrl(signatureText.Span).Succeeded(out var signature, out failure))
            return failure;

        return new TokenSignature(protectedText, header, signatureText, signature) { Unprotected = unprotected };
    }

    /// <summary>Reads a protected header alone.</summary>
    internal static Result<JsonValue> ParseHeader(ReadOnlySpan<byte> protectedText)
    {
        if (!Base64Text.DecodeUrl(protectedText).Succeeded(out var json, out var failure)
            || !StrictJson.Parse(json, TokenLimits.Header).Succeeded(out var header, out failure))
            return failure;
        if (header.Kind != JsonKind.Object)
            return Failures.Token("a protected header is not a JSON object");

        // RFC 7515 4.1.11: what 'crit' names must be understood, and we understand none. RFC 7797: b64 changes what is signed.
        if (header.Member("crit") is not null || header.Member("b64") is not null)
            return Failures.Critical("a protected header has 'crit' or 'b64', and no extension is supported");
        return header;
    }

    /// <summary>A header member that is a string, or null where it is absent or of another kind.</summary>
    public string? Text(string name) => Header.Member(name) is { Kind: JsonKind.String } value ? value.Text : null;

    /// <summary>What the signature is over (RFC 7515 5.1): the protected header's text, a dot, the payload's text.</summary>
    internal ReadOnlyMemory<byte> SigningInput(ReadOnlyMemory<byte> payloadText) => Join(ProtectedText.Span, payloadText.Span);

    internal static byte[] Join(ReadOnlySpan<byte> protectedText, ReadOnlySpan<byte> payloadText)
    {
        var joined = GC.AllocateUninitializedArray<byte>(protectedText.Length + 1 + payloadText.Length);
        protectedText.CopyTo(joined);
        joined[protectedText.Length] = (byte)'.';
        payloadText.CopyTo(joined.AsSpan(protectedText.Length + 1));
        return joined;
    }
}
