namespace Plimsoll.Oci;

/// <summary>The annotation keys that decide something here.</summary>
public static class Annotations
{
    /// <summary>The image's name or tag in a layout (image-spec, annotations.md).</summary>
    public const string RefName = "org.opencontainers.image.ref.name";

    /// <summary>The image's full name in a layout that containerd wrote.</summary>
    public const string ContainerdImageName = "io.containerd.image.name";

    /// <summary>When something was made, RFC 3339.</summary>
    public const string Created = "org.opencontainers.image.created";

    /// <summary>What kind of thing an index entry is to another entry (BuildKit).</summary>
    public const string ReferenceType = "vnd.docker.reference.type";

    /// <summary>Which entry it is that to (BuildKit).</summary>
    public const string ReferenceDigest = "vnd.docker.reference.digest";

    /// <summary>The value of <see cref="ReferenceType"/> that is known here.</summary>
    public const string AttestationManifest = "attestation-manifest";

    /// <summary>The predicate type of the in-toto statement in a layer.</summary>
    public const string PredicateType = "in-toto.io/predicate-type";
}
