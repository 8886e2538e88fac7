using System.Collections.Immutable;
using Plimsoll.Envelopes;
using Plimsoll.Oci;

namespace Plimsoll.Verification.Subjects;

/// <summary>Between image references and the package URLs that statements name images by, as BuildKit writes them.</summary>
public static class ImagePurl
{
    /// <summary>The qualifier with the platform.</summary>
    public const string PlatformQualifier = "platform";

    /// <summary>The qualifier with the digest, where the reference has one.</summary>
    public const string DigestQualifier = "digest";

    private const string RegistryQualifier = "repository_url";

    /// <summary>
    /// The package URL of a reference: familiar name, host inside the path, the tag as version; with a digest no version,
    /// and the digest as a qualifier.
    /// </summary>
    /// <param name="reference">The image.</param>
    /// <param name="platform">The platform as it is to be written, or null for the image as a whole.</param>
    public static PackageUrl Of(Reference reference, string? platform)
    {
        var qualifiers = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (reference.Digest is { } digest)
            qualifiers.Add(DigestQualifier, digest.ToString());
        if (platform is not null)
            qualifiers.Add(PlatformQualifier, platform);
        var version = reference.Digest is null ? reference.Tag?.ToString() : null;
        return new PackageUrl(PackageUrl.Docker, reference.Repository.Familiar, version) { Qualifiers = qualifiers.ToImmutable() };
    }

    /// <inheritdoc cref="Of(Reference, string?)"/>
    public static PackageUrl Of(Reference reference, Platform platform) => Of(reference, platform.ToString());

    /// <summary>The repository that a docker package URL names, normalised; another type names none.</summary>
    public static Result<RepositoryName> RepositoryOf(PackageUrl purl)
        => purl.Type == PackageUrl.Docker
            // package-url docker-definition: the registry may stand in a qualifier, and then it is not Docker Hub.
            ? RepositoryName.Parse(purl.Qualifier(RegistryQualifier) is { } registry ? $"{registry}/{purl.Path}" : purl.Path)
            : new Failure(
                Refusal.Untrusted, "subject.not-an-image", $"the subject is a package of type '{purl.Type}', not an image",
                "ask for a statement about the image");
}
