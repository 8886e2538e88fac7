using System.Text.Json;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Oci;

/// <summary>A document of our own making, ready to be pushed under its digest.</summary>
public sealed record MadeDocument(Descriptor Descriptor, ReadOnlyMemory<byte> Bytes);

/// <summary>Writes manifests and indexes: compact, canonical (RFC 8785), so that the same content has the same digest everywhere.</summary>
public static class DocumentWriter
{
    /// <summary>
    /// A manifest that attaches layers to a subject: an artifact type, the empty configuration with its data, the layers.
    /// Its descriptor carries artifact type and annotations, as a list of referrers needs them.
    /// </summary>
    public static MadeDocument Artifact(
        string artifactType, Descriptor? subject, IEnumerable<Descriptor> layers, ImmutableSortedDictionary<string, string>? annotations = null)
    {
        var labels = annotations ?? ImmutableSortedDictionary<string, string>.Empty;
        var bytes = CanonicalDocument.Write(writer =>
        {
            Begin(writer, MediaType.OciManifest);
            writer.WriteString("artifactType", artifactType);
            writer.WritePropertyName("config");
            Write(writer, Descriptor.EmptyConfig);
            writer.WriteStartArray("layers");
            foreach (var layer in layers)
                Write(writer, layer);
            writer.WriteEndArray();
            if (subject is not null)
            {
                writer.WritePropertyName("subject");
                // Type, digest and size say what is meant; a platform or labels would be a second opinion.
                Write(writer, new Descriptor(subject.MediaType, subject.Digest, subject.Size));
            }

            WriteAnnotations(writer, labels);
            writer.WriteEndObject();
        });
        return new MadeDocument(Descriptor.Describe(MediaType.OciManifest, bytes) with { ArtifactType = artifactType, Annotations = labels }, bytes);
    }

    /// <summary>An image's manifest: a configuration and its layers.</summary>
    public static MadeDocument Manifest(
        Descriptor config, IEnumerable<Descriptor> layers, ImmutableSortedDictionary<string, string>? annotations = null)
    {
        var bytes = CanonicalDocument.Write(writer =>
        {
            Begin(writer, MediaType.OciManifest);
            writer.WritePropertyName("config");
            Write(writer, config);
            writer.WriteStartArray("layers");
            foreach (var layer in layers)
                Write(writer, layer);
            writer.WriteEndArray();
            WriteAnnotations(writer, annotations ?? ImmutableSortedDictionary<string, string>.Empty);
            writer.WriteEndObject();
        });
        return new MadeDocument(Descriptor.Describe(MediaType.OciManifest, bytes), bytes);
    }

    /// <summary>An index over these entries.</summary>
    public static MadeDocument Index(IEnumerable<Descriptor> entries, ImmutableSortedDictionary<string, string>? annotations = null)
    {
        var bytes = CanonicalDocument.Write(writer =>
        {
            Begin(writer, MediaType.OciIndex);
            writer.WriteStartArray("manifests");
            foreach (var entry in entries)
                Write(writer, entry);
            writer.WriteEndArray();
            WriteAnnotations(writer, annotations ?? ImmutableSortedDictionary<string, string>.Empty);
            writer.WriteEndObject();
        });
        return new MadeDocument(Descriptor.Describe(MediaType.OciIndex, bytes), bytes);
    }

    /// <summary>Writes one descriptor with everything it has.</summary>
    public static void Write(Utf8JsonWriter writer, Descriptor descriptor)
    {
        writer.WriteStartObject();
        writer.WriteString("mediaType", descriptor.MediaType);
        writer.WriteString("digest", descriptor.Digest.ToString());
        writer.WriteNumber("size", descriptor.Size);
        if (descriptor.ArtifactType is { } artifactType)
            writer.WriteString("artifactType", artifactType);
        if (descriptor.Data is { } data)
            writer.WriteBase64String("data", data.Span);
        if (descriptor.Platform is { } platform)
            WritePlatform(writer, platform);
        WriteAnnotations(writer, descriptor.Annotations);
        writer.WriteEndObject();
    }

    private static void WritePlatform(Utf8JsonWriter writer, Platform platform)
    {
        writer.WriteStartObject("platform");
        writer.WriteString("os", platform.Os);
        writer.WriteString("architecture", platform.Architecture);
        if (platform.Variant.Length > 0)
            writer.WriteString("variant", platform.Variant);
        if (platform.OsVersion.Length > 0)
            writer.WriteString("os.version", platform.OsVersion);
        writer.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter writer, string mediaType)
    {
        writer.WriteStartObject();
        writer.WriteNumber("schemaVersion", 2);
        writer.WriteString("mediaType", mediaType);
    }

    private static void WriteAnnotations(Utf8JsonWriter writer, ImmutableSortedDictionary<string, string> annotations)
    {
        if (annotations.IsEmpty)
            return;
        writer.WriteStartObject("annotations");
        foreach (var (key, value) in annotations)
            writer.WriteString(key, value);
        writer.WriteEndObject();
    }
}
