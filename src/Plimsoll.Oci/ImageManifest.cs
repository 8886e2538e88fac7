using Plimsoll.Primitives.Json;

namespace Plimsoll.Oci;

/// <summary>The manifest of one image or artifact: a configuration and layers, perhaps attached to a subject.</summary>
public sealed record ImageManifest : ImageDocument
{
    /// <summary>Most layers of one manifest.</summary>
    public const int MostLayers = 2048;

    private ImageManifest(Descriptor descriptor, ReadOnlyMemory<byte> bytes, Descriptor config, ImmutableArray<Descriptor> layers)
        : base(descriptor, bytes)
    {
        Config = config;
        Layers = layers;
    }

    /// <summary>The configuration.</summary>
    public Descriptor Config { get; }

    /// <summary>The layers in order; an image without files has none.</summary>
    public ImmutableArray<Descriptor> Layers { get; }

    /// <summary>What the manifest holds: its artifact type, or where it has none its configuration's media type (distribution-spec, Listing Referrers).</summary>
    public string Kind => ArtifactType ?? Config.MediaType;

    /// <summary>Reads a manifest; an index is refused.</summary>
    public static new Result<ImageManifest> Parse(ReadOnlyMemory<byte> bytes, Descriptor expected) => ImageDocument.Parse(bytes, expected).Then(Narrow);

    /// <inheritdoc cref="Parse(ReadOnlyMemory{byte}, Descriptor)"/>
    public static new Result<ImageManifest> Parse(ReadOnlyMemory<byte> bytes, Digest digest) => ImageDocument.Parse(bytes, digest).Then(Narrow);

    internal static Result<ImageManifest> Read(JsonValue root, Descriptor descriptor, ReadOnlyMemory<byte> bytes)
    {
        if (!Start(root, "oci.manifest", ["manifests", "fsLayers", "history"], "oci.manifest-with-manifests").Succeeded(out var members, out var failure))
            return failure;

        var artifactType = members.OptionalString("artifactType");
        var annotations = members.OptionalStringMap("annotations");
        var config = members.Value("config");
        // Go writes an image without files with "layers": null.
        var empty = members.OptionalValue("layers") is { Kind: JsonKind.Null };
        var layers = empty ? [] : members.Array("layers");
        var subject = members.OptionalValue("subject");
        if (layers.Count > MostLayers)
            members.Fail("layers", $"has {layers.Count} entries, more than {MostLayers}");
        if (members.Failed(out failure) || !ReadDescriptor(config, "oci.manifest").Succeeded(out var configuration, out failure))
            return failure;

        var content = ImmutableArray.CreateBuilder<Descriptor>(layers.Count);
        foreach (var layer in layers)
        {
            if (!ReadDescriptor(layer, "oci.manifest").Succeeded(out var read, out failure))
                return failure;
            content.Add(read);
        }

        var manifest = new ImageManifest(descriptor, bytes, configuration, content.MoveToImmutable()) { ArtifactType = artifactType, Annotations = annotations };
        if (subject is null)
            return manifest;
        return ReadDescriptor(subject.Value, "oci.manifest").Select(to => manifest with { Subject = to });
    }

    private static Result<ImageManifest> Narrow(ImageDocument document)
        => document is ImageManifest manifest
            ? manifest
            : Refused.Malformed("oci.not-a-manifest", $"{document.Digest} is an index where a manifest was expected");
}
