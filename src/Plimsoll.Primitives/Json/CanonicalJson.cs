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
    private static readonly SearchValues<byte> OlpcSpecial = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> EcmaScriptSpecial = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(code => (byte)code), .. "\"\\"u8]);

    // 0xE2 starts U+2028 and U+2029, and more that needs no escape.
    private static readonly SearchValues<byte> GoSpecial = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(code => (byte)code), .. "\"\\<>&"u8, 0xE2]);

    // The longest that a single value is asked for at once; without it in reserve the buffer would double for the last one.
    private const int MostShortLength = 64;

    private readonly Comparison<Member> _order;
    private readonly SearchValues<byte> _special;
    private readonly Func<Rune, string?> _escape;
    private readonly Func<string, Result<string>> _number;

    private CanonicalJson(Comparison<Member> order, SearchValues<byte> special, Func<Rune, string?> escape, Func<string, Result<string>> number)
    {
        _order = order;
        _special = special;
        _escape = escape;
        _number = number;
    }

    /// <summary>
    /// What Go's encoding/json (1.22 and later) writes for a map: OpenPubkey's commitments and token hashes. Names in the
    /// order of their UTF-8 bytes; &lt;, &gt;, &amp;, U+2028 and U+2029 escaped; numbers as the shortest double.
    /// </summary>
    public static CanonicalJson Go { get; } = new(
        ByUtf8, GoSpecial, EscapeAsGo, text => CanonicalNumber.Shortest(text, keepMinusZero: true));

    /// <summary>RFC 8785 (JCS): names in the order of their UTF-16 code units, numbers as ECMAScript prints them.</summary>
    public static CanonicalJson Rfc8785 { get; } = new(
        ByUtf16, EcmaScriptSpecial, EscapeAsEcmaScript, text => CanonicalNumber.Shortest(text, keepMinusZero: false));

    /// <summary>The OLPC form that TUF signs: only quote and backslash escaped, whole numbers only.</summary>
    public static CanonicalJson Olpc { get; } = new(ByUtf8, OlpcSpecial, EscapeAsOlpc, CanonicalNumber.Whole);

    /// <summary>
    /// What TUF's signatures cover: the received bytes of an object that stands in the OLPC form already, as good repositories
    /// write it; else that form of it.
    /// </summary>
    public static Result<ReadOnlyMemory<byte>> OlpcBytes(JsonValue value)
        => OlpcSpelling.Is(value) ? value.Raw : Olpc.Write(value).Select(bytes => new ReadOnlyMemory<byte>(bytes));

    /// <summary>Writes a value; fails only on a number that the form cannot hold.</summary>
    public Result<byte[]> Write(JsonValue value)
    {
        // What is received is canonical as a rule, and then as long as what is written.
        var output = new ArrayBufferWriter<byte>(value.Raw.Length + MostShortLength);
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
                AppendString(value.Utf8Text.Span, output);
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
        var listed = value.Members();
        var members = new Member[listed.Count];
        var count = 0;
        foreach (var (name, member) in listed)
            members[count++] = new Member(name.Utf8Text, member);
        Array.Sort(members, _order);

        var separator = "{"u8;
        foreach (var (name, member) in members)
        {
            output.Write(separator);
            AppendString(name.Span, output);
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
        var separator = "["u8;
        foreach (var element in value.Elements())
        {
            output.Write(separator);
            if (Append(element, output) is { } failure)
                return failure;
            separator = ","u8;
        }

        output.Write(separator is [(byte)'['] ? "[]"u8 : "]"u8);
        return null;
    }

    private void AppendString(ReadOnlySpan<byte> utf8, ArrayBufferWriter<byte> output)
    {
        output.Write("\""u8);
        while (utf8.IndexOfAny(_special) is var at and >= 0)
        {
            output.Write(utf8[..at]);
            _ = Rune.DecodeFromUtf8(utf8[at..], out var rune, out var length);
            var special = utf8.Slice(at, length);
            if (_escape(rune) is { } escaped)
                _ = Encoding.ASCII.GetBytes(escaped, output);
            else
                output.Write(special);
            utf8 = utf8[(at + length)..];
        }

        output.Write(utf8);
        output.Write("\""u8);
    }

    private static int ByUtf8(Member left, Member right) => left.Name.Span.SequenceCompareTo(right.Name.Span);

    // RFC 8785 3.2.3. The two orders differ in one thing: surrogates, the UTF-16 of what UTF-8 starts with F0 or more, stand
    // below U+E000 to U+FFFF, which UTF-8 starts with EE or EF.
    private static int ByUtf16(Member left, Member right)
    {
        var one = left.Name.Span;
        var two = right.Name.Span;
        var same = one.CommonPrefixLength(two);
        if (same == one.Length || same == two.Length || one[same] < 0xEE || two[same] < 0xEE || one[same] >= 0xF0 == two[same] >= 0xF0)
            return ByUtf8(left, right);
        return one[same] >= 0xF0 ? -1 : 1;
    }

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

    private readonly record struct Member(ReadOnlyMemory<byte> Name, JsonValue Value);
}
