using Microsoft.AspNetCore.Http;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Server.Registry;

internal sealed partial class RegistryEndpoints
{
    private const int MostMediaType = 255;

    private async Task<RegistryError?> GetManifest(HttpContext context, RegistryRoute route)
    {
        // Whatever the Accept header says: there is one form of a manifest, and converting it would change its digest.
        if (folder.FindManifest(route.Name, route.Reference) is not { } found)
            return RegistryError.ManifestUnknown(route.Reference);

        var bytes = await File.ReadAllBytesAsync(found.File, context.RequestAborted);
        context.Response.Headers["Docker-Content-Digest"] = found.Digest.ToString();
        context.Response.Headers.ETag = $"\"{found.Digest}\"";
        await WriteJson(context, 200, found.MediaType, bytes);
        return null;
    }

    private async Task<RegistryError?> PutManifest(HttpContext context, RegistryRoute route)
    {
        Tag? tag = Tag.Parse(route.Reference).Succeeded(out var named, out _) ? named : null;
        if (!Digest.Parse(route.Reference).Succeeded(out var stated, out var failure) && tag is null)
            return RegistryError.ManifestInvalid("the reference is neither a tag nor a digest");
        if (context.Request.ContentType is not { Length: > 0 and <= MostMediaType } mediaType)
            return RegistryError.ManifestInvalid("the Content-Type is missing");
        if (await ReadBody(context, ImageDocument.MostBytes) is not { } bytes)
            return RegistryError.SizeInvalid($"a manifest may have {ImageDocument.MostBytes} bytes");

        var digest = stated.IsEmpty ? Digest.Sha256(bytes.Span) : stated;
        if (!digest.Verify(bytes).Succeeded(out _, out failure))
            return RegistryError.DigestInvalid(failure.What);
        if (!PushedManifest.Parse(bytes, digest, mediaType).Succeeded(out var manifest, out failure))
            return RegistryError.ManifestInvalid(failure.What);
        foreach (var blob in manifest.Blobs)
        {
            if (folder.FindBlob(route.Name, blob) is null)
                return RegistryError.ManifestBlobUnknown(blob.ToString());
        }

        if (!folder.PutManifest(route.Name, manifest, tag, context.Request.Headers.IfMatch is [{ Length: > 0 } match] ? match : null))
            return RegistryError.Overtaken;

        var response = context.Response;
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = $"/v2/{route.Name}/manifests/{digest}";
        response.Headers["Docker-Content-Digest"] = digest.ToString();
        if (options.Referrers && manifest.Subject is { } subject)
            response.Headers["OCI-Subject"] = subject.ToString();
        return null;
    }

    private async Task<RegistryError?> DeleteManifest(HttpContext context, RegistryRoute route)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        if (Tag.Parse(route.Reference).Succeeded(out var tag, out _))
            return folder.DeleteTag(route.Name, tag) ? null : RegistryError.ManifestUnknown(route.Reference);
        if (folder.FindManifest(route.Name, route.Reference) is not { } found)
            return RegistryError.ManifestUnknown(route.Reference);

        var bytes = await File.ReadAllBytesAsync(found.File, context.RequestAborted);
        var subject = PushedManifest.Parse(bytes, found.Digest, found.MediaType).Succeeded(out var manifest, out _) ? manifest.Subject : null;
        return folder.DeleteManifest(route.Name, found.Digest, subject) ? null : RegistryError.ManifestUnknown(route.Reference);
    }

    private async Task<RegistryError?> ListReferrers(HttpContext context, RegistryRoute route)
    {
        if (!Digest.Parse(route.Reference).Succeeded(out var subject, out var failure))
            return RegistryError.DigestInvalid(failure.What);

        var filter = context.Request.Query["artifactType"].ToString();
        var last = context.Request.Query["last"].ToString();
        var page = new List<(string Name, byte[] Entry)>();
        var hasMore = false;
        foreach (var name in folder.Referrers(route.Name, subject).Where(name => string.CompareOrdinal(name, last) > 0))
        {
            var entry = folder.ReadReferrer(route.Name, subject, name);
            if (filter.Length > 0 && ArtifactTypeOf(entry) != filter)
                continue;
            hasMore = page.Count == options.ReferrersPage;
            if (hasMore)
                break;
            page.Add((name, entry));
        }

        var type = filter.Length > 0 ? $"artifactType={Uri.EscapeDataString(filter)}&" : "";
        if (filter.Length > 0)
            context.Response.Headers["OCI-Filters-Applied"] = "artifactType";
        if (hasMore)
            context.Response.Headers.Link = $"</v2/{route.Name}/referrers/{subject}?{type}last={page[^1].Name}>; rel=\"next\"";
        await WriteJson(context, 200, MediaType.OciIndex, ReferrersIndexOf(page));
        return null;
    }

    private static byte[] ReferrersIndexOf(IEnumerable<(string Name, byte[] Entry)> page) => Json(writer =>
    {
        writer.WriteNumber("schemaVersion", 2);
        writer.WriteString("mediaType", MediaType.OciIndex);
        writer.WriteStartArray("manifests");
        foreach (var (_, entry) in page)
            writer.WriteRawValue(entry);
        writer.WriteEndArray();
    });

    private static string? ArtifactTypeOf(byte[] entry)
        => StrictJson.Parse(entry, new JsonLimits(ImageDocument.MostBytes)).Succeeded(out var value, out _) ? value.Member("artifactType")?.Text : null;

    private static async Task<ReadOnlyMemory<byte>?> ReadBody(HttpContext context, int maximum)
    {
        if (context.Request.ContentLength > maximum)
            return null;
        var bytes = new byte[Math.Min(context.Request.ContentLength ?? 16 * 1024, maximum) + 1];
        var length = 0;
        while (await context.Request.Body.ReadAsync(bytes.AsMemory(length), context.RequestAborted) is var read and > 0)
        {
            length += read;
            if (length > maximum)
                return null;
            if (length == bytes.Length)
                Array.Resize(ref bytes, Math.Min(2 * bytes.Length, maximum + 1));
        }

        return bytes.AsMemory(0, length);
    }
}
