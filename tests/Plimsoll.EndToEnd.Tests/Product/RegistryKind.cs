namespace Plimsoll.EndToEnd.Tests.Product;

/// <summary>The two ways in which registries keep what is attached to an image.</summary>
public enum RegistryKind
{
    /// <summary>docker-registry 2.8.2: the list of referrers is an index under a tag.</summary>
    Docker,

    /// <summary>Plimsoll's own: the referrers API.</summary>
    Embedded,
}
