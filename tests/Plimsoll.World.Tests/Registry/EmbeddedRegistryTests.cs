using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;
using static Plimsoll.World.Tests.Registry.RegistryHelp;

namespace Plimsoll.World.Tests.Registry;

/// <summary>The embedded registry as other clients meet it: the wire, not our client.</summary>
public sealed class EmbeddedRegistryTests
{
    private static readonly Digest Hello = Digest.Sha256("hello"u8);

    private static CancellationToken Cancellation => RegistryFixture.Cancellation;

    [Fact]
    public async Task The_base_says_which_protocol_is_spoken()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = Http(registry);

        var answer = await http.GetAsync("v2/", Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("registry/2.0", Assert.Single(answer.Headers.GetValues("Docker-Distribution-API-Version")));
    }

    [Fact]
    public async Task A_blob_is_uploaded_in_parts()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = Http(registry);
        var begun = await http.PostAsync("v2/a/b/blobs/uploads/", null, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        Assert.Equal("0-0", Assert.Single(begun.Headers.GetValues("Range")));

        var first = await Patch(http, begun.Headers.Location!, "hel", "0-2");
        Assert.Equal("0-2", Assert.Single(first.Headers.GetValues("Range")));
        var gap = await Patch(http, first.Headers.Location!, "o", "4-4");
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, gap.StatusCode);
        await Patch(http, first.Headers.Location!, "l", null);
        var done = await http.PutAsync($"{first.Headers.Location}?digest={Hello}", new StringContent("o"), Cancellation);

        Assert.Equal(HttpStatusCode.Created, done.StatusCode);
        Assert.Equal(Hello.ToString(), Assert.Single(done.Headers.GetValues("Docker-Content-Digest")));
        Assert.Equal("hello", await http.GetStringAsync(done.Headers.Location, Cancellation));
    }

    [Fact]
    public async Task A_blob_is_uploaded_in_one_request()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = Http(registry);

        var done = await http.PostAsync($"v2/a/blobs/uploads/?digest={Hello}", new StringContent("hello"), Cancellation);
        var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"v2/a/blobs/{Hello}"), Cancellation);

        Assert.Equal(HttpStatusCode.Created, done.StatusCode);
        Assert.Equal(5, head.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task A_blob_of_another_repository_is_mounted()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = Http(registry);
        await http.PostAsync($"v2/a/blobs/uploads/?digest={Hello}", new StringContent("hello"), Cancellation);

        var mounted = await http.PostAsync($"v2/b/c/blobs/uploads/?mount={Hello}&from=a", null, Cancellation);
        var unknown = await http.PostAsync($"v2/b/c/blobs/uploads/?mount={Digest.Sha256("no"u8)}&from=a", null, Cancellation);

        Assert.Equal(HttpStatusCode.Created, mounted.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, unknown.StatusCode);
        Assert.Equal("hello", await http.GetStringAsync($"v2/b/c/blobs/{Hello}", Cancellation));
    }

    [Fact]
    public async Task An_upload_with_another_digest_is_refused_and_forgotten()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = Http(registry);
        var begun = await http.PostAsync("v2/a/blobs/uploads/", null, Cancellation);

        var refused = await http.PutAsync($"{begun.Headers.Location}?digest={Hello}", new StringContent("HELLO"), Cancellation);
        var again = await http.PutAsync($"{begun.Headers.Location}?digest={Hello}", new StringContent("hello"), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("DIGEST_INVALID", await refused.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"v2/a/blobs/{Hello}", Cancellation)).StatusCode);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(registry.Folder, "uploads")));
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_no_blob_and_can_go_on()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = Http(registry);
        var begun = await http.PostAsync("v2/a/blobs/uploads/", null, Cancellation);
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(registry.Server.Address.Host, registry.Server.Address.Port, Cancellation);
            var half = $"PUT {begun.Headers.Location}?digest={Hello} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(half), Cancellation);
        }

        // The other end of the broken connection may still be at work: then it says 416, and the next try finds it gone.
        HttpResponseMessage done;
        do
            done = await http.PutAsync($"{begun.Headers.Location}?digest={Hello}", new StringContent("hello"), Cancellation);
        while (done.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable);

        Assert.Equal(HttpStatusCode.Created, done.StatusCode);
    }

    [Fact]
    public async Task A_blob_larger_than_allowed_is_refused()
    {
        await using var registry = await RegistryFixture.Start(options => options with { MaximumBlobBytes = 4 });
        using var http = Http(registry);

        var refused = await http.PostAsync($"v2/a/blobs/uploads/?digest={Hello}", new StringContent("hello"), Cancellation);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("a/../b/tags/list")]
    [InlineData("%2e%2e/%2e%2e/etc/tags/list")]
    [InlineData("a/..%2f..%2fb/tags/list")]
    [InlineData("A/tags/list")]
    [InlineData("_blobs/tags/list")]
    [InlineData("a//b/tags/list")]
    [InlineData("a/manifests/..%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("a/manifests/sha256:..")]
    [InlineData("a/blobs/sha256:ABCDEF")]
    [InlineData("a/blobs/uploads/..")]
    [InlineData("a/blobs/uploads/%2e%2e%2f%2e%2e")]
    [InlineData("a/referrers/latest")]
    public async Task A_path_that_climbs_or_is_no_name_finds_nothing(string path)
    {
        await using var registry = await RegistryFixture.Start();
        using var socket = new TcpClient();
        await socket.ConnectAsync(registry.Server.Address.Host, registry.Server.Address.Port, Cancellation);

        // By hand: a client library would tidy the path up.
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /v2/{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), Cancellation);
        using var reader = new StreamReader(socket.GetStream());
        var status = await reader.ReadLineAsync(Cancellation);

        Assert.Matches("^HTTP/1.1 40[04] ", status);
    }

    [Fact]
    public async Task A_manifest_whose_blobs_were_not_pushed_is_refused()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = Http(registry);
        var manifest = DocumentWriter.Manifest(Descriptor.Describe(MediaType.OciConfig, "{}"u8), []);

        var refused = await Put(http, "v2/a/manifests/latest", manifest.Bytes, MediaType.OciManifest);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("MANIFEST_BLOB_UNKNOWN", await refused.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData("{", MediaType.OciManifest)]
    [InlineData("[]", MediaType.OciManifest)]
    [InlineData("""{"mediaType":"application/vnd.oci.image.index.v1+json"}""", MediaType.OciManifest)]
    [InlineData("""{"subject":{"digest":"sha256:../../x"}}""", MediaType.OciManifest)]
    [InlineData("""{"layers":[{"digest":"x"}]}""", MediaType.OciManifest)]
    public async Task A_manifest_that_cannot_be_acted_on_is_refused(string manifest, string type)
    {
        await using var registry = await RegistryFixture.Start();
        using var http = Http(registry);

        var refused = await Put(http, "v2/a/manifests/latest", Bytes(manifest), type);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("MANIFEST_INVALID", await refused.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_manifest_pushed_by_another_digest_is_refused()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = Http(registry);

        var refused = await Put(http, $"v2/a/manifests/{Hello}", Bytes("{}"), MediaType.OciManifest);

        Assert.Contains("DIGEST_INVALID", await refused.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_manifest_of_more_than_four_mebibytes_is_refused()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = Http(registry);

        var refused = await Put(http, "v2/a/manifests/latest", new byte[ImageDocument.MostBytes + 1], MediaType.OciManifest);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
    }

    [Fact]
    public async Task A_tag_is_overwritten_only_if_it_is_what_the_writer_read()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = Http(registry);
        var (first, second) = (DocumentWriter.Index([]), DocumentWriter.Index([Descriptor.EmptyConfig]));
        await Put(http, "v2/a/manifests/t", first.Bytes, MediaType.OciIndex);

        var overtaken = await Put(http, "v2/a/manifests/t", second.Bytes, MediaType.OciIndex, $"\"{second.Descriptor.Digest}\"");
        var written = await Put(http, "v2/a/manifests/t", second.Bytes, MediaType.OciIndex, $"\"{first.Descriptor.Digest}\"");

        Assert.Equal(HttpStatusCode.PreconditionFailed, overtaken.StatusCode);
        Assert.Equal(HttpStatusCode.Created, written.StatusCode);
    }

    [Fact]
    public async Task Tags_are_listed_in_pages_and_deleted()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = Http(registry);
        foreach (var tag in new[] { "b", "a", "C.tmp" })
            await Put(http, $"v2/x/manifests/{tag}", DocumentWriter.Index([]).Bytes, MediaType.OciIndex);

        var page = await http.GetAsync("v2/x/tags/list?n=2", Cancellation);
        var deleted = await http.DeleteAsync("v2/x/manifests/a", Cancellation);

        Assert.Equal("""{"name":"x","tags":["C.tmp","a"]}""", await page.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("</v2/x/tags/list?n=2&last=a>; rel=\"next\"", Assert.Single(page.Headers.GetValues("Link")));
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        Assert.Equal("""{"name":"x","tags":["C.tmp","b"]}""", await http.GetStringAsync("v2/x/tags/list", Cancellation));
    }

    [Fact]
    public async Task A_deleted_manifest_leaves_its_subjects_list()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = Http(registry);
        var image = await registry.Repository("a").PushImage("layer", "1.0");
        var release = await registry.Repository("a").PushAttached(image.Descriptor, "release");

        await http.DeleteAsync($"v2/a/manifests/{release.Descriptor.Digest}", Cancellation);

        Assert.Equal(
            """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}""",
            await http.GetStringAsync($"v2/a/referrers/{image.Descriptor.Digest}", Cancellation));
    }

    [Fact]
    public async Task An_old_registry_has_no_referrers_and_says_nothing_of_a_subject()
    {
        await using var registry = await RegistryFixture.Start(options => options with { Referrers = false });
        using var http = Http(registry);
        await http.PostAsync($"v2/a/blobs/uploads/?digest={Digest.Sha256("{}"u8)}", new StringContent("{}"), Cancellation);

        var pushed = await Put(http, "v2/a/manifests/t", DocumentWriter.Artifact("a/b", Descriptor.EmptyConfig, []).Bytes, MediaType.OciManifest);
        var list = await http.GetAsync($"v2/a/referrers/{Hello}", Cancellation);

        Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
        Assert.False(pushed.Headers.Contains("OCI-Subject"));
        Assert.Equal(HttpStatusCode.NotFound, list.StatusCode);
    }

    [Fact]
    public async Task A_TLS_hello_on_the_plain_port_is_answered_in_HTTP()
    {
        // dockerd tries TLS first, and goes over to plain HTTP only if the answer begins so.
        await using var registry = await RegistryFixture.Start();
        using var socket = new TcpClient();
        await socket.ConnectAsync(registry.Server.Address.Host, registry.Server.Address.Port, Cancellation);
        byte[] hello = [0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x00];

        await socket.GetStream().WriteAsync(hello, Cancellation);
        var answer = new byte[4];
        await socket.GetStream().ReadExactlyAsync(answer, Cancellation);

        Assert.Equal("HTTP", Encoding.ASCII.GetString(answer));
    }

    private static HttpClient Http(RegistryFixture registry) => new() { BaseAddress = registry.Server.Address };

    private static Task<HttpResponseMessage> Patch(HttpClient http, Uri location, string text, string? range)
    {
        var content = new StringContent(text);
        if (range is not null)
            content.Headers.TryAddWithoutValidation("Content-Range", range);
        return http.PatchAsync(location, content, Cancellation);
    }

    private static Task<HttpResponseMessage> Put(HttpClient http, string path, ReadOnlyMemory<byte> bytes, string type, string? ifMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ReadOnlyMemoryContent(bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return http.SendAsync(request, Cancellation);
    }
}
