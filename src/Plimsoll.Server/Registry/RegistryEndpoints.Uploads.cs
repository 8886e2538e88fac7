using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Server.Registry;

internal sealed partial class RegistryEndpoints
{
    private async Task<RegistryError?> BeginUpload(HttpContext context, RegistryRoute route)
    {
        var query = context.Request.Query;
        if (Digest.Parse(query["mount"].ToString()).Succeeded(out var mounted, out _)
            && RegistryRoute.Parse($"{query["from"]}/tags/list") is { Resource: RegistryResource.Tags, Name: var from }
            && folder.FindBlob(from, mounted) is not null)
        {
            folder.LinkBlob(route.Name, mounted);
            return Created(context, route.Name, mounted);
        }

        if (uploads.Begin(route.Name) is not { } upload)
            return RegistryError.TooManyRequests;
        return query.ContainsKey("digest") ? await Finish(context, upload) : Accepted(context, upload, StatusCodes.Status202Accepted);
    }

    private Task<RegistryError?> GetUpload(HttpContext context, RegistryRoute route)
        => Task.FromResult(uploads.Find(route.Name, route.Reference) is { } upload
            ? Accepted(context, upload, StatusCodes.Status204NoContent)
            : RegistryError.UploadUnknown);

    private async Task<RegistryError?> AppendUpload(HttpContext context, RegistryRoute route)
    {
        if (uploads.Find(route.Name, route.Reference) is not { } upload)
            return RegistryError.UploadUnknown;
        return await Append(context, upload) ?? Accepted(context, upload, StatusCodes.Status202Accepted);
    }

    private Task<RegistryError?> FinishUpload(HttpContext context, RegistryRoute route)
        => uploads.Find(route.Name, route.Reference) is { } upload ? Finish(context, upload) : Refuse(RegistryError.UploadUnknown);

    private Task<RegistryError?> CancelUpload(HttpContext context, RegistryRoute route)
    {
        if (uploads.Find(route.Name, route.Reference) is not { } upload)
            return Refuse(RegistryError.UploadUnknown);
        uploads.Cancel(upload);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.FromResult<RegistryError?>(null);
    }

    private async Task<RegistryError?> Finish(HttpContext context, Upload upload)
    {
        if (!Digest.Parse(context.Request.Query["digest"].ToString()).Succeeded(out var digest, out var failure))
            return RegistryError.DigestInvalid(failure.What);
        return await Append(context, upload)
            ?? await uploads.Finish(upload, digest, context.RequestAborted)
            ?? Created(context, upload.Name, digest);
    }

    private async Task<RegistryError?> Append(HttpContext context, Upload upload)
    {
        // Pushing a blob in chunks: START-END, without a unit, and START must be where the last chunk ended.
        if (context.Request.Headers.ContentRange is [{ } range]
            && (range.Split('-') is not [var start, _]
                || !long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var at) || at != upload.Length))
        {
            _ = Accepted(context, upload, StatusCodes.Status416RangeNotSatisfiable);
            return RegistryError.RangeInvalid($"the next part begins at {upload.Length}");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.MaximumBlobBytes;
        return await upload.Append(context.Request.Body, context.RequestAborted);
    }

    private static RegistryError? Accepted(HttpContext context, Upload upload, int status)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.Headers.Location = $"/v2/{upload.Name}/blobs/uploads/{upload.Id}";
        response.Headers.Range = $"0-{Math.Max(upload.Length - 1, 0)}";
        response.Headers["Docker-Upload-UUID"] = upload.Id;
        return null;
    }

    private static RegistryError? Created(HttpContext context, string name, Digest digest)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = $"/v2/{name}/blobs/{digest}";
        response.Headers["Docker-Content-Digest"] = digest.ToString();
        return null;
    }
}
