using System.Net;
using System.Text.Json;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;
using static Plimsoll.World.Tests.Registry.RegistryHelp;

namespace Plimsoll.World.Tests.Registry;

/// <summary>Lists of tags, repositories and referrers, and what deleting does to them.</summary>
public sealed class EmbeddedRegistryListTests
{
    private const string Sbom = "application/vnd.in-toto.spdx+dsse";
    private const string Release = "application/vnd.in-toto.release+dsse";

    private static CancellationToken Cancellation => RegistryFixture.Cancellation;

    [Fact]
    public async Task Tags_are_listed_in_the_order_of_their_bytes_page_by_page()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        string[] tags = ["b", "a", "1.10", "1.9", "_x", "Z", "latest"];
        foreach (var tag in tags)
            await http.PutManifest($"v2/x/manifests/{tag}", DocumentWriter.Index([]).Bytes, MediaType.OciIndex);

        Assert.Equal(["1.10", "1.9", "Z", "_x", "a", "b", "latest"], await Pages(http, "/v2/x/tags/list?n=3", "tags", pages: 3));
        Assert.Equal(["1.10", "1.9", "Z", "_x", "a", "b", "latest"], await Pages(http, "/v2/x/tags/list", "tags", pages: 1));
        Assert.Equal(["b", "latest"], await Pages(http, "/v2/x/tags/list?last=a", "tags", pages: 1));
        Assert.Equal(["a", "b", "latest"], await Pages(http, "/v2/x/tags/list?n=2&last=_y", "tags", pages: 2));
        Assert.Empty(await Pages(http, "/v2/x/tags/list?n=0", "tags", pages: 1));
        Assert.Empty(await Pages(http, "/v2/x/tags/list?last=zzz", "tags", pages: 1));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("abc")]
    [InlineData("")]
    [InlineData("99999999999999999999")]
    public async Task A_number_of_tags_that_is_none_is_refused(string n)
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        await http.PutManifest("v2/x/manifests/t", DocumentWriter.Index([]).Bytes, MediaType.OciIndex);

        await (await http.Send("GET", $"v2/x/tags/list?n={n}")).ShouldRefuse(400, "UNSUPPORTED");
    }

    [Fact]
    public async Task Repositories_are_listed_page_by_page()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        foreach (var name in new[] { "team/b", "team", "alpha", "team/a/deep" })
            await http.PutManifest($"v2/{name}/manifests/t", DocumentWriter.Index([]).Bytes, MediaType.OciIndex);

        Assert.Equal(["alpha", "team", "team/a/deep", "team/b"], await Pages(http, "/v2/_catalog?n=2", "repositories", pages: 2));
    }

    [Fact]
    public async Task A_referrer_of_what_is_not_there_is_accepted_and_listed()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var subject = Descriptor.Describe(MediaType.OciManifest, "comes later"u8);
        await http.PushBlob("a", "{}");
        await http.PushBlob("a", "note");
        var attached = Attach(subject, "note", Sbom);

        var pushed = await http.PutManifest("v2/a/manifests/note", attached.Bytes, MediaType.OciManifest);
        var listed = await http.Send("GET", $"v2/a/referrers/{subject.Digest}");

        Assert.Equal(subject.Digest.ToString(), pushed.Header("OCI-Subject"));
        Assert.Equal(MediaType.OciIndex, listed.Header("Content-Type"));
        using var index = JsonDocument.Parse(await listed.Text());
        var entry = Assert.Single(index.RootElement.GetProperty("manifests").EnumerateArray());
        Assert.Equal((attached.Descriptor.Digest.ToString(), Sbom, attached.Bytes.Length), (entry.GetProperty("digest").GetString(), entry.GetProperty("artifactType").GetString(), entry.GetProperty("size").GetInt32()));
    }

    [Fact]
    public async Task Referrers_carry_their_annotations_and_the_configurations_type_where_they_have_no_artifact_type()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var subject = Descriptor.Describe(MediaType.OciManifest, "image"u8);
        var config = await http.PushBlob("a", "config");
        var manifest = Bytes($$$"""{"schemaVersion":2,"mediaType":"{{{MediaType.OciManifest}}}","config":{"mediaType":"application/vnd.example.config","digest":"{{{config}}}","size":6},"layers":[],"subject":{"mediaType":"{{{MediaType.OciManifest}}}","digest":"{{{subject.Digest}}}","size":5},"annotations":{"org.example":"yes"}}""");

        await http.PutManifest($"v2/a/manifests/{Digest.Sha256(manifest.Span)}", manifest, MediaType.OciManifest);
        using var index = JsonDocument.Parse(await (await http.Send("GET", $"v2/a/referrers/{subject.Digest}")).Text());

        var entry = Assert.Single(index.RootElement.GetProperty("manifests").EnumerateArray());
        Assert.Equal(("application/vnd.example.config", "yes"), (entry.GetProperty("artifactType").GetString(), entry.GetProperty("annotations").GetProperty("org.example").GetString()));
    }

    [Fact]
    public async Task Referrers_are_filtered_and_paged_and_the_filter_says_so()
    {
        await using var registry = await RegistryFixture.Start(options => options with { ReferrersPage = 2 });
        using var http = registry.Http();
        var image = await registry.Repository("a").PushImage("layer", "t");
        foreach (var number in Enumerable.Range(0, 5))
        {
            await registry.Repository("a").PushAttached(image.Descriptor, $"release {number}", Release);
            await registry.Repository("a").PushAttached(image.Descriptor, $"sbom {number}", Sbom);
        }

        var path = $"/v2/a/referrers/{image.Descriptor.Digest}";
        Assert.Equal(10, (await Pages(http, path, "manifests", pages: 5)).Distinct().Count());
        Assert.Equal(5, (await Pages(http, $"{path}?artifactType={Uri.EscapeDataString(Sbom)}", "manifests", pages: 3)).Distinct().Count());
        Assert.Equal(5, (await Pages(http, $"{path}?artifactType={Sbom}", "manifests", pages: 3)).Distinct().Count());
        Assert.Equal("artifactType", (await http.Send("GET", $"{path}?artifactType={Uri.EscapeDataString(Sbom)}")).Header("OCI-Filters-Applied"));
        Assert.Null((await http.Send("GET", path)).Header("OCI-Filters-Applied"));
        Assert.Empty(await Pages(http, $"{path}?artifactType=a/b", "manifests", pages: 1));
    }

    [Fact]
    public async Task Referrers_of_what_nobody_knows_are_an_empty_list()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();

        var listed = await http.Send("GET", $"v2/never/pushed/referrers/{Digest.Sha256("x"u8)}");

        Assert.Equal(HttpStatusCode.OK, listed.StatusCode);
        Assert.Contains("\"manifests\":[]", await listed.Text());
        await (await http.Send("GET", "v2/a/referrers/latest")).ShouldRefuse(400, "DIGEST_INVALID");
    }

    [Fact]
    public async Task A_deleted_manifest_takes_its_tags_with_it_and_no_other()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var (one, two) = (DocumentWriter.Index([]), DocumentWriter.Index([Descriptor.EmptyConfig]));
        foreach (var (tag, made) in new[] { ("a", one), ("b", one), ("c", two) })
            await http.PutManifest($"v2/x/manifests/{tag}", made.Bytes, MediaType.OciIndex);

        var deleted = await http.Send("DELETE", $"v2/x/manifests/{one.Descriptor.Digest}");

        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        Assert.Equal(["c"], await Pages(http, "/v2/x/tags/list", "tags", pages: 1));
        await (await http.Send("GET", $"v2/x/manifests/{one.Descriptor.Digest}")).ShouldRefuse(404, "MANIFEST_UNKNOWN");
        await (await http.Send("DELETE", $"v2/x/manifests/{one.Descriptor.Digest}")).ShouldRefuse(404, "MANIFEST_UNKNOWN");
        await (await http.Send("DELETE", "v2/x/manifests/a")).ShouldRefuse(404, "MANIFEST_UNKNOWN");
        await (await http.Send("DELETE", $"v2/none/manifests/{one.Descriptor.Digest}")).ShouldRefuse(404, "MANIFEST_UNKNOWN");
    }

    [Fact]
    public async Task A_deleted_tag_leaves_its_manifest()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var made = DocumentWriter.Index([]);
        await http.PutManifest("v2/x/manifests/t", made.Bytes, MediaType.OciIndex);

        var deleted = await http.Send("DELETE", "v2/x/manifests/t");

        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.Send("GET", $"v2/x/manifests/{made.Descriptor.Digest}")).StatusCode);
        Assert.Empty(await Pages(http, "/v2/x/tags/list", "tags", pages: 1));
    }

    [Fact]
    public async Task A_deleted_blob_is_gone_from_its_repository_alone()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var hello = await http.PushBlob("a", "hello");
        await http.PushBlob("b", "hello");

        var deleted = await http.Send("DELETE", $"v2/a/blobs/{hello}");

        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        await (await http.Send("GET", $"v2/a/blobs/{hello}")).ShouldRefuse(404, "BLOB_UNKNOWN");
        await (await http.Send("DELETE", $"v2/a/blobs/{hello}")).ShouldRefuse(404, "BLOB_UNKNOWN");
        Assert.Equal("hello", await http.GetStringAsync($"v2/b/blobs/{hello}", Cancellation));
    }

    // Follows the links to the end, and says how many pages there were.
    private static async Task<string[]> Pages(HttpClient http, string path, string member, int pages)
    {
        var all = new List<string>();
        var seen = 0;
        for (var next = path; next is not null; seen++)
        {
            var answer = await http.Send("GET", next);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            using var page = JsonDocument.Parse(await answer.Text());
            all.AddRange(page.RootElement.GetProperty(member).EnumerateArray().Select(entry => entry.ValueKind == JsonValueKind.String ? entry.GetString()! : entry.GetProperty("digest").GetString()!));
            next = answer.Header("Link") is { } link ? link.Split('<', '>')[1] : null;
            Assert.EndsWith(next is null ? "" : "; rel=\"next\"", answer.Header("Link") ?? "");
        }

        Assert.Equal(pages, seen);
        return [.. all];
    }
}
