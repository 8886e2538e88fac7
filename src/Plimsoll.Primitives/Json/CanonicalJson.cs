using System.Buffers;
using System.Globalization;
using System.Text;

namespace Plimsoll.Primitives.Json;

/// <summary>
/// Writes JSON in the one spelling that a format signs or hashes. The three rules in use agree on compact output with
/// sorted members, and differ in the order of names, in what is escaped, and in numbers.
/// </summary>
public sealed class CanonicalJson
{
    private readonly Comparison<JsonValue> _order;
    private readonly Func<Rune, string?> _escape;
    private readonly Func<string, Result<string>> _number;

    private CanonicalJson(Comparison<JsonValue> order, Func<Rune, string?> escape, Func<string, Result<string>> number)
    {
        _order = order;
        _escape = escape;
        _number = number;
    }

    /// <summary>
    /// What Go's encoding/json (1.22 and later) writes for a map: OpenPubkey's commitments and token hashes. Names in the
    /// order of their UTF-8 bytes; &lt;, &gt;, &amp;, U+2028 and U+2029 escaped; numbers as the shortest double.
    /// </summary>
    public static CanonicalJson Go { get; } = new(ByUtf8, EscapeAsGo, text => CanonicalNumber.Shortest(text, keepMinusZero: true));

    /// <summary>RFC 8785 (JCS): names in the order of their UTF-16 code units, numbers as ECMAScript prints them.</summary>
    public static CanonicalJson Rfc8785 { get; } = new(ByUtf16, EscapeAsEcmaScript, text => CanonicalNumber.Shortest(text, keepMinusZero: false));

    /// <summary>The OLPC form that TUF signs: only quote and backslash escaped, whole numbers only.</summary>
    public static CanonicalJson Olpc { get; } = new(ByUtf8, EscapeAsOlpc, CanonicalNumber.Whole);

    /// <summary>Writes a value; fails only on a number that the form cannot hold.</summary>
    public Result<byte[]> Write(JsonValue value)
    {
        var output = new ArrayBufferWriter<byte>(256);
        return Append(value, output) is { } failure ? failure : output.WrittenSpan.ToArray();
    }

    private Failure? Append(JsonValue value, ArrayBufferWriter<byte> output)
    {
        switch (value.Kind)
        {
            case JsonKind.Object:
                return AppendObject(value, output);
            case JsonKind.Array:
                return AppendArray(value, output);
            case JsonKind.String:
                AppendString(value, output);
                return null;
            case JsonKind.Number:
                if (!_number(value.Text).Succeeded(out var number, out var failure))
                    return failure;
                output.Write(Encoding.ASCII.GetBytes(number));
                return null;
            default:
                output.Write(value.Raw.Span);
                return null;
        }
    }

    private Failure? AppendObject(JsonValue value, ArrayBufferWriter<byte> output)
    {
        var members = value.Members().ToArray();
        Array.Sort(members, (left, right) => _order(left.Name, right.Name));

        var separator = "{"u8;
        foreach (var (name, member) in members)
        {
            output.Write(separator);
            AppendString(name, output);
            output.Write(":"u8);
            if (Append(member, output) is { } failure)
                return failure;
            separator = ","u8;
        }

        output.Write(members.Length == 0 ? "{}"u8 : "}"u8);
        return null;
    }

    private Failure? AppendArray(JsonValue value, ArrayBufferWriter<byte> output)
    {
        var elements = value.Elements();
        var separator = "["u8;
        foreach (var element in elements)
        {
            output.Write(separator);
            if (Append(element, output) is { } failure)
                return failure;
            separator = ","u8;
        }

        output.Write(elements.Count == 0 ? "[]"u8 : "]"u8);
        return null;
    }

    private void AppendString(JsonValue text, ArrayBufferWriter<byte> output)
    {
        output.Write("\""u8);
        var utf8 = text.Utf8Text.Span;
        while (!utf8.IsEmpty)
        {
            _ = Rune.DecodeFromUtf8(utf8, out var rune, out var length);
            if (_escape(rune) is { } escaped)
                output.Write(Encoding.ASCII.GetBytes(escaped));
            else
                output.Write(utf8[..length]);
            utf8 = utf8[length..];
        }

        output.Write("\""u8);
    }

    private static int ByUtf8(JsonValue left, JsonValue right) => left.Utf8Text.Span.SequenceCompareTo(right.Utf8Text.Span);

    private static int ByUtf16(JsonValue left, JsonValue right) => string.CompareOrdinal(left.Text, right.Text);

    private static string? EscapeAsOlpc(Rune rune) => rune.Value switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        _ => null,
    };

    private static string? EscapeAsEcmaScript(Rune rune) => rune.Value switch
    {
        '"' or '\\' => EscapeAsOlpc(rune),
        '\b' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\f' => "\\f",
        '\r' => "\\r",
        < 0x20 => "\\u" + rune.Value.ToString("x4", CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string? EscapeAsGo(Rune rune) => rune.Value switch
    {
        '<' or '>' or '&' or 0x2028 or 0x2029 => "\\u" + rune.Value.ToString("x4", CultureInfo.InvariantCulture),
        _ => EscapeAsEcmaScript(rune),
    };
}
