using System.Text.Json;
using System.Text.Unicode;

namespace Plimsoll.Primitives.Json;

/// <summary>How much JSON a format may be. Each format states its own as constants; both sides of each bound are tested.</summary>
/// <param name="Bytes">Most bytes of the whole text.</param>
/// <param name="Depth">Deepest nesting of objects and arrays; at most 64.</param>
/// <param name="Values">Most values, names included: bounds what parsing allocates, 16 bytes a value.</param>
public sealed record JsonLimits(int Bytes, int Depth = 16, int Values = 10_000);

/// <summary>
/// Reads JSON (RFC 8259) as a signed format must be read: one meaning for each text. Refused are doubled member names
/// (compared after unescaping), bytes that are not UTF-8, unpaired surrogates, bytes after the value, comments, and
/// whatever exceeds the limits. Numbers keep their text; who wants an integer gets one spelling of it only.
/// </summary>
public static class StrictJson
{
    private const int ManyMembers = 16;

    /// <summary>Reads one JSON value. The bytes are kept, not copied: they must not change afterwards.</summary>
    public static Result<JsonValue> Parse(ReadOnlyMemory<byte> utf8, JsonLimits limits)
    {
        if (utf8.Length > limits.Bytes)
            return Refused("json.size", $"{utf8.Length} bytes are more than the {limits.Bytes} allowed here");
        if (!Utf8.IsValid(utf8.Span))
            return Refused("json.utf8", "the text is not UTF-8");

        try
        {
            return Read(utf8, limits);
        }
        catch (JsonException malformed)
        {
            var where = $"line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}";
            return malformed.Message.Contains("depth", StringComparison.Ordinal)
                ? Refused("json.depth", $"nested deeper than {limits.Depth} levels ({where})")
                : Refused("json.syntax", $"not one well-formed JSON value ({where})");
        }
    }

    private static Result<JsonValue> Read(ReadOnlyMemory<byte> utf8, JsonLimits limits)
    {
        var reader = new Utf8JsonReader(utf8.Span, new JsonReaderOptions { MaxDepth = Math.Min(limits.Depth, 64) });
        var rows = new List<JsonRow>();
        var text = new JsonText(utf8, rows);
        var open = new Stack<int>();

        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                var start = open.Pop();
                rows[start] = rows[start] with { End = rows.Count, Length = (int)reader.TokenStartIndex + 1 - rows[start].Start };
                if (reader.TokenType == JsonTokenType.EndObject && DoubledMember(text, start) is { } doubled)
                    return Refused("json.duplicate-member", $"the member '{doubled}' stands twice in one object");
                continue;
            }

            if (rows.Count >= limits.Values)
                return Refused("json.values", $"more than {limits.Values} values");

            var row = ToRow(ref reader, rows.Count);
            if (row.Escaped && !HasOnlyPairedSurrogates(utf8.Span.Slice(row.Start, row.Length)))
                return Refused("json.utf8", "a string holds half of a surrogate pair");
            if (row.Kind is JsonKind.Object or JsonKind.Array)
                open.Push(rows.Count);
            rows.Add(row);
        }

        return new JsonValue(text, 0);
    }

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

    private static string? DoubledMember(JsonText text, int start)
    {
        var members = new JsonValue(text, start).Members();
        if (members.Count < ManyMembers)
        {
            for (var later = 1; later < members.Count; later++)
            {
                for (var earlier = 0; earlier < later; earlier++)
                {
                    if (members[earlier].Name.TextEquals(members[later].Name))
                        return members[later].Name.Text;
                }
            }

            return null;
        }

        var seen = new HashSet<string>(members.Count, StringComparer.Ordinal);
        return members.Select(member => member.Name.Text).FirstOrDefault(name => !seen.Add(name));
    }

    private static bool HasOnlyPairedSurrogates(ReadOnlySpan<byte> escaped)
    {
        var high = false;
        for (var at = 0; at < escaped.Length; at++)
        {
            var code = -1;
            if (escaped[at] == '\\')
            {
                if (escaped[++at] == 'u')
                {
                    code = Convert.ToInt32(System.Text.Encoding.ASCII.GetString(escaped.Slice(at + 1, 4)), 16);
                    at += 4;
                }
            }

            var low = code is >= 0xDC00 and <= 0xDFFF;
            if (low != high)
                return false;
            high = code is >= 0xD800 and <= 0xDBFF;
        }

        return !high;
    }

    private static Failure Refused(string code, string what) => new(
        Refusal.Malformed, code, what, "get the data again from its source; if it stays, tell whoever made it");
}
