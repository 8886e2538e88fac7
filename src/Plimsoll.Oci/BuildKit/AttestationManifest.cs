namespace Plimsoll.Oci.BuildKit;

/// <summary>An unsigned in-toto statement in an attestation manifest: its bytes' descriptor, and what its label says it is.</summary>
/// <param name="Layer">The layer that holds the statement.</param>
/// <param name="PredicateType">The label; the statement itself may say something else, and then the statement counts.</param>
public sealed record AttachedStatement(Descriptor Layer, string PredicateType);

/// <summary>
/// BuildKit's attestation manifest: unsigned statements about one platform's manifest, which lies in the same index.
/// Older ones look like an image; newer ones are artifacts with a subject, which must agree with the index's annotation.
/// </summary>
public sealed record AttestationManifest(ImageManifest Manifest, Digest About, ImmutableArray<AttachedStatement> Statements)
{
    /// <summary>Largest statement that is fetched, as BuildKit itself limits them.</summary>
    public const int MostStatementBytes = 40 * 1024 * 1024;

    /// <summary>Most statements of one attestation manifest.</summary>
    public const int MostStatements = 64;

    /// <summary>Reads the manifest that an index's entry points at.</summary>
    /// <param name="bytes">The manifest.</param>
    /// <param name="entry">The entry, as <see cref="ImageIndex.Attestations"/> gives it.</param>
    /// <param name="about">The platform manifest that the entry's annotation names.</param>
    public static Result<AttestationManifest> Parse(ReadOnlyMemory<byte> bytes, Descriptor entry, Digest about)
    {
        if (!ImageManifest.Parse(bytes, entry).Succeeded(out var manifest, out var failure))
            return failure;
        if (manifest.ArtifactType is { } type && type != MediaType.BuildKitAttestation)
            return Malformed(manifest, $"has artifact type '{Refused.Shorten(type)}'");
        if (manifest.Subject is { } subject && subject.Digest != about)
            return Refused.Malformed(
                "oci.attestation-subject", $"the attestation manifest {manifest.Digest} has subject {subject.Digest}, and its index says it is about {about}");
        if (manifest.ArtifactType is not null && manifest.Subject is null)
            return Malformed(manifest, "is of the newer form and has no subject");

        var statements = ImmutableArray.CreateBuilder<AttachedStatement>();
        foreach (var layer in manifest.Layers.Where(layer => layer.MediaType == MediaType.InToto))
        {
            if (layer.Annotation(Annotations.PredicateType) is not { Length: > 0 } predicate)
                return Malformed(manifest, $"holds a statement {layer.Digest} without a predicate type");
            if (layer.Size > MostStatementBytes)
                return Malformed(manifest, $"holds a statement of {layer.Size} bytes, more than {MostStatementBytes}");
            statements.Add(new AttachedStatement(layer, predicate));
        }

        return statements.Count <= MostStatements
            ? new AttestationManifest(manifest, about, statements.ToImmutable())
            : Malformed(manifest, $"holds {statements.Count} statements, more than {MostStatements}");
    }

    private static Failure Malformed(ImageManifest manifest, string what)
        => Refused.Malformed("oci.attestation-manifest", $"the attestation manifest {manifest.Digest} {what}");
}
