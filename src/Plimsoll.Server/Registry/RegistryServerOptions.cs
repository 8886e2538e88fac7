using System.Security.Cryptography.X509Certificates;

namespace Plimsoll.Server.Registry;

/// <summary>How the embedded registry runs.</summary>
/// <param name="Folder">Where everything is kept; made if it does not exist.</param>
public sealed record RegistryServerOptions(string Folder)
{
    /// <summary>The port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The certificate to speak TLS with; without one it is plain HTTP, which clients take on loopback only.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Whether the referrers API is offered; without it clients use the tag scheme, as with registries before OCI 1.1.</summary>
    public bool Referrers { get; init; } = true;

    /// <summary>Referrers on one page. The distribution specification leaves it open; a page stays under 4 MiB.</summary>
    public int ReferrersPage { get; init; } = 256;

    /// <summary>Largest blob; bounds what one upload can put on the disk.</summary>
    public long MaximumBlobBytes { get; init; } = 16L * 1024 * 1024 * 1024;

    /// <summary>Most uploads that may be open at a time; an idle one is forgotten when the server stops.</summary>
    public int MaximumUploads { get; init; } = 1024;
}
