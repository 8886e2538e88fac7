using Plimsoll.Primitives.Encodings;

namespace Plimsoll.Envelopes;

/// <summary>
/// Base64 as DSSE allows it to be read: "either standard or URL-safe encoding". One alphabet a text, padded, and otherwise
/// in its one spelling; we write the standard alphabet.
/// </summary>
internal static class DsseBase64
{
    public static Result<byte[]> Decode(ReadOnlySpan<byte> text)
    {
        if (!text.ContainsAny((byte)'-', (byte)'_') || text.ContainsAny((byte)'+', (byte)'/'))
            return Base64Text.Decode(text);

        var standard = text.ToArray();
        standard.AsSpan().Replace((byte)'-', (byte)'+');
        standard.AsSpan().Replace((byte)'_', (byte)'/');
        return Base64Text.Decode(standard);
    }
}
