using System.Text.Encodings.Web;
using System.Text.Json;
using Plimsoll.Oci;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Client.Layouts;

/// <summary>Changes an <c>index.json</c> and keeps what it does not know as it stands.</summary>
internal static class LayoutIndex
{
    // Media types with their '+' as it is; nobody puts this into HTML.
    private static readonly JsonWriterOptions Plain = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonLimits Limits = new(ImageDocument.MostBytes, Depth: 16, Values: 200_000);

    public static ReadOnlySpan<byte> Empty => """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"""u8;

    /// <summary>
    /// The index with this entry. An entry of the same tag goes, since a tag means one thing; without a tag, an entry of the
    /// same digest stays and nothing changes.
    /// </summary>
    public static Result<ReadOnlyMemory<byte>> Add(ReadOnlyMemory<byte> index, Descriptor entry, Tag? tag)
    {
        if (!StrictJson.Parse(index, Limits).Succeeded(out var root, out var failure))
            return failure;
        var present = root.Member("manifests") is { } manifests ? manifests.Elements() : default;
        if (tag is null && present.Any(other => DigestOf(other) == entry.Digest))
            return index;

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in root.Members().Where(member => !member.Name.TextEquals("manifests")))
            {
                writer.WritePropertyName(name.Text);
                Copy(writer, value);
            }

            writer.WriteStartArray("manifests");
            foreach (var other in present.Where(other => tag is null || !HasTag(other, tag.Value)))
                Copy(writer, other);
            DocumentWriter.Write(writer, entry);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return new ReadOnlyMemory<byte>(buffer.ToArray());
    }

    private static void Copy(Utf8JsonWriter writer, JsonValue value)
    {
        if (value.Kind == JsonKind.String)
            writer.WriteStringValue(value.Text);
        else
            writer.WriteRawValue(value.Raw.Span);
    }

    private static Digest DigestOf(JsonValue entry)
        => Digest.Parse(entry.Member("digest")?.Text ?? "").Succeeded(out var digest, out _) ? digest : default;

    private static bool HasTag(JsonValue entry, Tag tag)
        => entry.Member("annotations")?.Member(Annotations.RefName) is { } name && name.TextEquals(tag.ToString());
}
