using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Plimsoll.World.Tests.Registry;

/// <summary>What a scripted server was asked.</summary>
internal sealed record SeenRequest(string Method, string Path, string Query, string Authorization, string Body);

/// <summary>A server on loopback that answers as its script says, however wrong that is.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private ScriptedServer(WebApplication application, ConcurrentQueue<SeenRequest> seen)
    {
        _application = application;
        Seen = seen;
        Address = new Uri(application.Urls.Single());
    }

    public ConcurrentQueue<SeenRequest> Seen { get; }

    public Uri Address { get; }

    public string Host => Address.Authority;

    public static Task<ScriptedServer> Start(Func<HttpContext, Task> script) => Start(null, script);

    public static async Task<ScriptedServer> Start(X509Certificate2? certificate, Func<HttpContext, Task> script)
    {
        var seen = new ConcurrentQueue<SeenRequest>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));
        builder.Services.AddSingleton<IHostLifetime, Nothing>();
        var application = builder.Build();
        application.Run(async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            seen.Enqueue(new SeenRequest(
                context.Request.Method, context.Request.Path, context.Request.QueryString.Value ?? "",
                context.Request.Headers.Authorization.ToString(), await body.ReadToEndAsync()));
            await script(context);
        });
        await application.StartAsync(RegistryFixture.Cancellation);
        return new ScriptedServer(application, seen);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }

    private sealed class Nothing : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

internal static class Scripts
{
    public static Task Text(this HttpContext context, string text, int status = 200)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(text, Encoding.UTF8);
    }

    public static Task Status(this HttpContext context, int status, params (string Name, string Value)[] headers)
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
            context.Response.Headers[name] = value;
        return Task.CompletedTask;
    }
}
