using Plimsoll.Primitives.Json;

namespace Plimsoll.Oci;

/// <summary>An index or a manifest: what a repository holds under a digest. Its bytes are what everything else refers to.</summary>
/// <param name="Descriptor">Type, digest and size, as the body and the bytes say; annotations as the referring document said.</param>
/// <param name="Bytes">The bytes as they arrived.</param>
public abstract record ImageDocument(Descriptor Descriptor, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Largest index or manifest: what registries accept.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    internal static JsonLimits Limits { get; } = new(MostBytes, Depth: 16, Values: 200_000);

    /// <summary>The body's media type, never the Content-Type header's.</summary>
    public string MediaType => Descriptor.MediaType;

    /// <summary>The digest under which the document was asked for; the bytes have it.</summary>
    public Digest Digest => Descriptor.Digest;

    /// <summary>The manifest that this one is attached to, if it is.</summary>
    public Descriptor? Subject { get; init; }

    /// <summary>What an artifact is.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>The document's own annotations.</summary>
    public ImmutableSortedDictionary<string, string> Annotations { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Reads whatever the body says it is: an <see cref="ImageIndex"/> or an <see cref="ImageManifest"/>.</summary>
    public static Result<ImageDocument> Parse(ReadOnlyMemory<byte> bytes, Digest digest) => Parse(bytes, digest, null, null);

    /// <summary>The same, and refuses a size or media type other than the descriptor's.</summary>
    public static Result<ImageDocument> Parse(ReadOnlyMemory<byte> bytes, Descriptor expected)
        => Parse(bytes, expected.Digest, expected.Size, expected.MediaType)
            .Select(document => document with { Descriptor = document.Descriptor with { Annotations = expected.Annotations, Platform = expected.Platform } });

    internal static Result<JsonObject> Start(JsonValue root, string code, ReadOnlySpan<string> foreign, string foreignCode)
    {
        foreach (var member in foreign)
        {
            if (root.Member(member) is not null)
                return Refused.Malformed(foreignCode, $"a member '{member}' stands where it has no meaning, and another reader may follow it");
        }

        return root.ReadObject(code);
    }

    internal static Result<Descriptor> ReadDescriptor(JsonValue value, string code)
    {
        if (DocumentReader.CaseVariant(value, Descriptor.KnownMembers) is { } variant)
            return variant;
        if (value.Member("platform") is { } platform && DocumentReader.CaseVariant(platform, Descriptor.PlatformMembers) is { } inner)
            return inner;
        return Descriptor.Read(value.ReadObject(code));
    }

    private static Result<ImageDocument> Parse(ReadOnlyMemory<byte> bytes, Digest digest, long? size, string? expected)
    {
        if (!DocumentReader.Open(bytes, digest, size).Succeeded(out var root, out var failure)
            || !DocumentReader.MediaTypeOf(root, expected).Succeeded(out var mediaType, out failure))
            return failure;

        var descriptor = new Descriptor(mediaType, digest, bytes.Length);
        if (Oci.MediaType.IsIndex(mediaType))
            return ImageIndex.Read(root, descriptor, bytes).Select<ImageDocument>(index => index);
        return Oci.MediaType.IsManifest(mediaType)
            ? ImageManifest.Read(root, descriptor, bytes).Select<ImageDocument>(manifest => manifest)
            : Refused.Malformed("oci.media-type-unknown", $"{Refused.Shorten(mediaType)} is neither an index nor a manifest that is known here");
    }
}
