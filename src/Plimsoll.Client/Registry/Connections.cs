using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using Plimsoll.Primitives;

namespace Plimsoll.Client.Registry;

/// <summary>
/// The pooled connections of one client. A registry that the user named is reached wherever it is; a server that a
/// registry named is reached through a pool of its own that looks at the address it connects to, so that neither a name
/// that resolves to an inner address nor a kept connection leads there.
/// </summary>
internal sealed class Connections(RegistryOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<(AddressClass Floor, string Trust), Lazy<Result<HttpClient>>> _clients = new();
    private readonly ConcurrentDictionary<(string Host, int Port), AddressClass> _classes = new();

    /// <summary>The client for a registry that the user named.</summary>
    public Result<HttpClient> To(Uri registry) => Find(AddressClass.Special, registry);

    /// <summary>The client for a server that <paramref name="by"/> named: no nearer than that registry is itself.</summary>
    public Result<HttpClient> Named(Uri target, Uri by)
    {
        var floor = _classes.TryGetValue((by.IdnHost, by.Port), out var known) && known > AddressClass.Special
            ? known
            : AddressClass.Public;
        return Find(floor, target);
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            if (client.Value.Succeeded(out var made, out _))
                made.Dispose();
        }
    }

    private Result<HttpClient> Find(AddressClass floor, Uri address)
    {
        var folder = Path.Combine(options.CertificatesFolder, $"{address.IdnHost}{(address.IsDefaultPort ? "" : $":{address.Port}")}");
        var trust = address.Scheme == Uri.UriSchemeHttps && Directory.Exists(folder) ? folder : "";
        return _clients.GetOrAdd((floor, trust), key => new(() => Make(key.Floor, key.Trust))).Value;
    }

    private Result<HttpClient> Make(AddressClass floor, string trustFolder)
    {
        if (!CustomTrust.Load(options.CertificateAuthorities, trustFolder).Succeeded(out var trust, out var failure))
            return failure;

        var handler = new SocketsHttpHandler
        {
            // Redirects, cookies and compression would each act behind our back: on credentials, state and digests.
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxConnectionsPerServer = 16,
            MaxResponseHeadersLength = 32,
            MaxResponseDrainSize = 64 * 1024,
            ConnectCallback = (context, cancellation) => Connect(context, floor, cancellation),
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = trust.Accepts },
        };
        var client = new HttpClient(handler)
        {
            // The transport gives each call its own deadline.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("plimsoll", typeof(Connections).Assembly.GetName().Version?.ToString(3)));
        return client;
    }

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, AddressClass floor, CancellationToken cancellation)
    {
        var end = context.DnsEndPoint;
        var addresses = IPAddress.TryParse(end.Host, out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(end.Host, cancellation);

        // With a proxy the name is looked up there, and keeping it out of inner networks is the proxy's task.
        var isProxy = context.InitialRequestMessage.RequestUri is { } target
            && (target.IdnHost.Trim('[', ']') != end.Host.Trim('[', ']') || target.Port != end.Port);
        if (!isProxy && Array.Find(addresses, address => AddressClasses.Classify(address) < floor) is { } inner)
            throw new AddressRefusedException($"which is at {inner}, nearer to us than the registry itself");

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, end.Port, cancellation);
            if (!isProxy && socket.RemoteEndPoint is IPEndPoint reached)
                _classes[(end.Host, end.Port)] = AddressClasses.Classify(reached.Address);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
