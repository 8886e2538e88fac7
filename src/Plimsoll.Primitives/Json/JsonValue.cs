using System.Text;
using System.Text.Json;

namespace Plimsoll.Primitives.Json;

/// <summary>The kinds of JSON values (RFC 8259 section 3).</summary>
public enum JsonKind : byte
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

/// <summary>One value of a text, in 12 bytes: large documents have a row for every ten bytes or so, and this is most of what reading them costs.</summary>
internal readonly struct JsonRow
{
    // StrictJson.MostBytes leaves the four highest bits of a length free: three for the kind, one for escapes.
    private const int LengthBits = 28;
    private readonly uint _packed;

    public JsonRow(JsonKind kind, bool escaped, int start, int length, int end)
    {
        _packed = ((uint)kind << (LengthBits + 1)) | (escaped ? 1u << LengthBits : 0) | (uint)length;
        Start = start;
        End = end;
    }

    public int Start { get; }

    /// <summary>Index of the row after this value and everything inside it.</summary>
    public int End { get; }

    public JsonKind Kind => (JsonKind)(_packed >> (LengthBits + 1));

    public bool Escaped => (_packed & (1u << LengthBits)) != 0;

    public int Length => (int)(_packed & ((1u << LengthBits) - 1));

    /// <summary>The row of an object or array once its end is known.</summary>
    public JsonRow Closed(int length, int end) => new(Kind, Escaped, Start, length, end);
}

internal sealed record JsonText(ReadOnlyMemory<byte> Utf8, List<JsonRow> Rows);

/// <summary>
/// One value of a text that <see cref="StrictJson"/> read. Nothing is copied until it is asked for. The <c>default</c> stands
/// for a value that is not there, and reads as null.
/// </summary>
public readonly struct JsonValue
{
    private const int ShortText = 256;
    private readonly JsonText? _text;
    private readonly int _index;

    internal JsonValue(JsonText text, int index)
    {
        _text = text;
        _index = index;
    }

    /// <summary>What kind of value stands here.</summary>
    public JsonKind Kind => Row.Kind;

    /// <summary>The received bytes of this value; of a string, what stands between the quotes, escapes and all.</summary>
    public ReadOnlyMemory<byte> Raw => _text is null ? default : _text.Utf8.Slice(Row.Start, Row.Length);

    /// <summary>Whether <see cref="Raw"/> holds escapes, so that it is not the string itself.</summary>
    public bool IsEscaped => Row.Escaped;

    /// <summary>A string's characters, unescaped; of other kinds the received text.</summary>
    public string Text => IsEscaped ? Reader().GetString()! : Encoding.UTF8.GetString(Raw.Span);

    /// <summary>A string's UTF-8 bytes, unescaped: the received ones, or a copy where there were escapes.</summary>
    public ReadOnlyMemory<byte> Utf8Text
    {
        get
        {
            if (!IsEscaped)
                return Raw;
            var unescaped = new byte[Row.Length];
            return unescaped.AsMemory(0, Reader().CopyString(unescaped));
        }
    }

    internal int Index => _index;

    private JsonRow Row => _text is null ? default : _text.Rows[_index];

    /// <summary>An array's elements in order; none for other kinds.</summary>
    public JsonElements Elements() => Kind == JsonKind.Array ? new JsonElements(_text!, _index) : default;

    /// <summary>An object's members in order; none for other kinds.</summary>
    public JsonMembers Members() => Kind == JsonKind.Object ? new JsonMembers(_text!, _index) : default;

    /// <summary>An object's member of exactly this name, or null; also null if this is no object.</summary>
    public JsonValue? Member(string name)
    {
        foreach (var (found, value) in Members())
        {
            if (found.TextEquals(name))
                return value;
        }

        return null;
    }

    /// <summary>Whether this string is, after unescaping, exactly <paramref name="expected"/>.</summary>
    public bool TextEquals(string expected)
    {
        if (IsEscaped)
            return Reader().ValueTextEquals(expected);

        Span<byte> utf8 = stackalloc byte[ShortText];
        return expected.Length <= ShortText / 3
            ? Encoding.UTF8.GetBytes(expected, utf8) is var length && Raw.Span.SequenceEqual(utf8[..length])
            : Text == expected;
    }

    /// <summary>Starts reading this value as an object; every failure of that reading has <paramref name="code"/>.</summary>
    public JsonObject ReadObject(string code) => JsonObject.Start(this, code);

    /// <summary>The received text, for messages and debuggers.</summary>
    public override string ToString() => Text;

    /// <summary>Another value of the same text.</summary>
    internal JsonValue At(int index) => new(_text!, index);

    // The row leaves the quotes out; the reader wants them back.
    private Utf8JsonReader Reader()
    {
        var reader = new Utf8JsonReader(_text!.Utf8.Span.Slice(Row.Start - 1, Row.Length + 2));
        _ = reader.Read();
        return reader;
    }
}
