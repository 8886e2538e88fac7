using Plimsoll.Primitives.Json;

namespace Plimsoll.Oci;

/// <summary>
/// An image index (OCI) or manifest list (Docker): one manifest for each platform, and BuildKit's attestation manifests
/// beside them. What could mean two things is refused (docs/formats.md, Indexes and manifests).
/// </summary>
public sealed record ImageIndex : ImageDocument
{
    /// <summary>Most entries of an image's index.</summary>
    public const int MostEntries = 1024;

    private ImageIndex(Descriptor descriptor, ReadOnlyMemory<byte> bytes, ImmutableArray<Descriptor> entries)
        : base(descriptor, bytes) => Entries = entries;

    /// <summary>All entries in order; each has a platform.</summary>
    public ImmutableArray<Descriptor> Entries { get; }

    /// <summary>The images: all entries but the attestation manifests. No two have one platform.</summary>
    public IEnumerable<Descriptor> Children => Entries.Where(entry => !IsAttestation(entry));

    /// <summary>BuildKit's attestation manifests, each with the digest it speaks about.</summary>
    public IEnumerable<(Descriptor Manifest, Digest About)> Attestations => Entries
        .Where(IsAttestation)
        .Select(entry => (entry, AboutOf(entry).Succeeded(out var about, out _) ? about : default));

    /// <summary>Reads an index; a manifest is refused.</summary>
    public static new Result<ImageIndex> Parse(ReadOnlyMemory<byte> bytes, Descriptor expected) => ImageDocument.Parse(bytes, expected).Then(Narrow);

    /// <inheritdoc cref="Parse(ReadOnlyMemory{byte}, Descriptor)"/>
    public static new Result<ImageIndex> Parse(ReadOnlyMemory<byte> bytes, Digest digest) => ImageDocument.Parse(bytes, digest).Then(Narrow);

    /// <summary>The image for exactly this platform.</summary>
    public Result<Descriptor> Find(Platform platform)
    {
        // A machine that does not say its Windows version can take one entry only if there is no other.
        var fitting = Children.Where(entry => entry.Platform!.Overlaps(platform)).Take(2).ToArray();
        return fitting is [var child]
            ? child
            : Refused.Missing(
                "oci.no-such-platform",
                fitting.Length == 0 ? $"{Digest} has no image for {platform}" : $"{Digest} has several images for {platform}",
                $"ask for one that it has: {string.Join(", ", Children.Take(20).Select(entry => entry.Platform))}");
    }

    internal static Result<ImageIndex> Read(JsonValue root, Descriptor descriptor, ReadOnlyMemory<byte> bytes)
    {
        if (!Start(root, "oci.index", ["config", "layers", "fsLayers", "history"], "oci.index-with-layers").Succeeded(out var members, out var failure))
            return failure;

        var artifactType = members.OptionalString("artifactType");
        var annotations = members.OptionalStringMap("annotations");
        var manifests = members.Array("manifests");
        var subject = members.OptionalValue("subject");
        if (manifests.Count is 0 or > MostEntries)
            members.Fail("manifests", $"has {manifests.Count} entries, not between 1 and {MostEntries}");
        if (members.Failed(out failure))
            return failure;

        var entries = ImmutableArray.CreateBuilder<Descriptor>(manifests.Count);
        foreach (var manifest in manifests)
        {
            if (!ReadDescriptor(manifest, "oci.index").Then(Admit).Succeeded(out var entry, out failure))
                return failure;
            entries.Add(entry);
        }

        if (Doubled(entries) is { } doubled)
            return doubled;

        var index = new ImageIndex(descriptor, bytes, entries.ToImmutable()) { ArtifactType = artifactType, Annotations = annotations };
        if (subject is null)
            return index;
        return ReadDescriptor(subject.Value, "oci.index").Select(to => index with { Subject = to });
    }

    /// <summary>Whether an entry is BuildKit's attestation manifest and so no image.</summary>
    internal static bool IsAttestation(Descriptor entry)
        => entry.Annotation(Oci.Annotations.ReferenceType) == Oci.Annotations.AttestationManifest;

    private static Result<ImageIndex> Narrow(ImageDocument document)
        => document is ImageIndex index
            ? index
            : Refused.Malformed("oci.not-an-index", $"{document.Digest} is a manifest where an index was expected");

    private static Result<Digest> AboutOf(Descriptor entry) => Digest.Parse(entry.Annotation(Oci.Annotations.ReferenceDigest) ?? "");

    private static Result<Descriptor> Admit(Descriptor entry)
    {
        if (Oci.MediaType.IsIndex(entry.MediaType))
            return Refused.Malformed("oci.index-in-index", $"the entry {entry.Digest} is an index inside an index");
        if (!Oci.MediaType.IsManifest(entry.MediaType))
            return Refused.Malformed("oci.index-entry-type", $"the entry {entry.Digest} is {Refused.Shorten(entry.MediaType)}, which is no manifest");
        if (entry.Platform is null)
            return Refused.Malformed("oci.index-without-platform", $"the entry {entry.Digest} does not say its platform, so any machine might take it");
        if (!IsAttestation(entry))
            return entry;

        // A client that does not know BuildKit's annotations goes by the platform alone, and would run what we leave aside.
        return entry.Platform.IsUnknown && AboutOf(entry).Succeeded(out _, out _)
            ? entry
            : Refused.Malformed(
                "oci.attestation-entry",
                $"the entry {entry.Digest} is marked as an attestation manifest and has platform {entry.Platform} and "
                + $"reference '{Refused.Shorten(entry.Annotation(Oci.Annotations.ReferenceDigest) ?? "")}'");
    }

    private static Failure? Doubled(IReadOnlyList<Descriptor> entries)
    {
        var groups = new Dictionary<(string Os, string Architecture, string Variant), Dictionary<string, Descriptor>>();
        foreach (var entry in entries.Where(entry => !IsAttestation(entry)))
        {
            var platform = entry.Platform!;
            var key = (platform.Os, platform.Architecture, platform.Variant);
            if (!groups.TryGetValue(key, out var builds))
                groups[key] = builds = [];

            var other = platform.Build.Length == 0
                ? builds.Values.FirstOrDefault()
                : builds.GetValueOrDefault(platform.Build) ?? builds.GetValueOrDefault("");
            if (other is not null)
                return Refused.Malformed(
                    "oci.index-doubled-platform", $"two entries are for {platform}: {other.Digest} and {entry.Digest}; which one runs depends on the client");
            builds.Add(platform.Build, entry);
        }

        return null;
    }
}
