using Plimsoll.Primitives.Json;

namespace Plimsoll.Oci;

/// <summary>
/// The rules that every index and manifest is held to before its members mean anything (docs/formats.md, Indexes and
/// manifests): one document must not read as two to two programs.
/// </summary>
internal static class DocumentReader
{
    /// <summary>Every member that some reader of indexes or manifests, old ones included, gives a meaning.</summary>
    public static ImmutableArray<string> KnownMembers { get; } =
    [
        "schemaVersion", "mediaType", "artifactType", "config", "layers", "manifests", "subject", "annotations",
        "fsLayers", "history", "signatures", "name", "tag", "architecture",
    ];

    /// <summary>Reads the bytes as JSON after they were found to be what the caller expects.</summary>
    public static Result<JsonValue> Open(ReadOnlyMemory<byte> bytes, Digest digest, long? size)
    {
        if (bytes.Length > ImageDocument.MostBytes)
            return Refused.Malformed("oci.too-large", $"a manifest of {bytes.Length} bytes is more than {ImageDocument.MostBytes}");
        if (size is { } stated && stated != bytes.Length)
            return new Descriptor("", digest, stated).SizeMismatch(bytes.Length);
        return digest.Verify(bytes).Then(verified => StrictJson.Parse(verified, ImageDocument.Limits));
    }

    /// <summary>Finds out which of the two the body says it is, and refuses one that says both, neither or something old.</summary>
    public static Result<string> MediaTypeOf(JsonValue root, string? expected)
    {
        if (CaseVariant(root, KnownMembers) is { } variant)
            return variant;
        if (root.Kind == JsonKind.Object && root.Member("schemaVersion") is { Kind: JsonKind.Number, Text: "1" })
            return Schema1();

        var members = root.ReadObject("oci.manifest");
        var version = members.Integer("schemaVersion");
        if (!members.Failed(out _) && version != 2)
            members.Fail("schemaVersion", $"is {version}, and only 2 is known");
        if (members.Failed(out var failure))
            return failure;
        if (members.OptionalString("mediaType") is not { } mediaType)
            return members.Failed(out failure) ? failure : Refused.Malformed(
                "oci.media-type-missing", "the document does not say whether it is an index or a manifest, so two readers may disagree");
        if (expected is not null && mediaType != expected)
            return Refused.Malformed(
                "oci.media-type-mismatch", $"the document says it is {Refused.Shorten(mediaType)}, and its descriptor {Refused.Shorten(expected)}");
        return mediaType is MediaType.DockerSchema1 or MediaType.DockerSchema1Signed ? Schema1() : mediaType;
    }

    /// <summary>The failure for a member whose name a lenient reader would take for a known one, or null.</summary>
    public static Failure? CaseVariant(JsonValue value, ImmutableArray<string> known)
    {
        foreach (var (name, _) in value.Members())
        {
            if (known.FirstOrDefault(name.TextEquals) is null && known.FirstOrDefault(word => FoldsTo(name.Text, word)) is { } like)
                return Refused.Malformed(
                    "oci.case-variant", $"a member '{Refused.Shorten(name.Text)}' differs only in case from '{like}', and some readers take one for the other");
        }

        return null;
    }

    // Go's encoding/json folds as Unicode does: the long s and the Kelvin sign are letters of ASCII to it.
    private static bool FoldsTo(string name, string word)
        => name.Length == word.Length
            && name.Replace('\u017F', 's').Replace('\u212A', 'k').Equals(word, StringComparison.OrdinalIgnoreCase);

    private static Failure Schema1() => Refused.Malformed(
        "oci.schema1", "this is a manifest of schema 1, whose digest does not cover what it says", "build the image again with a current builder");
}
