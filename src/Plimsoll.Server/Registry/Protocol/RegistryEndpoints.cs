using Microsoft.AspNetCore.Http;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Server.Registry.Access;
using Plimsoll.Server.Registry.Storage;

namespace Plimsoll.Server.Registry.Protocol;

/// <summary>The OCI distribution protocol (1.1) over a <see cref="RegistryFolder"/>; docs/registry-conformance.md goes through its requirements.</summary>
internal sealed partial class RegistryEndpoints(RegistryFolder folder, Uploads uploads, RegistryServerOptions options)
{
    private static readonly string[] KnownQuery = ["digest", "mount", "from", "n", "last", "artifactType"];

    /// <summary>What a request needs to be allowed to do; none for what anybody may ask.</summary>
    public static Rights RightFor(RegistryRoute route, string method) => (route.Resource, method) switch
    {
        (RegistryResource.Unknown or RegistryResource.BadName or RegistryResource.Base or RegistryResource.Catalog, _) => Rights.None,
        (RegistryResource.Uploads or RegistryResource.Upload, _) => Rights.Push,
        (_, "GET" or "HEAD") => Rights.Pull,
        (_, "DELETE") => Rights.Delete,
        _ => Rights.Push,
    };

    /// <summary>Answers a request of somebody who may make it.</summary>
    public Task<RegistryError?> Answer(HttpContext context, RegistryRoute route, Caller caller)
    {
        var method = context.Request.Method;
        if (Array.Exists(KnownQuery, name => context.Request.Query[name].Count > 1))
            return Refuse(RegistryError.BadRequest(400, "a query parameter stands there twice"));
        if (folder.IsReadOnly && method is not ("GET" or "HEAD") && route.Resource is not (RegistryResource.Unknown or RegistryResource.BadName))
            return Refuse(RegistryError.ReadOnly);

        return (route.Resource, method) switch
        {
            (RegistryResource.BadName, _) => Refuse(RegistryError.NameInvalid),
            (RegistryResource.Base, "GET" or "HEAD") => Base(context),
            (RegistryResource.Catalog, "GET" or "HEAD") => ListRepositories(context, caller),
            (RegistryResource.Manifest, "GET" or "HEAD") => GetManifest(context, route),
            (RegistryResource.Manifest, "PUT") => PutManifest(context, route),
            (RegistryResource.Manifest, "DELETE") => DeleteManifest(context, route),
            (RegistryResource.Blob, "GET" or "HEAD") => GetBlob(context, route),
            (RegistryResource.Blob, "DELETE") => Task.FromResult(DeleteBlob(context, route)),
            (RegistryResource.Uploads, "POST") => BeginUpload(context, route, caller),
            (RegistryResource.Upload, "GET" or "HEAD") => Task.FromResult(GetUpload(context, route)),
            (RegistryResource.Upload, "PATCH") => AppendUpload(context, route),
            (RegistryResource.Upload, "PUT") => FinishUpload(context, route),
            (RegistryResource.Upload, "DELETE") => Task.FromResult(CancelUpload(context, route)),
            (RegistryResource.Tags, "GET" or "HEAD") => ListTags(context, route),
            (RegistryResource.Referrers, "GET" or "HEAD") when options.Referrers => ListReferrers(context, route),
            (RegistryResource.Unknown, _) or (RegistryResource.Referrers, "GET" or "HEAD") => Refuse(RegistryError.NotFound),
            _ => Refuse(RegistryError.Unsupported),
        };
    }

    private static Task<RegistryError?> Refuse(RegistryError error) => Task.FromResult<RegistryError?>(error);

    private static async Task<RegistryError?> Base(HttpContext context)
    {
        await JsonAnswer.Write(context, 200, "application/json", "{}"u8.ToArray());
        return null;
    }

    private async Task<RegistryError?> GetBlob(HttpContext context, RegistryRoute route)
    {
        if (!Digest.Parse(route.Reference).Succeeded(out var digest, out var failure))
            return RegistryError.DigestInvalid(failure.What);
        if (folder.FindBlob(route.Name, digest) is not { } file)
            return RegistryError.BlobUnknown(digest.ToString());

        var (request, response) = (context.Request, context.Response);
        response.Headers["Docker-Content-Digest"] = digest.ToString();
        response.Headers.ETag = EntityTags.Of(digest);
        response.Headers.AcceptRanges = "bytes";
        if (IsNotModified(request, digest))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return null;
        }

        // A range belongs to a GET, and only if what it is a part of is still the same (RFC 9110 14.2, 13.1.5).
        var conditional = request.Headers.IfRange;
        var wanted = HttpMethods.IsGet(request.Method) && (conditional.Count == 0 || conditional.ToString() == EntityTags.Of(digest)) ? request.Headers.Range.ToString() : null;
        var range = ByteRange.Parse(wanted, file.Length, out var unsatisfiable);
        if (unsatisfiable)
        {
            response.Headers.ContentRange = $"bytes */{file.Length}";
            return RegistryError.RangeUnsatisfiable;
        }

        response.ContentType = "application/octet-stream";
        response.ContentLength = range?.Length ?? file.Length;
        if (range is { } part)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {part.First}-{part.First + part.Length - 1}/{file.Length}";
        }

        if (!HttpMethods.IsHead(request.Method))
            await BlobBody.Send(response, file.FullName, range?.First ?? 0, response.ContentLength.Value, context.RequestAborted);
        return null;
    }

    private RegistryError? DeleteBlob(HttpContext context, RegistryRoute route)
    {
        if (!Digest.Parse(route.Reference).Succeeded(out var digest, out var failure))
            return RegistryError.DigestInvalid(failure.What);
        if (!folder.DeleteBlob(route.Name, digest))
            return RegistryError.BlobUnknown(digest.ToString());
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return null;
    }

    private static bool IsNotModified(HttpRequest request, Digest digest)
        => EntityTags.Parse(request.Headers.IfNoneMatch) is { } known && known.Match(digest, weakly: true);
}
