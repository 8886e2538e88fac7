using Plimsoll.Oci;

namespace Plimsoll.Server.Registry.Protocol;

/// <summary>What a path under <c>/v2/</c> is about.</summary>
internal enum RegistryResource
{
    /// <summary>No path of the distribution protocol.</summary>
    Unknown,

    /// <summary>A path of the protocol with a repository name that cannot be.</summary>
    BadName,

    /// <summary><c>/v2/</c> itself.</summary>
    Base,

    /// <summary><c>NAME/manifests/REFERENCE</c>.</summary>
    Manifest,

    /// <summary><c>NAME/blobs/DIGEST</c>.</summary>
    Blob,

    /// <summary><c>NAME/blobs/uploads/</c>.</summary>
    Uploads,

    /// <summary><c>NAME/blobs/uploads/ID</c>.</summary>
    Upload,

    /// <summary><c>NAME/tags/list</c>.</summary>
    Tags,

    /// <summary><c>NAME/referrers/DIGEST</c>.</summary>
    Referrers,

    /// <summary><c>_catalog</c>.</summary>
    Catalog,
}

/// <summary>A path of the distribution protocol, read from its end, since names hold slashes themselves.</summary>
/// <param name="Resource">What it is about.</param>
/// <param name="Name">The repository's name; a name that was read can be a folder's path.</param>
/// <param name="Reference">The last part, as it came.</param>
internal readonly record struct RegistryRoute(RegistryResource Resource, string Name = "", string Reference = "")
{
    private const string Prefix = "/v2/";

    /// <summary>
    /// Reads a request's target as it came. Servers in front of this one may tidy a path up in another way than we would, so
    /// nothing is decoded or tidied here but the colon of a digest; whatever else has an escape in it is no path of ours.
    /// </summary>
    public static RegistryRoute OfTarget(string target)
    {
        var path = target.Split('?', 2)[0];
        if (path == "/v2")
            return new RegistryRoute(RegistryResource.Base);
        return path.StartsWith(Prefix, StringComparison.Ordinal)
            ? Parse(path[Prefix.Length..].Replace("%3A", ":", StringComparison.OrdinalIgnoreCase))
            : default;
    }

    /// <summary>Reads what stands behind <c>/v2/</c>.</summary>
    public static RegistryRoute Parse(string path) => path.Split('/') switch
    {
        [""] => new RegistryRoute(RegistryResource.Base),
        ["_catalog"] => new RegistryRoute(RegistryResource.Catalog),
        [.. var name, "blobs", "uploads", ""] => Named(RegistryResource.Uploads, name, ""),
        [.. var name, "blobs", "uploads"] => Named(RegistryResource.Uploads, name, ""),
        [.. var name, "blobs", "uploads", var id] => Named(RegistryResource.Upload, name, id),
        [.. var name, "blobs", var digest] => Named(RegistryResource.Blob, name, digest),
        [.. var name, "manifests", var reference] => Named(RegistryResource.Manifest, name, reference),
        [.. var name, "tags", "list"] => Named(RegistryResource.Tags, name, ""),
        [.. var name, "referrers", var digest] => Named(RegistryResource.Referrers, name, digest),
        _ => default,
    };

    /// <summary>Whether this can be a repository's name, without a host.</summary>
    // With a host in front, so that a first component is never taken for one.
    public static bool IsName(string name)
        => RepositoryName.Parse($"localhost/{name}").Succeeded(out var parsed, out _) && parsed.Path == name;

    private static RegistryRoute Named(RegistryResource resource, string[] parts, string reference)
    {
        var name = string.Join('/', parts);
        return IsName(name) ? new RegistryRoute(resource, name, reference) : new RegistryRoute(RegistryResource.BadName, name);
    }
}
