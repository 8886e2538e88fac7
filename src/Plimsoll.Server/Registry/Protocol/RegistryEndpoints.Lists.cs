using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Primitives.Json;
using Plimsoll.Server.Registry.Access;

namespace Plimsoll.Server.Registry.Protocol;

internal sealed partial class RegistryEndpoints
{
    private const int MostListed = 10_000;

    private async Task<RegistryError?> ListTags(HttpContext context, RegistryRoute route)
    {
        if (!folder.HasRepository(route.Name))
            return RegistryError.NameUnknown(route.Name);
        return await WritePage(context, $"/v2/{route.Name}/tags/list", folder.Tags(route.Name), (tags, writer) =>
        {
            writer.WriteString("name", route.Name);
            WriteStrings(writer, "tags", tags);
        });
    }

    private Task<RegistryError?> ListRepositories(HttpContext context, Caller caller) => WritePage(
        context, "/v2/_catalog", folder.Names().Where(name => caller.May(Rights.Pull, name)), (names, writer) => WriteStrings(writer, "repositories", names));

    // n and last: as many as asked for, beginning after one that need not exist; nothing more after the last page.
    private static async Task<RegistryError?> WritePage(
        HttpContext context, string path, IEnumerable<string> sorted, Action<string[], Utf8JsonWriter> members)
    {
        var query = context.Request.Query;
        var most = (long)MostListed;
        if (query["n"] is [{ } asked] && !Numbers.TryParse(asked, out most))
            return RegistryError.BadRequest(400, "n is not a number");

        var (last, wanted) = (query["last"].ToString(), (int)Math.Min(most, MostListed));
        var rest = sorted.Where(name => string.CompareOrdinal(name, last) > 0).Take(wanted + 1).ToArray();
        var page = rest.Length > wanted ? rest[..wanted] : rest;
        if (rest.Length > wanted && wanted > 0)
            context.Response.Headers.Link = $"<{path}?n={wanted}&last={Uri.EscapeDataString(page[^1])}>; rel=\"next\"";
        await JsonAnswer.Write(context, 200, "application/json", JsonAnswer.Object(writer => members(page, writer)));
        return null;
    }

    private static void WriteStrings(Utf8JsonWriter writer, string name, string[] values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private async Task<RegistryError?> ListReferrers(HttpContext context, RegistryRoute route)
    {
        if (!Digest.Parse(route.Reference).Succeeded(out var subject, out var failure))
            return RegistryError.DigestInvalid(failure.What);

        // A '+' that a client did not escape has become a space, which no media type has.
        var filter = context.Request.Query["artifactType"].ToString().Replace(' ', '+');
        var page = new List<(string Name, byte[] Entry)>();
        var (hasMore, bytes) = (false, 0L);
        foreach (var (name, entry) in folder.Referrers(route.Name, subject, context.Request.Query["last"].ToString()))
        {
            if (filter.Length > 0 && ArtifactTypeOf(entry) != filter)
                continue;

            // Clients read no more than a manifest's size of a page.
            bytes += entry.Length + 1;
            hasMore = page.Count == options.ReferrersPage || (page.Count > 0 && bytes > ImageDocument.MostBytes - 1024);
            if (hasMore)
                break;
            page.Add((name, entry));
        }

        var type = filter.Length > 0 ? $"artifactType={Uri.EscapeDataString(filter)}&" : "";
        if (filter.Length > 0)
            context.Response.Headers["OCI-Filters-Applied"] = "artifactType";
        if (hasMore)
            context.Response.Headers.Link = $"</v2/{route.Name}/referrers/{subject}?{type}last={page[^1].Name}>; rel=\"next\"";
        await JsonAnswer.Write(context, 200, MediaType.OciIndex, ReferrersIndexOf(page));
        return null;
    }

    private static byte[] ReferrersIndexOf(IEnumerable<(string Name, byte[] Entry)> page) => JsonAnswer.Object(writer =>
    {
        writer.WriteNumber("schemaVersion", 2);
        writer.WriteString("mediaType", MediaType.OciIndex);
        writer.WriteStartArray("manifests");
        foreach (var (_, entry) in page)
            writer.WriteRawValue(entry);
        writer.WriteEndArray();
    });

    private static string? ArtifactTypeOf(byte[] entry)
        => StrictJson.Parse(entry, PushedManifest.Limits).Succeeded(out var value, out _) ? value.Member("artifactType")?.Text : null;
}
