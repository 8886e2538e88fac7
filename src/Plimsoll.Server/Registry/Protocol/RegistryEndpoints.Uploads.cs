using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Server.Registry.Access;
using Plimsoll.Server.Registry.Storage;

namespace Plimsoll.Server.Registry.Protocol;

internal sealed partial class RegistryEndpoints
{
    private async Task<RegistryError?> BeginUpload(HttpContext context, RegistryRoute route, Caller caller)
    {
        var query = context.Request.Query;

        // Without `from`, or from where this caller may not read, it is an upload like any other: whether some repository
        // has a blob is nothing to be found out here.
        if (Digest.Parse(query["mount"].ToString()).Succeeded(out var mounted, out _)
            && query["from"] is [{ } from] && RegistryRoute.IsName(from) && caller.May(Rights.Pull, from)
            && await folder.MountBlob(route.Name, from, mounted, context.RequestAborted))
            return Created(context, route.Name, mounted);

        if (!query.ContainsKey("digest"))
            return uploads.Begin(route.Name) is { } begun ? Accepted(context, begun, StatusCodes.Status202Accepted) : TooManyUploads;
        if (!Digest.Parse(query["digest"].ToString()).Succeeded(out var digest, out var failure))
            return RegistryError.DigestInvalid(failure.What);
        if (uploads.BeginUnnamed(route.Name) is not { } upload)
            return TooManyUploads;
        try
        {
            return await Finish(context, upload, digest);
        }
        finally
        {
            uploads.Forget(upload);
        }
    }

    private static RegistryError TooManyUploads => RegistryError.TooManyRequests("too many open uploads");

    private RegistryError? GetUpload(HttpContext context, RegistryRoute route)
        => uploads.Find(route.Name, route.Reference, out var upload) ? Accepted(context, upload, StatusCodes.Status204NoContent) : RegistryError.UploadUnknown;

    private async Task<RegistryError?> AppendUpload(HttpContext context, RegistryRoute route)
    {
        if (!uploads.Find(route.Name, route.Reference, out var upload))
            return RegistryError.UploadUnknown;
        using var turn = upload.TakeTurn();
        if (turn is null)
            return Busy(context, upload);
        return await Append(context, upload, HashAlgorithmName.SHA256) ?? Accepted(context, upload, StatusCodes.Status202Accepted);
    }

    private async Task<RegistryError?> FinishUpload(HttpContext context, RegistryRoute route)
    {
        if (!uploads.Find(route.Name, route.Reference, out var upload))
            return RegistryError.UploadUnknown;
        if (!Digest.Parse(context.Request.Query["digest"].ToString()).Succeeded(out var digest, out var failure))
            return RegistryError.DigestInvalid(failure.What);
        using var turn = upload.TakeTurn();
        return turn is null ? Busy(context, upload) : await Finish(context, upload, digest);
    }

    private RegistryError? CancelUpload(HttpContext context, RegistryRoute route)
    {
        if (!uploads.Find(route.Name, route.Reference, out var upload))
            return RegistryError.UploadUnknown;
        using var turn = upload.TakeTurn();
        if (turn is null)
            return Busy(context, upload);
        uploads.Forget(upload);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    private async Task<RegistryError?> Finish(HttpContext context, Upload upload, Digest digest)
        => await Append(context, upload, digest.HashName)
            ?? await uploads.Finish(upload, digest, context.RequestAborted)
            ?? Created(context, upload.Name, digest);

    private async Task<RegistryError?> Append(HttpContext context, Upload upload, HashAlgorithmName algorithm)
    {
        ContentRange? range = null;
        if (context.Request.Headers.ContentRange is { Count: > 0 } header)
        {
            if (header is not [{ } text] || !ContentRange.TryParse(text, out var stated))
                return Misplaced(context, upload, RegistryError.RangeInvalid("a Content-Range is START-END, without a unit"));
            range = stated;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        using var total = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        total.CancelAfter(options.MaximumRequestTime);
        try
        {
            var error = await upload.Append(context.Request.Body, range, context.Request.ContentLength, options.MaximumBlobBytes, algorithm, total.Token);
            return error is { Status: StatusCodes.Status416RangeNotSatisfiable } ? Misplaced(context, upload, error) : error;
        }
        catch (Exception failed) when (StorageFault.Is(failed))
        {
            // The disk is full or worse. The bytes so far are not worth keeping it so, and what a failed write left is not known.
            uploads.Forget(upload);
            throw;
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return RegistryError.Timeout;
        }
    }

    private static RegistryError Busy(HttpContext context, Upload upload)
        => Misplaced(context, upload, RegistryError.RangeInvalid("another part of this upload is being received"));

    // A client that is told where the upload stands can go on from there.
    private static RegistryError Misplaced(HttpContext context, Upload upload, RegistryError error)
    {
        _ = Accepted(context, upload, error.Status);
        return error;
    }

    private static RegistryError? Accepted(HttpContext context, Upload upload, int status)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.Headers.Location = $"/v2/{upload.Name}/blobs/uploads/{upload.Id}";
        response.Headers.Range = $"0-{Math.Max(upload.Received - 1, 0)}";
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
