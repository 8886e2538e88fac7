using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Plimsoll.Oci;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Server.Registry.Protocol;

/// <summary>
/// A manifest as somebody pushes it. A registry reads only what it has to act on; whether a manifest may be trusted is for
/// those who pull it.
/// </summary>
internal sealed record PushedManifest(Digest Digest, string MediaType, ReadOnlyMemory<byte> Bytes)
{
    private const string Code = "registry.manifest";

    // Every character written as an escape of six.
    private const int MostDigestBytes = 6 * (6 + 1 + 128);

    // Media types with their '+' as it is; nobody puts this into HTML.
    private static readonly JsonWriterOptions Plain = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What a manifest may be, whatever its kind.</summary>
    public static JsonLimits Limits { get; } = new(ImageDocument.MostBytes, Depth: 32, Values: 400_000);

    /// <summary>What it is attached to.</summary>
    public Digest? Subject { get; private init; }

    /// <summary>Configuration and layers, which have to be there before.</summary>
    public ImmutableArray<Digest> Blobs { get; private init; } = [];

    /// <summary>Every digest that stands anywhere in it: none of these may be collected while it is there.</summary>
    public IReadOnlyCollection<Digest> Mentioned { get; private init; } = [];

    private string? ArtifactType { get; init; }

    private ImmutableSortedDictionary<string, string> Annotations { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Reads what was pushed under this Content-Type.</summary>
    public static Result<PushedManifest> Parse(ReadOnlyMemory<byte> bytes, Digest digest, string mediaType)
    {
        if (!IsMediaType(mediaType))
            return Malformed($"the Content-Type '{mediaType}' is not a plain media type");
        if (mediaType is Oci.MediaType.DockerSchema1 or Oci.MediaType.DockerSchema1Signed)
            return Malformed("manifests of Docker's schema 1 have a digest that is not their bytes'");
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
            Mentioned = MentionedIn(root),
            // Listing Referrers: the artifact type, or where there is none the configuration's media type.
            ArtifactType = reader.OptionalString("artifactType") is { Length: > 0 } type ? type : config?.OptionalString("mediaType"),
            Annotations = reader.OptionalStringMap("annotations"),
        };
        return reader.Failed(out failure) ? failure : manifest;
    }

    /// <summary>
    /// Every string of a document that is a digest. It asks nothing of the document's kind, so that the blobs of kinds that
    /// are not invented yet are kept too; what it finds too much is kept too long.
    /// </summary>
    public static HashSet<Digest> MentionedIn(JsonValue document)
    {
        var digests = new HashSet<Digest>();
        var left = new Stack<JsonValue>([document]);
        while (left.TryPop(out var value))
        {
            if (value.Kind == JsonKind.String && value.Raw.Length <= MostDigestBytes && Digest.Parse(value.Text).Succeeded(out var digest, out _))
                _ = digests.Add(digest);
            foreach (var element in value.Elements())
                left.Push(element);
            foreach (var (name, member) in value.Members())
            {
                left.Push(name);
                left.Push(member);
            }
        }

        return digests;
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

    // RFC 6838 4.2, without parameters: the type of a descriptor that names this manifest has none either.
    private static bool IsMediaType(string text)
        => text.Length <= Oci.MediaType.MostCharacters && text.Split('/') is [{ Length: > 0 } type, { Length: > 0 } subtype]
            && (type + subtype).All(character => char.IsAsciiLetterOrDigit(character) || "!#$&-^_.+".Contains(character, StringComparison.Ordinal));

    private static Failure Malformed(string what)
        => new(Refusal.Malformed, Code, what, "push a manifest whose mediaType is the Content-Type and whose digests are whole");

    private static Digest? ReadDigest(JsonObject descriptor)
    {
        if (Digest.Parse(descriptor.String("digest")).Succeeded(out var digest, out var failure))
            return digest;
        descriptor.Fail("digest", failure.What);
        return null;
    }
}
