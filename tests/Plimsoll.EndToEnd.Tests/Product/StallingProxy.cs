using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Plimsoll.EndToEnd.Tests.Product;

/// <summary>
/// Stands between a client and a registry and passes everything on, until a chosen write: that one it leaves unanswered, so
/// that a test can end the client there. Reads are passed on always.
/// </summary>
public sealed class StallingProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;
    private TaskCompletionSource _stalled = new();
    private int _stallAt = int.MaxValue;
    private int _writes;

    private StallingProxy(WebApplication app, HttpClient http)
    {
        _app = app;
        _http = http;
    }

    /// <summary>Host and port, in place of the registry's.</summary>
    public string Host => new Uri(_app.Urls.Single()).Authority;

    /// <summary>Starts in front of a registry on plain HTTP.</summary>
    public static async Task<StallingProxy> Start(string registry)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = new Uri($"http://{registry}") };
        var proxy = new StallingProxy(app, http);
        app.Run(proxy.Pass);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return proxy;
    }

    /// <summary>
    /// Counts writes from here, the first is number 1, and stalls one. It has reached the registry, and its sender is not told.
    /// </summary>
    /// <returns>Ends when that write is in the registry.</returns>
    public Task StallAt(int write)
    {
        _stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _writes, 0);
        Volatile.Write(ref _stallAt, write);
        return _stalled.Task;
    }

    /// <summary>Stalls nothing from here on.</summary>
    public void PassEverything() => Volatile.Write(ref _stallAt, int.MaxValue);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task Pass(HttpContext context)
    {
        var isWrite = !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method);
        var number = isWrite ? Interlocked.Increment(ref _writes) : 0;

        using var request = await ToRequest(context.Request);
        using var response = await _http.SendAsync(request, context.RequestAborted);
        if (isWrite && number == Volatile.Read(ref _stallAt))
        {
            _stalled.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }

        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var header in response.Headers.Concat(response.Content.Headers).Where(header => header.Key != "Transfer-Encoding"))
            context.Response.Headers[header.Key] = header.Value.ToArray();
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static async Task<HttpRequestMessage> ToRequest(HttpRequest from)
    {
        var to = new HttpRequestMessage(new HttpMethod(from.Method), from.Path + from.QueryString);
        using var body = new MemoryStream();
        await from.Body.CopyToAsync(body);
        if (body.Length > 0 || from.Headers.ContentLength is not null)
            to.Content = new ByteArrayContent(body.ToArray());

        // The host's name too: registries make the addresses of uploads with it.
        foreach (var (name, values) in from.Headers)
        {
            if (!to.Headers.TryAddWithoutValidation(name, values.ToArray()))
                to.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        return to;
    }
}
