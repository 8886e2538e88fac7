using Plimsoll.Primitives.Json;

namespace Plimsoll.Oci.Layout;

/// <summary>The images that an OCI image layout holds (image-spec, image-layout.md). Reading the folder is the caller's work.</summary>
public sealed record ImageLayout
{
    /// <summary>The file that marks the folder.</summary>
    public const string MarkerFile = "oci-layout";

    /// <summary>The file that lists what it holds.</summary>
    public const string IndexFile = "index.json";

    private ImageLayout(ImmutableArray<Descriptor> entries) => Entries = entries;

    /// <summary>What the layout lists, in order: indexes, manifests and whatever else.</summary>
    public ImmutableArray<Descriptor> Entries { get; }

    /// <summary>Reads the marker and the list. The list has no digest, so nothing in it is more than a pointer.</summary>
    public static Result<ImageLayout> Parse(ReadOnlyMemory<byte> marker, ReadOnlyMemory<byte> index)
    {
        if (!StrictJson.Parse(marker, new JsonLimits(4096)).Succeeded(out var layout, out var failure)
            || !StrictJson.Parse(index, ImageDocument.Limits).Succeeded(out var root, out failure))
            return failure;

        var version = layout.ReadObject("oci.layout");
        if (version.String("imageLayoutVersion") is var number && !version.Failed(out _) && number != "1.0.0")
            version.Fail("imageLayoutVersion", $"is {Refused.Shorten(number)}, and only 1.0.0 is known");
        if (version.Failed(out failure))
            return failure;
        if (DocumentReader.CaseVariant(root, DocumentReader.KnownMembers) is { } variant)
            return variant;

        var members = root.ReadObject("oci.layout");
        // image-layout.md: unlike an index in a repository, this one need not state its media type.
        if (members.OptionalString("mediaType") is { } mediaType && mediaType != MediaType.OciIndex)
            members.Fail("mediaType", $"is {Refused.Shorten(mediaType)}, not {MediaType.OciIndex}");
        if (members.Integer("schemaVersion") is var schema && schema != 2)
            members.Fail("schemaVersion", $"is {schema}, and only 2 is known");
        var entries = members.Array("manifests");
        return members.Failed(out failure) ? failure : ReadAll(entries);
    }

    /// <summary>The file of a blob, relative to the layout's folder. A digest is hex, so the path cannot climb out.</summary>
    public static string BlobPath(Digest digest)
        => digest.IsEmpty ? throw new ArgumentException("no digest", nameof(digest)) : $"blobs/{digest.Algorithm}/{digest.Hex}";

    /// <summary>The name that an entry gives its image, if it is a full one.</summary>
    /// <returns>
    /// The reference, or null where there is none. <c>org.opencontainers.image.ref.name</c> may be a full name or only a
    /// tag, so containerd's annotation is asked first.
    /// </returns>
    public static Reference? NameOf(Descriptor entry)
    {
        foreach (var key in new[] { Annotations.ContainerdImageName, Annotations.RefName })
        {
            // A bare word there is a tag, and would be taken for docker.io/library/WORD.
            if (entry.Annotation(key) is { } text && text.Contains('/', StringComparison.Ordinal) && Reference.Parse(text).Succeeded(out var name, out _))
                return name;
        }

        return null;
    }

    /// <summary>
    /// The one image that is meant: the one of this name, tag or digest, or the only one if nothing was asked for. A build that
    /// was given no name leaves an image that has none; if it is the only one, it is meant by any name.
    /// </summary>
    /// <param name="wanted">A digest, a full name, or the text of <c>org.opencontainers.image.ref.name</c>; null for the only one.</param>
    public Result<Descriptor> Choose(string? wanted = null)
    {
        var documents = Entries.Where(entry => MediaType.IsIndex(entry.MediaType) || MediaType.IsManifest(entry.MediaType)).ToArray();
        // What is attached to an image is listed beside it, with its artifact type.
        var images = documents.Where(entry => string.IsNullOrEmpty(entry.ArtifactType)).ToArray();
        var fitting = wanted is null ? images : documents.Where(entry => Fits(entry, wanted)).ToArray();
        if (fitting is [] && wanted is not null && !Digest.Parse(wanted).Succeeded(out _, out _) && images.All(IsUnnamed))
            fitting = images;
        return fitting.Select(entry => entry.Digest).Distinct().Take(2).Count() switch
        {
            1 => fitting[0],
            0 => Refused.Missing("oci.layout-no-image", $"the layout has no image{(wanted is null ? "" : $" '{Refused.Shorten(wanted)}'")}", Next(images)),
            _ => Refused.Missing("oci.layout-several-images", $"the layout has {fitting.Length} images that could be meant", Next(images)),
        };
    }

    private static bool Fits(Descriptor entry, string wanted)
        => entry.Digest.ToString() == wanted
            || entry.Annotation(Annotations.RefName) == wanted
            || (NameOf(entry) is { } name && Reference.Parse(wanted).Succeeded(out var asked, out _)
                && (asked.Digest is { } digest ? digest == entry.Digest : asked.Tag == name.Tag) && asked.Repository == name.Repository);

    // BuildKit writes the tag 'latest' where it was given no name.
    private static bool IsUnnamed(Descriptor entry) => NameOf(entry) is null && entry.Annotation(Annotations.RefName) is null or "latest";

    private static string Next(IReadOnlyCollection<Descriptor> images)
        => "name one of: " + string.Join(", ", images.Take(20).Select(entry => NameOf(entry)?.Familiar ?? entry.Annotation(Annotations.RefName) ?? $"{entry.Digest}"));

    private static Result<ImageLayout> ReadAll(IReadOnlyList<JsonValue> values)
    {
        var entries = ImmutableArray.CreateBuilder<Descriptor>(values.Count);
        foreach (var value in values)
        {
            if (!ImageDocument.ReadDescriptor(value, "oci.layout").Succeeded(out var entry, out var failure))
                return failure;
            entries.Add(entry);
        }

        return new ImageLayout(entries.MoveToImmutable());
    }
}
