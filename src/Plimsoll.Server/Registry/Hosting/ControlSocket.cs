using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Json;
using Plimsoll.Server.Registry.Protocol;
using Plimsoll.Server.Registry.Storage;

namespace Plimsoll.Server.Registry.Hosting;

/// <summary>
/// A Unix socket in the registry's folder: whoever may write the folder may ask for a collection, and nobody on the network
/// may. It is a listener of its own, so no path of the protocol leads here.
/// </summary>
internal static class ControlSocket
{
    /// <summary>Longest path of a socket on Linux, in bytes, without the zero at its end.</summary>
    public const int MostPathBytes = 107;

    private const string Code = "registry.control";

    /// <summary>Marks a connection as one of this socket.</summary>
    public static ConnectionDelegate Mark(ConnectionDelegate next) => context =>
    {
        context.Features.Set(new Marker());
        return next(context);
    };

    public static bool IsControl(HttpContext context) => context.Features.Get<Marker>() is not null;

    /// <summary>Answers <c>POST /gc</c>.</summary>
    public static async Task Serve(HttpContext context, Func<CancellationToken, Task<CollectionReport>> collect)
    {
        if (context.Request.Method != "POST" || context.Request.Path != "/gc")
        {
            await JsonAnswer.Write(context, RegistryError.NotFound);
            return;
        }

        var report = await collect(context.RequestAborted);
        await JsonAnswer.Write(context, 200, "application/json", JsonAnswer.Object(writer =>
        {
            writer.WriteNumber("blobs", report.Blobs);
            writer.WriteNumber("content", report.Content);
            writer.WriteNumber("bytes", report.Bytes);
            writer.WriteNumber("leftovers", report.Leftovers);
            writer.WriteNumber("unreadable", report.Unreadable);
        }));
    }

    /// <summary>Asks the process that serves this folder for a collection.</summary>
    public static async Task<Result<CollectionReport>> Ask(string path, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = 64 * 1024 };
        try
        {
            using var answer = await http.PostAsync(new Uri("http://control/gc"), null, cancellation);
            var bytes = await answer.Content.ReadAsByteArrayAsync(cancellation);
            return answer.StatusCode == HttpStatusCode.OK ? Read(bytes) : Unreachable($"answered {(int)answer.StatusCode}");
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or SocketException or ArgumentException)
        {
            return Unreachable($"cannot be asked: {failed.Message}");
        }

        Failure Unreachable(string what) => new(
            Refusal.Unreachable, Code, $"the process that serves this folder, through its socket {path}, {what}",
            "run it as the user who serves the folder; or stop that process and run it again");
    }

    private static Result<CollectionReport> Read(byte[] bytes)
    {
        if (!StrictJson.Parse(bytes, new JsonLimits(64 * 1024)).Succeeded(out var root, out var failure))
            return failure;
        var reader = root.ReadObject(Code);
        var report = new CollectionReport(
            (int)reader.Integer("blobs"), (int)reader.Integer("content"), reader.Integer("bytes"), (int)reader.Integer("leftovers"), (int)reader.Integer("unreadable"));
        return reader.Failed(out failure) ? failure : report;
    }

    private sealed class Marker;
}
