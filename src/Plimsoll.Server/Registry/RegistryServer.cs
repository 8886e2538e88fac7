using System.Net;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Plimsoll.Server.Registry;

/// <summary>A registry of its own on 127.0.0.1, over a folder: for the demo, for tests, and where there is no other.</summary>
public sealed class RegistryServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private RegistryServer(WebApplication application, Uri address)
    {
        _application = application;
        Address = address;
    }

    /// <summary>Where it answers.</summary>
    public Uri Address { get; }

    /// <summary>The name under which references mean it: <c>127.0.0.1:PORT</c>.</summary>
    public string Host => Address.Authority;

    /// <summary>Starts it; when this returns it answers.</summary>
    /// <exception cref="IOException">The folder cannot be used, or the port is taken.</exception>
    public static async Task<RegistryServer> Start(RegistryServerOptions options, CancellationToken cancellation)
    {
        var folder = new RegistryFolder(options.Folder);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        _ = builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024 * 1024;
            kestrel.Listen(IPAddress.Loopback, options.Port, listen =>
            {
                listen.Protocols = options.Certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
                if (options.Certificate is { } certificate)
                    _ = listen.UseHttps(certificate, tls => tls.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13);
            });
        });
        _ = builder.Services.AddRoutingCore();
        // Ctrl+C belongs to the process that hosts this server, not to the server.
        _ = builder.Services.AddSingleton<IHostLifetime, HostedLifetime>();

        var application = builder.Build();
        new RegistryEndpoints(folder, new RegistryUploads(folder, options), options).Map(application);
        await application.StartAsync(cancellation);
        return new RegistryServer(application, new Uri(application.Urls.Single()));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // No one waits for connections that clients keep open.
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }

    private sealed class HostedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
