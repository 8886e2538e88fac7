using Microsoft.AspNetCore.Http;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Server.Registry.Protocol;

internal sealed partial class RegistryEndpoints
{
    private async Task<RegistryError?> GetManifest(HttpContext context, RegistryRoute route)
    {
        // Whatever the Accept header says: there is one form of a manifest, and converting it would change its digest.
        if (folder.FindManifest(route.Name, route.Reference) is not { } found)
            return RegistryError.ManifestUnknown(route.Reference);

        context.Response.Headers["Docker-Content-Digest"] = found.Digest.ToString();
        context.Response.Headers.ETag = EntityTags.Of(found.Digest);
        if (IsNotModified(context.Request, found.Digest))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return null;
        }

        await JsonAnswer.Write(context, 200, found.MediaType, File.ReadAllBytes(found.File));
        return null;
    }

    private async Task<RegistryError?> PutManifest(HttpContext context, RegistryRoute route)
    {
        Tag? tag = Tag.Parse(route.Reference).Succeeded(out var named, out _) ? named : null;
        if (!Digest.Parse(route.Reference).Succeeded(out var stated, out var failure) && tag is null)
            return RegistryError.ManifestInvalid("the reference is neither a tag nor a digest");
        if (context.Request.ContentType is not { Length: > 0 } mediaType)
            return RegistryError.ManifestInvalid("the Content-Type is missing");
        if (await ClientBody.ReadWhole(context.Request, ImageDocument.MostBytes, context.RequestAborted) is not { } bytes)
            return RegistryError.SizeInvalid($"a manifest may have {ImageDocument.MostBytes} bytes");

        var digest = stated.IsEmpty ? Digest.Sha256(bytes.Span) : stated;
        if (!digest.Verify(bytes).Succeeded(out _, out failure))
            return RegistryError.DigestInvalid(failure.What);
        if (!PushedManifest.Parse(bytes, digest, mediaType).Succeeded(out var manifest, out failure))
            return RegistryError.ManifestInvalid(failure.What);

        var outcome = await folder.PutManifest(route.Name, manifest, tag, MayReplace(context.Request), context.RequestAborted);
        if (outcome.MissingBlob is { } missing)
            return RegistryError.ManifestBlobUnknown(missing.ToString());
        if (outcome.Overtaken)
            return RegistryError.Overtaken;

        var response = context.Response;
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = $"/v2/{route.Name}/manifests/{digest}";
        response.Headers["Docker-Content-Digest"] = digest.ToString();
        if (options.Referrers && manifest.Subject is { } subject)
            response.Headers["OCI-Subject"] = subject.ToString();
        return null;
    }

    // RFC 9110 13.1: If-Match, so that a tag that somebody else has moved is not moved back; If-None-Match: *, so that a tag is only made.
    private static Func<Digest?, bool> MayReplace(HttpRequest request)
    {
        var (expected, unwanted) = (EntityTags.Parse(request.Headers.IfMatch), EntityTags.Parse(request.Headers.IfNoneMatch));
        return present => (expected is null || expected.Match(present)) && (unwanted is null || !unwanted.Match(present, weakly: true));
    }

    private async Task<RegistryError?> DeleteManifest(HttpContext context, RegistryRoute route)
    {
        if (Tag.Parse(route.Reference).Succeeded(out var tag, out _))
        {
            if (!folder.DeleteTag(route.Name, tag))
                return RegistryError.ManifestUnknown(route.Reference);
        }
        else if (folder.FindManifest(route.Name, route.Reference) is not { } found || !folder.DeleteManifest(route.Name, found.Digest, await SubjectOf(found.File, found.Digest, found.MediaType)))
        {
            return RegistryError.ManifestUnknown(route.Reference);
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return null;
    }

    private static async Task<Digest?> SubjectOf(string file, Digest digest, string mediaType)
        => PushedManifest.Parse(await File.ReadAllBytesAsync(file), digest, mediaType).Succeeded(out var manifest, out _) ? manifest.Subject : null;
}
