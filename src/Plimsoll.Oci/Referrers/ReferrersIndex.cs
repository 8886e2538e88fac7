using Plimsoll.Primitives.Json;

namespace Plimsoll.Oci.Referrers;

/// <summary>The index that the tag scheme keeps under <see cref="ReferrersTag"/>, for registries without the referrers API.</summary>
public static class ReferrersIndex
{
    private static readonly JsonLimits Limits = new(ImageDocument.MostBytes, Depth: 16, Values: 400_000);

    /// <summary>
    /// The index with one more referrer; the others keep all their members. An entry of the same digest is replaced, and a line
    /// that is no object with a digest goes.
    /// </summary>
    /// <param name="present">What the tag holds now, or null where it does not exist yet.</param>
    /// <param name="referrer">The new manifest, with its artifact type and annotations.</param>
    public static Result<MadeDocument> Add(ReadOnlyMemory<byte>? present, Descriptor referrer)
    {
        var kept = new List<byte[]>();
        if (present is { } bytes)
        {
            if (!Open(bytes).Succeeded(out var manifests, out var failure))
                return failure;
            foreach (var entry in manifests.Where(entry => entry.Member("digest") is { } digest && !digest.TextEquals(referrer.Digest.ToString())))
            {
                // What has no canonical form, such as a number beyond any double, is no descriptor either.
                if (CanonicalJson.Rfc8785.Write(entry).Succeeded(out var canonical, out _))
                    kept.Add(canonical);
            }
        }

        var made = CanonicalDocument.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("schemaVersion", 2);
            writer.WriteString("mediaType", MediaType.OciIndex);
            writer.WriteStartArray("manifests");
            foreach (var entry in kept)
                writer.WriteRawValue(entry, skipInputValidation: true);
            DocumentWriter.Write(writer, referrer with { Platform = null, Data = null });
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        return made.Length <= ImageDocument.MostBytes
            ? new MadeDocument(Descriptor.Describe(MediaType.OciIndex, made), made)
            : Refused.Malformed(
                "oci.referrers-full", $"the list of referrers would have {made.Length} bytes, more than {ImageDocument.MostBytes}",
                "remove referrers that nobody needs, or use a registry with the referrers API");
    }

    internal static Result<IReadOnlyList<JsonValue>> Open(ReadOnlyMemory<byte> bytes)
    {
        if (!StrictJson.Parse(bytes, Limits).Succeeded(out var root, out var failure))
            return failure;
        if (DocumentReader.CaseVariant(root, DocumentReader.KnownMembers) is { } variant)
            return variant;

        var members = root.ReadObject("oci.referrers");
        if (members.OptionalString("mediaType") is { } mediaType && mediaType != MediaType.OciIndex)
            members.Fail("mediaType", $"is {Refused.Shorten(mediaType)}, and a list of referrers is {MediaType.OciIndex}");
        // Servers written in Go give null for a list of none.
        var none = members.OptionalValue("manifests") is { Kind: JsonKind.Null };
        var manifests = none ? [] : members.Array("manifests");
        return members.Failed(out failure) ? failure : Result.Of(manifests);
    }
}
