namespace Plimsoll.Oci;

/// <summary>The media types that decide something here; media types are compared byte for byte.</summary>
public static class MediaType
{
    /// <summary>OCI image index.</summary>
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";

    /// <summary>OCI image manifest, of images and of artifacts.</summary>
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>OCI image configuration.</summary>
    public const string OciConfig = "application/vnd.oci.image.config.v1+json";

    /// <summary>The two bytes <c>{}</c> that stand where an artifact has no configuration.</summary>
    public const string OciEmpty = "application/vnd.oci.empty.v1+json";

    /// <summary>Docker's manifest list, schema 2.</summary>
    public const string DockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json";

    /// <summary>Docker's manifest, schema 2.</summary>
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

    /// <summary>Docker's image configuration.</summary>
    public const string DockerConfig = "application/vnd.docker.container.image.v1+json";

    /// <summary>Docker's manifest, schema 1, unsigned form: refused.</summary>
    public const string DockerSchema1 = "application/vnd.docker.distribution.manifest.v1+json";

    /// <summary>Docker's manifest, schema 1, signed form: refused.</summary>
    public const string DockerSchema1Signed = "application/vnd.docker.distribution.manifest.v1+prettyjws";

    /// <summary>An unsigned in-toto statement, as BuildKit attaches it.</summary>
    public const string InToto = "application/vnd.in-toto+json";

    /// <summary>The artifact type of BuildKit's newer attestation manifests.</summary>
    public const string BuildKitAttestation = "application/vnd.docker.attestation.manifest.v1+json";

    /// <summary>What to ask a registry for when the kind of the root is not known yet.</summary>
    public static ImmutableArray<string> Roots { get; } = [OciIndex, OciManifest, DockerIndex, DockerManifest];

    /// <summary>Longest media type (RFC 6838 4.2 allows 127 characters on each side of the slash).</summary>
    public const int MostCharacters = 255;

    /// <summary>The type of a signed statement's envelope, <c>application/vnd.in-toto.NAME+dsse</c>: artifact type and layer type.</summary>
    public static string Envelope(string name) => $"application/vnd.in-toto.{name}+dsse";

    /// <summary>Whether the type is one of the two of an index.</summary>
    public static bool IsIndex(string mediaType) => mediaType is OciIndex or DockerIndex;

    /// <summary>Whether the type is one of the two of a manifest.</summary>
    public static bool IsManifest(string mediaType) => mediaType is OciManifest or DockerManifest;

    /// <summary>Whether the type is one of the two of a container image's configuration.</summary>
    public static bool IsImageConfig(string mediaType) => mediaType is OciConfig or DockerConfig;

    /// <summary>Whether the type is a signed statement's envelope.</summary>
    public static bool IsEnvelope(string mediaType)
        => mediaType.StartsWith("application/vnd.in-toto.", StringComparison.Ordinal) && mediaType.EndsWith("+dsse", StringComparison.Ordinal);

    // RFC 6838 4.2: type and subtype of restricted names; parameters do not belong into a descriptor.
    internal static bool IsWellFormed(string text)
        => text.Length is >= 3 and <= MostCharacters
            && text.Split('/') is [{ Length: > 0 } type, { Length: > 0 } subtype]
            && (type + subtype).All(character => char.IsAsciiLetterOrDigit(character) || "!#$&-^_.+".Contains(character, StringComparison.Ordinal));
}
