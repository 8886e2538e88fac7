using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Plimsoll.Benchmarks.Verify;

/// <summary>One request as it passed a wire.</summary>
internal sealed record Exchange(string What, long Started, long Ended);

/// <summary>What passed all wires that share it, and how far away the wires pretend that everything is.</summary>
internal sealed class WireLog
{
    private readonly List<Exchange> _exchanges = [];

    /// <summary>How long every answer is held back.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Notes a request that was answered.</summary>
    public void Add(Exchange exchange)
    {
        lock (_exchanges)
            _exchanges.Add(exchange);
    }

    /// <summary>Gives what passed since the last call.</summary>
    public IReadOnlyList<Exchange> Take()
    {
        lock (_exchanges)
        {
            var taken = _exchanges.OrderBy(exchange => exchange.Started).ToList();
            _exchanges.Clear();
            return taken;
        }
    }

    /// <summary>
    /// The longest chain of requests of which each began after the one before had been answered. With a delay that is long
    /// beside the work between requests, those of a chain waited for each other.
    /// </summary>
    public static int LongestChain(IReadOnlyList<Exchange> exchanges)
    {
        var lengths = new int[exchanges.Count];
        for (var at = 0; at < exchanges.Count; at++)
            lengths[at] = 1 + Enumerable.Range(0, at).Where(before => exchanges[before].Ended <= exchanges[at].Started).Select(before => lengths[before]).DefaultIfEmpty().Max();
        return lengths.DefaultIfEmpty().Max();
    }
}

/// <summary>A wire on loopback that leads to one server: passes each request on, holds the answer back, and notes it.</summary>
internal sealed class Wire : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _onward = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
    private readonly Uri _server;
    private readonly WireLog _log;

    private Wire(WebApplication app, Uri server, WireLog log)
    {
        _app = app;
        _server = server;
        _log = log;
    }

    /// <summary>Scheme, host and port by which the server is reached over this wire.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Lays a wire to a server.</summary>
    public static async Task<Wire> To(Uri server, WireLog log)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        _ = builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var wire = new Wire(app, server, log);
        app.Run(wire.Pass);
        await app.StartAsync();
        return wire;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _onward.Dispose();
    }

    private async Task Pass(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        var target = $"{context.Request.Path}{context.Request.QueryString}";
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(_server, target));
        if (context.Request.ContentLength > 0 || context.Request.Headers.TransferEncoding.Count > 0)
            request.Content = new StreamContent(context.Request.Body);
        foreach (var (name, values) in context.Request.Headers)
        {
            // The host as well: a registry builds the addresses of its answers from it.
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray()))
                _ = request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        var held = Task.Delay(_log.Delay);
        using var response = await _onward.SendAsync(request, context.RequestAborted);
        await held;
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
            context.Response.Headers[name] = values.ToArray();
        _ = context.Response.Headers.Remove("Transfer-Encoding");
        _log.Add(new Exchange($"{context.Request.Method} {context.Request.Host}{target} {(int)response.StatusCode}", started, Stopwatch.GetTimestamp()));
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Content.CopyToAsync(context.Response.Body);
    }
}
