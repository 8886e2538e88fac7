using Plimsoll.Primitives.Json;

namespace Plimsoll.Oci;

/// <summary>What a document says about another one: its type, its digest and its size (image-spec, descriptor.md).</summary>
public sealed record Descriptor(string MediaType, Digest Digest, long Size)
{
    /// <summary>Largest size that a descriptor may state: 1 TiB.</summary>
    public const long MostSize = 1L << 40;

    /// <summary>Most bytes that a descriptor may carry inline.</summary>
    public const int MostData = 64 * 1024;

    /// <summary>Most annotations of one descriptor or manifest.</summary>
    public const int MostAnnotations = 256;

    internal static ImmutableArray<string> KnownMembers { get; } =
        ["mediaType", "digest", "size", "annotations", "platform", "artifactType", "data", "urls"];

    internal static ImmutableArray<string> PlatformMembers { get; } = ["os", "architecture", "variant", "os.version", "os.features", "features"];

    /// <summary>What an artifact is, where the media type says only that it is a manifest.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>The platform of an index entry.</summary>
    public Platform? Platform { get; init; }

    /// <summary>Free labels; nothing signed them unless what holds the descriptor is signed.</summary>
    public ImmutableSortedDictionary<string, string> Annotations { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The content itself, if it came along; it has this digest and size.</summary>
    public ReadOnlyMemory<byte>? Data { get; init; }

    /// <summary>The empty JSON object that stands where an artifact has no configuration, with its data.</summary>
    public static Descriptor EmptyConfig { get; } = Describe(Oci.MediaType.OciEmpty, "{}"u8.ToArray()) with { Data = "{}"u8.ToArray() };

    /// <summary>Describes bytes that are at hand.</summary>
    public static Descriptor Describe(string mediaType, ReadOnlySpan<byte> bytes) => new(mediaType, Digest.Sha256(bytes), bytes.Length);

    /// <summary>An annotation's value, or null.</summary>
    public string? Annotation(string key) => Annotations.GetValueOrDefault(key);

    /// <summary>Gives the bytes back if they have this size and digest.</summary>
    public Result<ReadOnlyMemory<byte>> Verify(ReadOnlyMemory<byte> bytes)
        => bytes.Length == Size ? Digest.Verify(bytes) : SizeMismatch(bytes.Length);

    /// <summary>The failure for content that has another size than this descriptor says.</summary>
    public Failure SizeMismatch(long found) => new(
        Refusal.Untrusted, "oci.size-mismatch", $"{Digest} has {found} bytes, and its descriptor says {Size}",
        "fetch it again; if it stays, whoever wrote the descriptor lies about the size");

    internal Descriptor WithoutPlatform() => this with { Platform = null };

    /// <summary>Reads a descriptor's members; case variants are the caller's to refuse.</summary>
    internal static Result<Descriptor> Read(JsonObject members)
    {
        var mediaType = members.NonEmptyString("mediaType");
        var digest = members.NonEmptyString("digest");
        var size = members.Integer("size");
        var artifactType = members.OptionalString("artifactType");
        var annotations = members.OptionalStringMap("annotations");
        var data = members.Has("data") ? members.Base64("data") : null;
        var platform = members.OptionalObject("platform");

        if (!members.Failed(out _) && !Oci.MediaType.IsWellFormed(mediaType))
            members.Fail("mediaType", $"'{Refused.Shorten(mediaType)}' is not a media type");
        if (size is < 0 or > MostSize)
            members.Fail("size", $"is {size}, not between 0 and {MostSize}");
        if (annotations.Count > MostAnnotations)
            members.Fail("annotations", $"has {annotations.Count} entries, more than {MostAnnotations}");
        if (members.Failed(out var failure))
            return failure;
        if (!Digest.Parse(digest).Succeeded(out var parsed, out failure))
            return failure;

        var descriptor = new Descriptor(mediaType, parsed, size) { ArtifactType = artifactType, Annotations = annotations };
        if (platform is not null)
        {
            if (!Platform.Read(platform).Succeeded(out var read, out failure))
                return failure;
            descriptor = descriptor with { Platform = read };
        }

        return data is null ? descriptor : descriptor.Carry(data);
    }

    private Result<Descriptor> Carry(byte[] data)
        => data.Length <= MostData && Verify(data).Succeeded(out _, out _)
            ? this with { Data = data }
            : Refused.Malformed(
                "oci.descriptor-data",
                $"the descriptor of {Digest} carries {data.Length} bytes that are not its content, or more than {MostData}");
}
