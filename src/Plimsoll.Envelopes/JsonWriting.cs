using System.Text.Json;

namespace Plimsoll.Envelopes;

/// <summary>Copies a value that was read into a document that is being written.</summary>
internal static class JsonWriting
{
    public static void WriteTo(this JsonValue value, Utf8JsonWriter writer)
    {
        if (value.Kind == JsonKind.String)
            writer.WriteStringValue(value.Utf8Text.Span);
        else
            writer.WriteRawValue(value.Raw.Span, skipInputValidation: true);
    }
}
