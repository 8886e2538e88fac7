using System.Net;
using System.Security.Cryptography.X509Certificates;
using Plimsoll.Primitives;

namespace Plimsoll.Server.Registry;

/// <summary>How the embedded registry runs.</summary>
/// <param name="Folder">Where everything is kept; made if it does not exist.</param>
public sealed record RegistryServerOptions(string Folder)
{
    /// <summary>The address to listen at. Beyond loopback there must be TLS and users, or options that say otherwise.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The certificate to speak TLS with; without one it is plain HTTP, which clients take on loopback only.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>A PEM file with the certificate and those above it, read again when it changes; needs <see cref="CertificateKeyFile"/>.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>A PEM file with the certificate's private key.</summary>
    public string? CertificateKeyFile { get; init; }

    /// <summary>Plain HTTP beyond loopback: whoever is between can read and change everything, passwords too.</summary>
    public bool PlainHttpUnsafe { get; init; }

    /// <summary>The users and what they may do; without a file everybody may do everything.</summary>
    public string? UsersFile { get; init; }

    /// <summary>No users beyond loopback: whoever reaches it may push and delete.</summary>
    public bool WithoutUsersUnsafe { get; init; }

    /// <summary>Whether everybody may pull, while pushing needs a user.</summary>
    public bool AnonymousPull { get; init; }

    /// <summary>Whether clients are asked for Basic credentials at every request, instead of being sent for a token.</summary>
    public bool BasicOnly { get; init; }

    /// <summary>Where clients reach it, if not under the name they ask for: what stands before <c>/token</c> behind a proxy.</summary>
    public Uri? PublicAddress { get; init; }

    /// <summary>Whether nothing may be pushed or deleted; the folder is not written to at all.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Whether the referrers API is offered; without it clients use the tag scheme, as with registries before OCI 1.1.</summary>
    public bool Referrers { get; init; } = true;

    /// <summary>Referrers on one page. The distribution specification leaves it open; a page stays under 4 MiB.</summary>
    public int ReferrersPage { get; init; } = 256;

    /// <summary>Largest blob; bounds what one upload can put on the disk.</summary>
    public long MaximumBlobBytes { get; init; } = 16L * 1024 * 1024 * 1024;

    /// <summary>Most uploads that may be open at a time.</summary>
    public int MaximumUploads { get; init; } = 1024;

    /// <summary>How long an upload may rest before it is forgotten.</summary>
    public TimeSpan UploadExpiry { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long one request may bring bytes, however steadily.</summary>
    public TimeSpan MaximumRequestTime { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Fewest bytes a second of a body, in either direction; below it the request ends.</summary>
    public int MinimumBytesPerSecond { get; init; } = 1024;

    /// <summary>How long a body may be slower than that at its beginning; more than a second.</summary>
    public TimeSpan BodyGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most connections; beyond them the one that has been idle longest is closed for a new one.</summary>
    public int MaximumConnections { get; init; } = 4096;

    /// <summary>How often what nothing needs is collected; zero for never by itself.</summary>
    public TimeSpan CollectEvery { get; init; } = TimeSpan.FromHours(6);

    /// <summary>How long a blob that no manifest mentions is kept after it was last asked for: the time a push may take.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Where log lines go, each a JSON object; none without it.</summary>
    public Stream? Log { get; init; }

    /// <summary>Whether each request is a log line, not only what failed.</summary>
    public bool LogRequests { get; init; } = true;

    /// <summary>These options, if they fit together.</summary>
    public Result<RegistryServerOptions> Admit()
    {
        var hasTls = Certificate is not null || CertificateFile is not null;
        if ((CertificateFile is null) != (CertificateKeyFile is null))
            return Unfit("a certificate file and its key file are needed together", "give both, or neither");
        if (!IPAddress.IsLoopback(Address) && !hasTls && !PlainHttpUnsafe)
            return Unfit($"{Address} is beyond loopback and there is no certificate", "give a certificate and its key; or --plain-http-unsafe where a proxy in front speaks TLS");
        if (!IPAddress.IsLoopback(Address) && UsersFile is null && !ReadOnly && !WithoutUsersUnsafe)
            return Unfit($"{Address} is beyond loopback and there are no users, so anybody could push and delete", "give a users file, or --read-only; or --without-users-unsafe");
        if (UsersFile is null && (AnonymousPull || BasicOnly))
            return Unfit("without users there is nobody to tell from others", "give a users file");
        if (AnonymousPull && BasicOnly)
            return Unfit("clients that are asked for Basic credentials at once never pull anonymously", "leave --basic-only or --anonymous-pull out");
        if (PublicAddress is { } address && (address.Scheme is not ("http" or "https") || address.PathAndQuery != "/" || address.UserInfo.Length > 0))
            return Unfit($"'{address}' is not https://HOST[:PORT]", "give scheme, host and port only");
        return MaximumBlobBytes > 0 && MaximumUploads > 0 && MaximumConnections > 0 && ReferrersPage > 0 && MinimumBytesPerSecond > 0
            && Lease >= TimeSpan.Zero && CollectEvery >= TimeSpan.Zero && UploadExpiry >= TimeSpan.Zero && MaximumRequestTime > TimeSpan.Zero && BodyGrace > TimeSpan.FromSeconds(1)
            ? this
            : Unfit("a bound or a time is negative or zero", "give positive numbers");
    }

    private static Failure Unfit(string what, string next) => new(Refusal.Malformed, "registry.settings", what, next);
}
