using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Plimsoll.Primitives.Encodings;

/// <summary>
/// Base64 with one spelling for each byte string (RFC 4648 sections 3.5, 4 and 5): no white space, no missing or extra
/// padding, and the bits that the last character has to spare are zero. A second spelling would be a second hash of one token.
/// </summary>
public static class Base64Text
{
    /// <summary>Writes base64url without padding.</summary>
    public static string EncodeUrl(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>Writes standard base64 with padding.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes);

    /// <summary>Reads base64url without padding.</summary>
    public static Result<byte[]> DecodeUrl(ReadOnlySpan<byte> text)
    {
        // Length 4n+1 encodes nothing; a decoded length that differs means white space or padding was skipped.
        if (text.Length % 4 == 1)
            return Malformed("base64url", "has an impossible length");

        var bytes = new byte[text.Length * 3 / 4];
        return Base64Url.DecodeFromUtf8(text, bytes, out var consumed, out var written) == OperationStatus.Done
            && consumed == text.Length && written == bytes.Length && SpareBitsAreZero(text, written)
            ? bytes
            : Malformed("base64url", "has a character, padding or spare bits that do not belong there");
    }

    /// <inheritdoc cref="DecodeUrl(ReadOnlySpan{byte})"/>
    public static Result<byte[]> DecodeUrl(string text) => DecodeUrl(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads standard base64, padded to a multiple of four characters.</summary>
    public static Result<byte[]> Decode(ReadOnlySpan<byte> text)
    {
        if (text.Length % 4 != 0)
            return Malformed("base64", "is not padded to a multiple of four characters");

        var padding = text.EndsWith("=="u8) ? 2 : text.EndsWith("="u8) ? 1 : 0;
        var bytes = new byte[(text.Length / 4 * 3) - padding];
        return Base64.DecodeFromUtf8(text, bytes, out var consumed, out var written) == OperationStatus.Done
            && consumed == text.Length && written == bytes.Length && SpareBitsAreZero(text[..^padding], written)
            ? bytes
            : Malformed("base64", "has a character or spare bits that do not belong there");
    }

    /// <inheritdoc cref="Decode(ReadOnlySpan{byte})"/>
    public static Result<byte[]> Decode(string text) => Decode(Encoding.UTF8.GetBytes(text));

    private static bool SpareBitsAreZero(ReadOnlySpan<byte> unpadded, int decoded)
    {
        var spare = (unpadded.Length * 6) - (decoded * 8);
        return spare == 0 || (Sextet(unpadded[^1]) & ((1 << spare) - 1)) == 0;
    }

    private static int Sextet(byte character) => character switch
    {
        >= (byte)'A' and <= (byte)'Z' => character - 'A',
        >= (byte)'a' and <= (byte)'z' => character - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => character - '0' + 52,
        (byte)'+' or (byte)'-' => 62,
        _ => 63,
    };

    private static Failure Malformed(string encoding, string what) => new(
        Refusal.Malformed, "encoding.base64", $"text that should be {encoding} {what}", "get the data again from its source; it was changed or cut");
}
