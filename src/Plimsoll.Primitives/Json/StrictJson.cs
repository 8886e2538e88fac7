using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Plimsoll.Primitives.Json;

/// <summary>How much JSON a format may be. Each format states its own as constants; both sides of each bound are tested.</summary>
/// <param name="Bytes">Most bytes of the whole text.</param>
/// <param name="Depth">Deepest nesting of objects and arrays; 64 if more is given, since code that walks values recurses.</param>
/// <param name="Values">Most values, names included: bounds what parsing allocates, 12 bytes a value.</param>
public sealed record JsonLimits(int Bytes, int Depth = 16, int Values = 10_000)
{
    /// <summary>No format may be deeper than this.</summary>
    public const int MostDepth = 64;
}

/// <summary>
/// Reads JSON (RFC 8259) as a signed format must be read: one meaning for each text. Refused are doubled member names
/// (compared after unescaping), bytes that are not UTF-8, unpaired surrogates, bytes after the value, comments, and
/// whatever exceeds the limits. Numbers keep their text; who wants an integer gets one spelling of it only.
/// </summary>
public static class StrictJson
{
    /// <summary>No format may be longer than this, whatever its own limit says.</summary>
    public const int MostBytes = (1 << 28) - 1;

    private const int FewMembers = 16;

    /// <summary>Reads one JSON value. The bytes are kept, not copied: they must not change afterwards.</summary>
    public static Result<JsonValue> Parse(ReadOnlyMemory<byte> utf8, JsonLimits limits)
    {
        var most = Math.Min(limits.Bytes, MostBytes);
        if (utf8.Length > most)
            return Refused("json.size", $"{utf8.Length} bytes are more than the {most} allowed here");
        if (!Utf8.IsValid(utf8.Span))
            return Refused("json.utf8", "the text is not UTF-8");

        try
        {
            return Read(utf8, limits);
        }
        catch (JsonException malformed)
        {
            return Refused("json.syntax", $"not one well-formed JSON value (line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1})");
        }
    }

    private static Result<JsonValue> Read(ReadOnlyMemory<byte> utf8, JsonLimits limits)
    {
        // One level more than is allowed: depth is refused here, by name, and not by an exception of the reader.
        var depth = Math.Min(limits.Depth, JsonLimits.MostDepth);
        var reader = new Utf8JsonReader(utf8.Span, new JsonReaderOptions { MaxDepth = depth + 1 });
        var rows = new List<JsonRow>(Math.Min(limits.Values, MostRows(utf8.Span)));
        var text = new JsonText(utf8, rows);
        Span<int> open = stackalloc int[JsonLimits.MostDepth];
        var opened = 0;

        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                var start = open[--opened];
                rows[start] = rows[start].Closed((int)reader.TokenStartIndex + 1 - rows[start].Start, rows.Count);
                if (reader.TokenType == JsonTokenType.EndObject && DoubledMember(new JsonValue(text, start)) is { } doubled)
                    return Refused("json.duplicate-member", $"the member '{Shorten(doubled)}' stands twice in one object");
                continue;
            }

            if (rows.Count >= limits.Values)
                return Refused("json.values", $"more than {limits.Values} values");

            var row = ToRow(ref reader, rows.Count);
            if (row.Escaped && !HasOnlyPairedSurrogates(utf8.Span.Slice(row.Start, row.Length)))
                return Refused("json.utf8", "a string holds half of a surrogate pair");
            if (row.Kind is JsonKind.Object or JsonKind.Array)
            {
                if (opened == depth)
                    return Refused("json.depth", $"nested deeper than {depth} levels");
                open[opened++] = rows.Count;
            }

            rows.Add(row);
        }

        return new JsonValue(text, 0);
    }

    // Before every value but the first stands one of these; those inside strings make the list a little too long. A list that
    // never grows is half the memory of one that does.
    private static int MostRows(ReadOnlySpan<byte> utf8)
        => 1 + utf8.Count((byte)',') + utf8.Count((byte)':') + utf8.Count((byte)'{') + utf8.Count((byte)'[');

    private static JsonRow ToRow(ref Utf8JsonReader reader, int index)
    {
        var kind = reader.TokenType switch
        {
            JsonTokenType.StartObject => JsonKind.Object,
            JsonTokenType.StartArray => JsonKind.Array,
            JsonTokenType.String or JsonTokenType.PropertyName => JsonKind.String,
            JsonTokenType.Number => JsonKind.Number,
            JsonTokenType.True => JsonKind.True,
            JsonTokenType.False => JsonKind.False,
            _ => JsonKind.Null,
        };

        // A string's row leaves its quotes out.
        var start = (int)reader.TokenStartIndex + (kind == JsonKind.String ? 1 : 0);
        return new JsonRow(kind, kind == JsonKind.String && reader.ValueIsEscaped, start, reader.ValueSpan.Length, index + 1);
    }

    private static string? DoubledMember(JsonValue value)
    {
        Span<int> few = stackalloc int[FewMembers];
        var count = 0;
        foreach (var (name, _) in value.Members())
        {
            // Escapes and many members take the way that compares each name once.
            if (name.IsEscaped || count == FewMembers)
                return DoubledAmongMany(value);
            few[count++] = name.Index;
        }

        for (var later = 1; later < count; later++)
        {
            var name = value.At(few[later]);
            for (var earlier = 0; earlier < later; earlier++)
            {
                if (value.At(few[earlier]).Raw.Span.SequenceEqual(name.Raw.Span))
                    return name.Text;
            }
        }

        return null;
    }

    private static string? DoubledAmongMany(JsonValue value)
    {
        // Canonical documents have their names in order, and then none can stand twice.
        if (IsInOrder(value))
            return null;

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, _) in value.Members())
        {
            if (!seen.Add(name.Text))
                return name.Text;
        }

        return null;
    }

    private static bool IsInOrder(JsonValue value)
    {
        ReadOnlySpan<byte> last = default;
        var first = true;
        foreach (var (name, _) in value.Members())
        {
            var raw = name.Raw.Span;
            if (name.IsEscaped || (!first && last.SequenceCompareTo(raw) >= 0))
                return false;
            last = raw;
            first = false;
        }

        return true;
    }

    // RFC 8259 8.2: programs differ in what they make of half a pair, so there may be none.
    private static bool HasOnlyPairedSurrogates(ReadOnlySpan<byte> escaped)
    {
        var high = false;
        for (var at = 0; at < escaped.Length; at++)
        {
            var code = 0;
            if (escaped[at] == '\\' && escaped[++at] == 'u')
            {
                _ = Utf8Parser.TryParse(escaped.Slice(at + 1, 4), out code, out _, 'x');
                at += 4;
            }

            var low = code is >= 0xDC00 and <= 0xDFFF;
            if (low != high)
                return false;
            high = code is >= 0xD800 and <= 0xDBFF;
        }

        return !high;
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";

    private static Failure Refused(string code, string what) => new(
        Refusal.Malformed, code, what, "get the data again from its source; if it stays, tell whoever made it");
}
