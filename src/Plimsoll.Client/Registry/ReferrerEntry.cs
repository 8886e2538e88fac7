using Plimsoll.Oci;

namespace Plimsoll.Client.Registry;

/// <summary>How a list of referrers names a manifest (distribution-spec, Listing Referrers).</summary>
internal static class ReferrerEntry
{
    /// <summary>Its descriptor, with the artifact type, or the configuration's type where it has none, and its annotations.</summary>
    public static Descriptor Of(ImageDocument document) => document.Descriptor with
    {
        ArtifactType = document is ImageManifest manifest ? manifest.Kind : document.ArtifactType,
        Annotations = document.Annotations,
        Platform = null,
    };
}
