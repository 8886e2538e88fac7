using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Server.Registry;

/// <summary>The OCI distribution protocol (1.1) over a <see cref="RegistryFolder"/>.</summary>
internal sealed partial class RegistryEndpoints(RegistryFolder folder, RegistryUploads uploads, RegistryServerOptions options)
{
    // Media types with their '+' as it is; nobody puts this into HTML.
    private static readonly JsonWriterOptions Plain = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Adds the protocol's routes.</summary>
    public void Map(IEndpointRouteBuilder routes) => _ = routes.Map("/v2/{**path}", Serve);

    private async Task Serve(HttpContext context)
    {
        context.Response.Headers["Docker-Distribution-API-Version"] = "registry/2.0";
        context.Response.Headers["X-Content-Type-Options"] = "nosniff";
        if (await Answer(context) is { } error)
            await Write(context, error);
    }

    private Task<RegistryError?> Answer(HttpContext context)
    {
        // Not the route value: it would be decoded once more than the path.
        var path = context.Request.Path.Value ?? "";
        var route = RegistryRoute.Parse(path.StartsWith("/v2/", StringComparison.Ordinal) ? path[4..] : "");
        return (route.Resource, context.Request.Method) switch
        {
            (RegistryResource.BadName, _) => Refuse(RegistryError.NameInvalid),
            (RegistryResource.Base, "GET" or "HEAD") => Base(context),
            (RegistryResource.Manifest, "GET" or "HEAD") => GetManifest(context, route),
            (RegistryResource.Manifest, "PUT") => PutManifest(context, route),
            (RegistryResource.Manifest, "DELETE") => DeleteManifest(context, route),
            (RegistryResource.Blob, "GET" or "HEAD") => GetBlob(context, route),
            (RegistryResource.Uploads, "POST") => BeginUpload(context, route),
            (RegistryResource.Upload, "GET" or "HEAD") => GetUpload(context, route),
            (RegistryResource.Upload, "PATCH") => AppendUpload(context, route),
            (RegistryResource.Upload, "PUT") => FinishUpload(context, route),
            (RegistryResource.Upload, "DELETE") => CancelUpload(context, route),
            (RegistryResource.Tags, "GET") => ListTags(context, route),
            (RegistryResource.Referrers, "GET") when options.Referrers => ListReferrers(context, route),
            (RegistryResource.Unknown, _) or (RegistryResource.Referrers, "GET") => Refuse(RegistryError.NotFound),
            _ => Refuse(RegistryError.Unsupported),
        };
    }

    private static Task<RegistryError?> Refuse(RegistryError error) => Task.FromResult<RegistryError?>(error);

    private static async Task<RegistryError?> Base(HttpContext context)
    {
        await WriteJson(context, 200, "application/json", "{}"u8.ToArray());
        return null;
    }

    private async Task<RegistryError?> GetBlob(HttpContext context, RegistryRoute route)
    {
        if (!Digest.Parse(route.Reference).Succeeded(out var digest, out var failure))
            return RegistryError.DigestInvalid(failure.What);
        if (folder.FindBlob(route.Name, digest) is not { } file)
            return RegistryError.BlobUnknown(digest.ToString());

        var response = context.Response;
        response.ContentType = "application/octet-stream";
        response.ContentLength = file.Length;
        response.Headers["Docker-Content-Digest"] = digest.ToString();
        response.Headers.ETag = $"\"{digest}\"";
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.SendFileAsync(file.FullName, context.RequestAborted);
        return null;
    }

    private async Task<RegistryError?> ListTags(HttpContext context, RegistryRoute route)
    {
        if (!folder.HasRepository(route.Name))
            return RegistryError.NameUnknown(route.Name);

        var last = context.Request.Query["last"].ToString();
        var most = int.TryParse(context.Request.Query["n"], out var asked) && asked >= 0 ? Math.Min(asked, 10_000) : 10_000;
        var rest = folder.Tags(route.Name).Where(tag => string.CompareOrdinal(tag, last) > 0).Take(most + 1).ToArray();
        var tags = rest.Take(most).ToArray();
        if (rest.Length > most && most > 0)
            context.Response.Headers.Link = $"</v2/{route.Name}/tags/list?n={most}&last={tags[^1]}>; rel=\"next\"";

        await WriteJson(context, 200, "application/json", Json(writer =>
        {
            writer.WriteString("name", route.Name);
            writer.WriteStartArray("tags");
            foreach (var tag in tags)
                writer.WriteStringValue(tag);
            writer.WriteEndArray();
        }));
        return null;
    }

    private static Task Write(HttpContext context, RegistryError error)
    {
        // The body that a client still sends is not worth waiting for.
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        return WriteJson(context, error.Status, "application/json", Json(writer =>
        {
            writer.WriteStartArray("errors");
            writer.WriteStartObject();
            writer.WriteString("code", error.Code);
            writer.WriteString("message", error.Message);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }));
    }

    private static async Task WriteJson(HttpContext context, int status, string type, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            _ = await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
    }

    private static byte[] Json(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
