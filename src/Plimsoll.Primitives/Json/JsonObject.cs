using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Plimsoll.Primitives.Encodings;

namespace Plimsoll.Primitives.Json;

/// <summary>
/// Reads an object's members by name. The first failure sticks and the rest of the reading gives empty values, so a format
/// is read as a plain list of its fields with one question, <see cref="Failed"/>, at the end. Objects read from inside this
/// one share its failure.
/// </summary>
public sealed class JsonObject
{
    private readonly JsonValue? _value;
    private readonly string _path;
    private readonly Reading _reading;
    private readonly List<string> _asked = [];

    private JsonObject(JsonValue? value, string path, Reading reading)
    {
        _value = value;
        _path = path;
        _reading = reading;
    }

    internal static JsonObject Start(JsonValue value, string code)
    {
        var reading = new Reading(code);
        if (value.Kind != JsonKind.Object)
            reading.Fail($"an object is needed, not {Describe(value.Kind)}");
        return new JsonObject(value, "", reading);
    }

    /// <summary>Whether anything read so far was missing or of the wrong form.</summary>
    public bool Failed([NotNullWhen(true)] out Failure? failure)
    {
        failure = _reading.First;
        return failure is not null;
    }

    /// <summary>Whether the member is there, whatever its value.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>A member that must be there, of any kind; a null stands in for one that is not.</summary>
    public JsonValue Value(string name)
    {
        Require(name);
        return Find(name).GetValueOrDefault();
    }

    /// <summary>A member of any kind, or null where it is absent.</summary>
    public JsonValue? OptionalValue(string name) => Find(name);

    /// <summary>A string that must be there.</summary>
    public string String(string name)
    {
        Require(name);
        return OptionalString(name) ?? "";
    }

    /// <summary>A string, or null where the member is absent. A <c>null</c> is not absent, it is refused.</summary>
    public string? OptionalString(string name) => Find(name, JsonKind.String)?.Text;

    /// <summary>A string that must be there, as UTF-8 and read in place: a long text costs no copy.</summary>
    public ReadOnlyMemory<byte> Utf8String(string name)
    {
        Require(name);
        return Find(name, JsonKind.String)?.Utf8Text ?? default;
    }

    /// <summary>A string of at least one character that must be there.</summary>
    public string NonEmptyString(string name)
    {
        var text = String(name);
        if (text.Length == 0)
            Fail(name, "is empty");
        return text;
    }

    /// <summary>A whole number that must be there, spelt in the one plain decimal way.</summary>
    public long Integer(string name)
    {
        Require(name);
        return OptionalInteger(name) ?? 0;
    }

    /// <summary>A whole number in plain decimal spelling (no fraction, exponent, leading zero or <c>-0</c>), or null where absent.</summary>
    public long? OptionalInteger(string name)
    {
        if (Find(name, JsonKind.Number) is not { } value)
            return null;
        if (long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number.ToString(CultureInfo.InvariantCulture) == value.Text)
            return number;

        Fail(name, $"is {Shorten(value.Text)}, not a plain whole number");
        return null;
    }

    /// <summary>A boolean, or null where the member is absent.</summary>
    public bool? OptionalBoolean(string name)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.Kind is JsonKind.True or JsonKind.False)
            return value.Kind == JsonKind.True;

        Fail(name, $"is {Describe(value.Kind)}, not true or false");
        return null;
    }

    /// <summary>Bytes in standard base64 that must be there.</summary>
    public byte[] Base64(string name) => Decode(name, Base64Text.Decode);

    /// <summary>Bytes in base64url without padding that must be there.</summary>
    public byte[] Base64Url(string name) => Decode(name, Base64Text.DecodeUrl);

    /// <summary>An object that must be there.</summary>
    public JsonObject Object(string name)
    {
        Require(name);
        return OptionalObject(name) ?? new JsonObject(null, Join(name), _reading);
    }

    /// <summary>An object, or null where the member is absent.</summary>
    public JsonObject? OptionalObject(string name)
        => Find(name, JsonKind.Object) is { } value ? new JsonObject(value, Join(name), _reading) : null;

    /// <summary>An array that must be there, as values.</summary>
    public IReadOnlyList<JsonValue> Array(string name)
    {
        Require(name);
        return OptionalArray(name) ?? [];
    }

    /// <summary>An array as values, or null where the member is absent.</summary>
    public IReadOnlyList<JsonValue>? OptionalArray(string name) => Find(name, JsonKind.Array) is { } value ? [.. value.Elements()] : null;

    /// <summary>An array of objects; none where the member is absent.</summary>
    public ImmutableArray<JsonObject> OptionalObjects(string name)
    {
        var objects = ImmutableArray.CreateBuilder<JsonObject>();
        var index = 0;
        foreach (var element in Find(name, JsonKind.Array).GetValueOrDefault().Elements())
        {
            if (element.Kind != JsonKind.Object)
                Fail($"{name}[{index}]", $"is {Describe(element.Kind)}, not an object");
            else
                objects.Add(new JsonObject(element, Join($"{name}[{index}]"), _reading));
            index++;
        }

        return objects.ToImmutable();
    }

    /// <summary>An array of objects that must be there, empty or not.</summary>
    public ImmutableArray<JsonObject> Objects(string name)
    {
        Require(name);
        return OptionalObjects(name);
    }

    /// <summary>An array of strings; none where the member is absent.</summary>
    public ImmutableArray<string> OptionalStrings(string name)
    {
        var strings = ImmutableArray.CreateBuilder<string>();
        foreach (var element in Find(name, JsonKind.Array).GetValueOrDefault().Elements())
        {
            if (element.Kind != JsonKind.String)
                Fail(name, $"holds {Describe(element.Kind)} among its strings");
            else
                strings.Add(element.Text);
        }

        return strings.ToImmutable();
    }

    /// <summary>An object whose values are all strings; empty where the member is absent.</summary>
    public ImmutableSortedDictionary<string, string> OptionalStringMap(string name)
    {
        var map = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in Find(name, JsonKind.Object).GetValueOrDefault().Members())
        {
            if (value.Kind != JsonKind.String)
                Fail(name, $"has a member '{Shorten(key.Text)}' that is {Describe(value.Kind)}, not a string");
            else
                map[key.Text] = value.Text;
        }

        return map.ToImmutable();
    }

    /// <summary>The names of all members, in order.</summary>
    public IEnumerable<string> Names() => _value.GetValueOrDefault().Members().Select(member => member.Name.Text);

    /// <summary>Refuses members that were not asked for.</summary>
    public void NoOtherMembers()
    {
        foreach (var (name, _) in _value.GetValueOrDefault().Members())
        {
            if (!IsAsked(name))
                Fail(name.Text, "is not a member that this format knows");
        }
    }

    /// <summary>
    /// Refuses a member whose name differs only in case from one that was asked for before: a lenient reader would take one
    /// for the other, and the two would see different things.
    /// </summary>
    public void NoCaseVariants()
    {
        foreach (var (name, _) in _value.GetValueOrDefault().Members())
        {
            if (!IsAsked(name) && VariantOf(Fold(name.Text)) is { } known)
                Fail(name.Text, $"differs only in case from '{known}'");
        }
    }

    /// <summary>Records a failure of meaning found by the caller, under this object's code and path.</summary>
    public void Fail(string name, string what) => _reading.Fail($"'{Join(Shorten(name))}' {what}");

    private bool IsAsked(JsonValue name)
    {
        foreach (var asked in _asked)
        {
            if (name.TextEquals(asked))
                return true;
        }

        return false;
    }

    private string? VariantOf(string folded)
    {
        foreach (var asked in _asked)
        {
            if (string.Equals(asked, folded, StringComparison.OrdinalIgnoreCase))
                return asked;
        }

        return null;
    }

    private byte[] Decode(string name, Func<string, Result<byte[]>> decode)
    {
        var text = String(name);
        if (decode(text).Succeeded(out var bytes, out var failure))
            return bytes;
        Fail(name, failure.What);
        return [];
    }

    private JsonValue? Find(string name, JsonKind? kind = null)
    {
        _asked.Add(name);
        if (_value?.Member(name) is not { } value)
            return null;
        if (kind is null || value.Kind == kind)
            return value;

        Fail(name, $"is {Describe(value.Kind)}, not {Describe(kind.Value)}");
        return null;
    }

    private void Require(string name)
    {
        if (_value?.Member(name) is null)
            Fail(name, "is missing");
    }

    private string Join(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private static string Describe(JsonKind kind) => kind switch
    {
        JsonKind.Object => "an object",
        JsonKind.Array => "an array",
        JsonKind.String => "a string",
        JsonKind.Number => "a number",
        JsonKind.Null => "null",
        _ => "a boolean",
    };

    // Unicode folds the long s and the Kelvin sign to s and k, and so does Go's encoding/json; .NET's comparison does not.
    private static string Fold(string name) => name.Replace('\u017F', 's').Replace('\u212A', 'k');

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";

    private sealed class Reading(string code)
    {
        public Failure? First { get; private set; }

        public void Fail(string what) => First ??= new Failure(
            Refusal.Malformed, code, what, "get the data again from its source; if it stays, tell whoever made it");
    }
}
