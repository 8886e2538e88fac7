using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Plimsoll.Oci;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Server.Registry;

/// <summary>
/// A manifest as somebody pushes it. A registry reads only what it has to act on; whether a manifest may be trusted is for
/// those who pull it.
/// </summary>
internal sealed record PushedManifest(Digest Digest, string MediaType, ReadOnlyMemory<byte> Bytes)
{
    private const string Code = "registry.manifest";
    // Media types with their '+' as it is; nobody puts this into HTML.
    private static readonly JsonWriterOptions Plain = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonLimits Limits = new(ImageDocument.MostBytes, Depth: 32, Values: 400_000);

    /// <summary>What it is attached to.</summary>
    public Digest? Subject { get; private init; }

    /// <summary>Configuration and layers, which have to be there before.</summary>
    public ImmutableArray<Digest> Blobs { get; private init; } = [];

    private string? ArtifactType { get; init; }

    private ImmutableSortedDictionary<string, string> Annotations { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Reads what was pushed under this Content-Type.</summary>
    public static Result<PushedManifest> Parse(ReadOnlyMemory<byte> bytes, Digest digest, string mediaType)
    {
        if (!StrictJson.Parse(bytes, Limits).Succeeded(out var root, out var failure))
            return failure;

        var reader = root.ReadObject(Code);
        var config = reader.OptionalObject("config");
        var blobs = ImmutableArray.CreateBuilder<Digest>();
        foreach (var content in config is null ? Layers(reader) : Layers(reader).Prepend(config))
        {
            // Foreign layers lie elsewhere (image-spec, manifest.md); the others must be here.
            if (content.OptionalStrings("urls").IsEmpty && ReadDigest(content) is { } blob)
                blobs.Add(blob);
        }

        if (reader.OptionalString("mediaType") is { } stated && stated != mediaType)
            reader.Fail("mediaType", $"is not '{mediaType}', the Content-Type");
        var manifest = new PushedManifest(digest, mediaType, bytes)
        {
            Subject = reader.OptionalObject("subject") is { } subject ? ReadDigest(subject) : null,
            Blobs = blobs.ToImmutable(),
            // Listing Referrers: the artifact type, or where there is none the configuration's media type.
            ArtifactType = reader.OptionalString("artifactType") is { Length: > 0 } type ? type : config?.OptionalString("mediaType"),
            Annotations = reader.OptionalStringMap("annotations"),
        };
        return reader.Failed(out failure) ? failure : manifest;
    }

    /// <summary>The line that the list of its subject's referrers gets.</summary>
    public ReadOnlyMemory<byte> ReferrerEntry()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
            DocumentWriter.Write(writer, new Descriptor(MediaType, Digest, Bytes.Length) { ArtifactType = ArtifactType, Annotations = Annotations });
        return buffer.ToArray();
    }

    // Some tools write null for no layers.
    private static ImmutableArray<JsonObject> Layers(JsonObject reader)
        => reader.OptionalValue("layers") is { Kind: JsonKind.Array } ? reader.OptionalObjects("layers") : [];

    private static Digest? ReadDigest(JsonObject descriptor)
    {
        if (Digest.Parse(descriptor.String("digest")).Succeeded(out var digest, out var failure))
            return digest;
        descriptor.Fail("digest", failure.What);
        return null;
    }
}
