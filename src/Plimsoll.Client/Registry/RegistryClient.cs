using Plimsoll.Oci;
using Plimsoll.Primitives;

namespace Plimsoll.Client.Registry;

/// <summary>
/// Speaks the OCI distribution protocol with any number of registries, over one pool of connections and one cache of
/// tokens. Made once and shared; safe for use by many callers at a time.
/// </summary>
public sealed class RegistryClient : IDisposable
{
    private readonly RegistryOptions _options;
    private readonly RegistryTransport _transport;
    private readonly TimeProvider _time;

    /// <summary>A client with its own pool.</summary>
    public RegistryClient(RegistryOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _transport = new RegistryTransport(options, time);
    }

    /// <summary>The repository of this name. Nothing is asked yet.</summary>
    public Result<RegistryRepository> Repository(RepositoryName name)
        => RegistryHost.Find(name.Host, _options).Select(host => new RegistryRepository(name, host, _transport, _options, _time));

    /// <summary>Closes all connections.</summary>
    public void Dispose() => _transport.Dispose();
}
