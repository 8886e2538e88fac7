using System.Buffers.Text;

namespace Plimsoll.Primitives.Json;

/// <summary>Tells whether a value is spelt in the OLPC form already, without writing it: metadata may have megabytes.</summary>
internal static class OlpcSpelling
{
    /// <summary>
    /// Whether writing this object or array would give its own bytes. A well-formed text differs from its canonical form in the
    /// spelling of names, strings and numbers, in the order of members, or in white space, and white space shows in the length.
    /// </summary>
    public static bool Is(JsonValue value) => Length(value) == value.Raw.Length;

    // Of the canonical form; null where the spelling is another.
    private static long? Length(JsonValue value) => value.Kind switch
    {
        JsonKind.Object => ObjectLength(value),
        JsonKind.Array => ArrayLength(value),
        JsonKind.String => IsPlain(value) ? value.Raw.Length + 2 : null,
        JsonKind.Number => IsWhole(value.Raw.Span) ? value.Raw.Length : null,
        _ => value.Raw.Length,
    };

    private static long? ObjectLength(JsonValue value)
    {
        long length = 1;
        ReadOnlySpan<byte> last = default;
        foreach (var (name, member) in value.Members())
        {
            // A name with escapes sorts by what it means: rare, and left to the writer.
            var raw = name.Raw.Span;
            if (name.IsEscaped || (length > 1 && last.SequenceCompareTo(raw) >= 0) || Length(member) is not { } inner)
                return null;
            length += raw.Length + 4 + inner;
            last = raw;
        }

        return Math.Max(length, 2);
    }

    private static long? ArrayLength(JsonValue value)
    {
        long length = 1;
        foreach (var element in value.Elements())
        {
            if (Length(element) is not { } inner)
                return null;
            length += inner + 1;
        }

        return Math.Max(length, 2);
    }

    // The form escapes the quote and the backslash alone.
    private static bool IsPlain(JsonValue value)
    {
        if (!value.IsEscaped)
            return true;
        var raw = value.Raw.Span;
        while (raw.IndexOf((byte)'\\') is var at and >= 0)
        {
            if (raw[at + 1] is not ((byte)'"' or (byte)'\\'))
                return false;
            raw = raw[(at + 2)..];
        }

        return true;
    }

    // The same numbers as CanonicalNumber.Whole, told without a string.
    private static bool IsWhole(ReadOnlySpan<byte> raw)
        => raw is not [(byte)'-', (byte)'0', ..] && Utf8Parser.TryParse(raw, out long _, out var consumed) && consumed == raw.Length;
}
