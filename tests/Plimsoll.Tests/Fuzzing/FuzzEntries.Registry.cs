using System.Text;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Server.Registry.Access;
using Plimsoll.Server.Registry.Protocol;

namespace Plimsoll.Tests.Fuzzing;

/// <summary>What the embedded registry reads of its clients and of its operator.</summary>
internal sealed class RegistryFuzzEntries : IFuzzEntries
{
    private const string Hex = "c5b1261d6d3e43071626931fc004f70149baeba2c8ec672bd4f27761f8e1ad6b";
    private const string Hash = "pbkdf2-sha512:210000:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    public IEnumerable<FuzzEntry> Entries()
    {
        yield return Judged("server.route", Route, "", "a/b/manifests/latest", "a/blobs/sha256:" + Hex, "a/blobs/uploads/", "a/blobs/uploads/0123", "a/tags/list", "a/referrers/sha256:" + Hex, "../manifests/x", "a//b/tags/list");
        yield return FuzzEntry.Of("server.manifest", bytes => PushedManifest.Parse(bytes, Digest.Sha256(bytes), MediaType.OciManifest), FuzzSeeds.Text(
            $$$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"a/b","digest":"sha256:{{{Hex}}}"},"layers":[{"digest":"sha256:{{{Hex}}}","urls":[]}],"subject":{"digest":"sha256:{{{Hex}}}"},"annotations":{"a":"b"}}"""),
            manifest => Assert.False(manifest.ReferrerEntry().IsEmpty));
        yield return Judged("server.range", Ranges, "bytes=0-1", "bytes=-5", "bytes=9-", "0-99");
        yield return Judged("server.entity-tags", text => EntityTags.Parse(text) is null ? "none" : "ok", "*", "\"a\"", "W/\"a\", \"b\"");
        yield return Judged("server.scopes", text => Scope.ParseAll([text]) is { Count: <= Scope.Most } ? "ok" : "refused", "repository:a/b:pull,push", "repository:a:*  registry:catalog:*");
        yield return FuzzEntry.OfText("server.grant", Grant.Parse, FuzzSeeds.Text("acme/**=pull,push", "**=delete"), grant => Assert.Equal(grant.ToString(), Grant.Parse(grant.ToString()).ShouldSucceed().ToString()));
        yield return FuzzEntry.Of("server.users", bytes => UsersFile.Parse(bytes), FuzzSeeds.Text($"# users\nci {Hash} acme/**=pull,push\nops\t{Hash} **=delete\n"), users => Assert.All(users.Keys, name => Assert.True(User.IsName(name))))
            .Costing(allocationPerByte: 1000);
    }

    private static FuzzEntry Judged(string name, Func<string, string> judge, params string[] seeds)
        => new(name, bytes => judge(Encoding.UTF8.GetString(bytes)), [.. FuzzSeeds.Text(seeds)]);

    // A name that is read becomes a folder's path: it must not climb, whatever it is made of.
    private static string Route(string path)
    {
        var route = RegistryRoute.Parse(path);
        if (route.Resource is not (RegistryResource.Unknown or RegistryResource.BadName or RegistryResource.Base or RegistryResource.Catalog))
            Assert.DoesNotContain(route.Name.Split('/'), part => part is ".." or "." or "");
        _ = RegistryRoute.OfTarget(path);
        return route.Resource == RegistryResource.BadName ? "bad-name" : "ok";
    }

    private static string Ranges(string text)
    {
        if (ByteRange.Parse(text, 100, out var unsatisfiable) is { } range)
            Assert.True(!unsatisfiable && range.First >= 0 && range.Length > 0 && range.First + range.Length <= 100, text);
        return ContentRange.TryParse(text, out var chunk) && chunk.Length > 0 ? "ok" : "refused";
    }
}
