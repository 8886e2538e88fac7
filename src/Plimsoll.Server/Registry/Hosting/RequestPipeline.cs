using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Plimsoll.Server.Registry.Access;
using Plimsoll.Server.Registry.Protocol;
using Plimsoll.Server.Registry.Storage;

namespace Plimsoll.Server.Registry.Hosting;

/// <summary>Every request from head to log line: refuse what is malformed, find the route, admit, answer, count.</summary>
internal sealed class RequestPipeline(
    RegistryEndpoints endpoints, AccessControl access, Health health, RegistryMetrics metrics, ConnectionLimit connections, JsonLog log, bool logRequests)
{
    /// <summary>Serves one request.</summary>
    public async Task Serve(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        context.Response.Headers["X-Request-Id"] = id;
        context.Response.Headers["X-Content-Type-Options"] = "nosniff";
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var route = RegistryRoute.OfTarget(target);
        var served = new Served();
        using (connections.Begin(context))
        {
            try
            {
                if (await Answer(context, target, route, served) is { } error)
                    await JsonAnswer.Write(context, error);
            }
            catch (Exception failed)
            {
                await Explain(context, failed, served);
            }
        }

        Note(context, target, route, id, served, Stopwatch.GetElapsedTime(started));
    }

    private async Task<RegistryError?> Answer(HttpContext context, string target, RegistryRoute route, Served served)
    {
        // RFC 9112 6.3: somebody in front of us may have taken the other of the two for the body's end.
        var headers = context.Request.Headers;
        if (headers.TransferEncoding.Count > 0 && (headers.ContentLength is not null || headers.ContainsKey("X-Content-Length")))
        {
            context.Response.Headers.Connection = "close";
            return RegistryError.BadRequest(400, "a request has a Content-Length or a Transfer-Encoding, not both");
        }

        switch (target.Split('?', 2)[0])
        {
            case "/healthz":
                return await health.Answer(context);
            case "/metrics":
                if (await access.AdmitAnyUser(context) is { } refused)
                    return refused;
                await JsonAnswer.Write(context, 200, "text/plain; version=0.0.4; charset=utf-8", Encoding.UTF8.GetBytes(metrics.Text()));
                return null;
            case "/token":
                return await access.GiveToken(context);
        }

        context.Response.Headers["Docker-Distribution-API-Version"] = "registry/2.0";
        if (route.Resource == RegistryResource.Unknown)
            return RegistryError.NotFound;
        if (route.Resource == RegistryResource.BadName)
            return RegistryError.NameInvalid;
        var (caller, denied) = await access.Admit(context, route, RegistryEndpoints.RightFor(route, context.Request.Method));
        served.User = caller.Name;
        return denied ?? await endpoints.Answer(context, route, caller);
    }

    // An exception is a broken request, a broken connection, a broken disk, or a defect.
    private async Task Explain(HttpContext context, Exception failed, Served served)
    {
        served.Failed = failed;
        switch (failed)
        {
            case BadHttpRequestException bad:
                await JsonAnswer.Write(context, RegistryError.BadRequest(bad.StatusCode, "the request is malformed, too slow or too large"));
                break;
            case OperationCanceledException or ConnectionResetException when failed is ConnectionResetException || context.RequestAborted.IsCancellationRequested:
                served.IsClientGone = true;
                context.Abort();
                break;
            default:
                metrics.StorageFaults.Add(StorageFault.Is(failed) ? 1 : 0);
                await JsonAnswer.Write(context, StorageFault.Is(failed) ? StorageFault.ToError(failed) : RegistryError.StorageFailed);
                break;
        }
    }

    private void Note(HttpContext context, string target, RegistryRoute route, string id, Served served, TimeSpan took)
    {
        var (request, response) = (context.Request, context.Response);
        var status = served.IsClientGone ? 499 : response.StatusCode;
        metrics.Answered(request.Method, route.Resource.ToString().ToLowerInvariant(), status, took);
        metrics.Received.Add(request.ContentLength ?? 0);
        metrics.Sent.Add(HttpMethods.IsHead(request.Method) || served.IsClientGone ? 0 : response.ContentLength ?? 0);
        var isFault = status >= 500;
        if (!log.IsOn || !(logRequests || isFault))
            return;

        log.Write(isFault ? "error" : "info", "request", writer =>
        {
            // The path without its query: a token request's query names an account, and an upload's a digest at most.
            writer.WriteString("id", id);
            writer.WriteString("remote", context.Connection.RemoteIpAddress?.ToString());
            writer.WriteString("method", request.Method);
            writer.WriteString("path", target.Split('?', 2)[0]);
            writer.WriteNumber("status", status);
            writer.WriteNumber("milliseconds", Math.Round(took.TotalMilliseconds, 2));
            if (response.ContentLength is { } length)
                writer.WriteNumber("bytes", length);
            if (served.User is { Length: > 0 } user)
                writer.WriteString("user", user);
            if (served.Failed is { } failed)
                writer.WriteString("failure", isFault ? $"{failed.GetType().Name}: {failed.Message}" : failed.GetType().Name);
        });
    }

    private sealed class Served
    {
        public string? User { get; set; }

        public Exception? Failed { get; set; }

        public bool IsClientGone { get; set; }
    }
}
