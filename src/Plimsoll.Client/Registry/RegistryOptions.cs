using System.Collections.Immutable;

namespace Plimsoll.Client.Registry;

/// <summary>How registries are reached, and how much of what they send is taken.</summary>
public sealed record RegistryOptions
{
    /// <summary>Registries (<c>HOST[:PORT]</c>) that are spoken to over plain HTTP; loopback names are without being listed.</summary>
    public ImmutableHashSet<string> PlainHttp { get; init; } = [];

    /// <summary>Registries on loopback names that speak TLS after all.</summary>
    public ImmutableHashSet<string> LoopbackTls { get; init; } = [];

    /// <summary>A PEM file of certificate authorities that are trusted besides the system's.</summary>
    public string? CertificateAuthorities { get; init; }

    /// <summary>The folder where Docker keeps authorities for single registries, as <c>HOST[:PORT]/*.crt</c>.</summary>
    public string CertificatesFolder { get; init; } = "/etc/docker/certs.d";

    /// <summary>Where credentials come from; by default from nowhere.</summary>
    public ICredentialSource Credentials { get; init; } = AnonymousCredentials.Instance;

    /// <summary>Time for one call, its retries, token and redirects included, plus what <see cref="BytesPerSecond"/> adds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The slowest average rate at which a body of the allowed size may arrive or leave: a slow drip ends.</summary>
    public long BytesPerSecond { get; init; } = 64 * 1024;

    /// <summary>How often a call is tried again after a connection failure, 408, 429 or a server's failure.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>The pause before the first retry; it doubles, with jitter.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest <c>Retry-After</c> that is waited for; a longer one ends the call.</summary>
    public TimeSpan MaximumRetryAfter { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long after writing to a list of the tag scheme it is read again, to see whether another writer overtook us.</summary>
    public TimeSpan FallbackPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Is told about every request when it has ended.</summary>
    public Action<RegistryExchange>? Observer { get; init; }
}

/// <summary>One request as it went over the wire; holds no header, so no credential.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Origin">Who was asked.</param>
/// <param name="Path">The path; with the query only where the registry itself was asked, since others sign their queries.</param>
/// <param name="Status">The answer's status; null where no answer came.</param>
/// <param name="Started">When it was sent, by the client's clock.</param>
/// <param name="Duration">How long it took until the answer's headers were there.</param>
public sealed record RegistryExchange(string Method, Origin Origin, string Path, int? Status, DateTimeOffset Started, TimeSpan Duration);
