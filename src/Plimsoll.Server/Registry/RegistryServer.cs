using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Plimsoll.Primitives;
using Plimsoll.Server.Registry.Hosting;
using Plimsoll.Server.Registry.Storage;

namespace Plimsoll.Server.Registry;

/// <summary>A registry over a folder: for teams that have no other, for the demo and for tests.</summary>
public sealed class RegistryServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly RegistryParts _parts;
    private int _stopped;

    private RegistryServer(WebApplication application, RegistryParts parts)
    {
        _application = application;
        _parts = parts;
        Address = new Uri(application.Urls.Single(url => !url.StartsWith("http://unix:", StringComparison.Ordinal)));
    }

    /// <summary>Where it answers.</summary>
    public Uri Address { get; }

    /// <summary>The name under which references mean it: <c>127.0.0.1:PORT</c>.</summary>
    public string Host => Address.Authority;

    /// <summary>Starts it; when this returns it answers.</summary>
    /// <exception cref="IOException">It cannot start; the message says why.</exception>
    public static async Task<RegistryServer> Start(RegistryServerOptions options, CancellationToken cancellation)
        => (await Open(options, TimeProvider.System, cancellation)).Succeeded(out var server, out var failure) ? server : throw new IOException($"{failure.What}: {failure.Next}");

    /// <summary>Starts it, or says why it cannot start; when this returns a server, it answers.</summary>
    public static async Task<Result<RegistryServer>> Open(RegistryServerOptions options, TimeProvider time, CancellationToken cancellation)
    {
        if (!RegistryParts.Open(options, time).Succeeded(out var parts, out var failure))
            return failure;
        try
        {
            var application = Build(parts);
            await application.StartAsync(cancellation);
            parts.Begin();
            return new RegistryServer(application, parts);
        }
        catch (Exception failed) when (failed is IOException or System.Net.Sockets.SocketException)
        {
            await parts.DisposeAsync();
            return new Failure(Refusal.Unreachable, "registry.listen", $"{options.Address}:{options.Port} cannot be listened at: {failed.Message}", "give an address of this machine and a port that is free");
        }
    }

    /// <summary>Removes what nothing needs; see docs/operate.md.</summary>
    public Task<CollectionReport> Collect(CancellationToken cancellation) => _parts.Collect(cancellation);

    /// <summary>Collects in a folder: through the process that serves it, or here if none does.</summary>
    public static async Task<Result<CollectionReport>> CollectIn(string folder, TimeSpan lease, CancellationToken cancellation)
    {
        var paths = new RegistryPaths(folder);
        var options = new RegistryServerOptions(folder) { Lease = lease };
        if (!File.Exists(paths.Format))
            return new Failure(Refusal.Missing, "registry.folder", $"{paths.Root} is no registry's folder", "name the folder that `plimsoll serve registry --data` has");
        if (!RegistryFolder.Open(folder, readOnly: false, lease, TimeProvider.System).Succeeded(out var opened, out var failure))
            return failure.Code == "registry.folder-locked" ? await ControlSocket.Ask(paths.Control, cancellation) : failure;
        using (opened)
        using (var collector = new Collector(opened, new Uploads(opened, options, TimeProvider.System)))
            return await collector.Collect(cancellation);
    }

    /// <summary>Takes no new connections, lets requests end for as long as said, and ends.</summary>
    public async Task Stop(TimeSpan drain)
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 1)
            return;
        using var limit = new CancellationTokenSource(drain);
        await _application.StopAsync(limit.Token);
        await _application.DisposeAsync();
        await _parts.DisposeAsync();
    }

    /// <inheritdoc/>
    // No one waits for connections that clients keep open.
    public async ValueTask DisposeAsync() => await Stop(TimeSpan.FromSeconds(1));

    private static WebApplication Build(RegistryParts parts)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        _ = builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, parts));
        _ = builder.Services.Configure<SocketTransportOptions>(sockets => sockets.Backlog = 1024);
        // Signals belong to the process that hosts this server, not to the server.
        _ = builder.Services.AddSingleton<IHostLifetime, HostedLifetime>();
        var application = builder.Build();
        application.Run(context => ControlSocket.IsControl(context) ? ControlSocket.Serve(context, parts.Collect) : parts.Pipeline.Serve(context));
        return application;
    }

    private static void Configure(KestrelServerOptions kestrel, RegistryParts parts)
    {
        var options = parts.Options;
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.Limits.MaxRequestBodySize = 8 * 1024 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(options.MinimumBytesPerSecond, options.BodyGrace);
        kestrel.Limits.MinResponseDataRate = new MinDataRate(options.MinimumBytesPerSecond, options.BodyGrace);
        kestrel.Limits.MaxResponseBufferSize = 1024 * 1024;
        kestrel.Listen(options.Address, options.Port, listen =>
        {
            _ = listen.Use(parts.Connections.Bound);
            listen.Protocols = parts.Certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
            if (parts.Certificate is { } certificate)
                _ = listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(certificate.Present()) });
        });

        if (parts.ControlPath is { } control)
        {
            File.Delete(control);
            kestrel.ListenUnixSocket(control, listen => _ = listen.Use(ControlSocket.Mark));
        }
    }

    private sealed class HostedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
