using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;

namespace Plimsoll.OpenPubkey.Tokens;

/// <summary>A JWS in compact form (RFC 7515 7.1): three base64url texts joined by dots. Well formed, not verified.</summary>
public sealed class CompactJws
{
    private CompactJws(ReadOnlyMemory<byte> text, TokenSignature signature, ReadOnlyMemory<byte> payloadText, byte[] payload)
    {
        Text = text;
        Signature = signature;
        PayloadText = payloadText;
        Payload = payload;
    }

    /// <summary>The whole text.</summary>
    public ReadOnlyMemory<byte> Text { get; }

    /// <summary>The one signature with its header.</summary>
    public TokenSignature Signature { get; }

    /// <summary>The payload's base64url text.</summary>
    public ReadOnlyMemory<byte> PayloadText { get; }

    /// <summary>The payload, any bytes.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>What the signature is over: the text up to the second dot.</summary>
    internal ReadOnlyMemory<byte> SigningInput => Text[..(Signature.ProtectedText.Length + 1 + PayloadText.Length)];

    /// <summary>Reads the text; the bytes are kept, not copied.</summary>
    public static Result<CompactJws> Parse(ReadOnlyMemory<byte> text)
    {
        if (!Split(text).Succeeded(out var parts, out var failure)
            || !TokenSignature.Parse(parts.Header, parts.Signature).Succeeded(out var signature, out failure)
            || !Base64Text.DecodeUrl(parts.Payload.Span).Succeeded(out var payload, out failure))
            return failure;
        return new CompactJws(text, signature, parts.Payload, payload);
    }

    /// <summary>Finds the three parts without decoding them.</summary>
    internal static Result<Parts> Split(ReadOnlyMemory<byte> text)
    {
        if (text.Length > TokenLimits.TokenBytes)
            return Failures.Token($"a token of {text.Length} bytes is longer than {TokenLimits.TokenBytes}");

        var first = text.Span.IndexOf((byte)'.');
        var last = text.Span.LastIndexOf((byte)'.');
        return first >= 0 && text.Span.Count((byte)'.') == 2
            ? new Parts(text[..first], text[(first + 1)..last], text[(last + 1)..])
            : Failures.Token("a compact token is three texts joined by two dots");
    }

    /// <summary>The base64url texts of a compact token.</summary>
    internal readonly record struct Parts(ReadOnlyMemory<byte> Header, ReadOnlyMemory<byte> Payload, ReadOnlyMemory<byte> Signature);
}
