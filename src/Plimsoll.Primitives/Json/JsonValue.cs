using System.Text;
using System.Text.Json;

namespace Plimsoll.Primitives.Json;

/// <summary>The kinds of JSON values (RFC 8259 section 3).</summary>
public enum JsonKind
{
    /// <summary>The literal <c>null</c>.</summary>
    Null,

    /// <summary>The literal <c>true</c>.</summary>
    True,

    /// <summary>The literal <c>false</c>.</summary>
    False,

    /// <summary>A number, as text.</summary>
    Number,

    /// <summary>A string or a member's name.</summary>
    String,

    /// <summary>An array.</summary>
    Array,

    /// <summary>An object whose names are all different.</summary>
    Object,
}

internal readonly record struct JsonRow(JsonKind Kind, bool Escaped, int Start, int Length, int End);

internal sealed record JsonText(ReadOnlyMemory<byte> Utf8, List<JsonRow> Rows);

/// <summary>One value of a text that <see cref="StrictJson"/> read. Nothing is copied until it is asked for.</summary>
public readonly struct JsonValue
{
    private readonly JsonText _text;
    private readonly int _index;

    internal JsonValue(JsonText text, int index)
    {
        _text = text;
        _index = index;
    }

    /// <summary>What kind of value stands here.</summary>
    public JsonKind Kind => Row.Kind;

    /// <summary>The received bytes of this value; of a string, what stands between the quotes, escapes and all.</summary>
    public ReadOnlyMemory<byte> Raw => _text.Utf8.Slice(Row.Start, Row.Length);

    /// <summary>Whether <see cref="Raw"/> holds escapes, so that it is not the string itself.</summary>
    public bool IsEscaped => Row.Escaped;

    /// <summary>A string's characters, unescaped; of other kinds the received text.</summary>
    public string Text => IsEscaped ? Unescape() : Encoding.UTF8.GetString(Raw.Span);

    private JsonRow Row => _text.Rows[_index];

    /// <summary>A string's UTF-8 bytes, unescaped: the received ones, or a copy where there were escapes.</summary>
    public ReadOnlyMemory<byte> Utf8Text => IsEscaped ? Encoding.UTF8.GetBytes(Unescape()) : Raw;

    /// <summary>An array's elements in order; none for other kinds.</summary>
    public IReadOnlyList<JsonValue> Elements()
    {
        if (Kind != JsonKind.Array)
            return [];

        var elements = new List<JsonValue>();
        for (var at = _index + 1; at < Row.End; at = _text.Rows[at].End)
            elements.Add(new JsonValue(_text, at));
        return elements;
    }

    /// <summary>An object's members in order; none for other kinds.</summary>
    public IReadOnlyList<(JsonValue Name, JsonValue Value)> Members()
    {
        if (Kind != JsonKind.Object)
            return [];

        var members = new List<(JsonValue, JsonValue)>();
        for (var at = _index + 1; at < Row.End; at = _text.Rows[at + 1].End)
            members.Add((new JsonValue(_text, at), new JsonValue(_text, at + 1)));
        return members;
    }

    /// <summary>An object's member of exactly this name, or null; also null if this is no object.</summary>
    public JsonValue? Member(string name)
    {
        for (var at = _index + 1; Kind == JsonKind.Object && at < Row.End; at = _text.Rows[at + 1].End)
        {
            if (new JsonValue(_text, at).TextEquals(name))
                return new JsonValue(_text, at + 1);
        }

        return null;
    }

    /// <summary>Whether this string is, after unescaping, exactly <paramref name="expected"/>.</summary>
    public bool TextEquals(string expected)
    {
        if (IsEscaped)
            return Text == expected;

        Span<byte> utf8 = stackalloc byte[128];
        return Encoding.UTF8.TryGetBytes(expected, utf8, out var length)
            ? Raw.Span.SequenceEqual(utf8[..length])
            : Text == expected;
    }

    /// <summary>Starts reading this value as an object; every failure of that reading has <paramref name="code"/>.</summary>
    public JsonObject ReadObject(string code) => JsonObject.Start(this, code);

    internal bool TextEquals(JsonValue other)
        => IsEscaped || other.IsEscaped ? Text == other.Text : Raw.Span.SequenceEqual(other.Raw.Span);

    private string Unescape()
    {
        // The row leaves the quotes out; the reader wants them back.
        var quoted = _text.Utf8.Span.Slice(Row.Start - 1, Row.Length + 2);
        var reader = new Utf8JsonReader(quoted);
        _ = reader.Read();
        return reader.GetString()!;
    }
}
