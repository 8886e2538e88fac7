using System.Net;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;
using static Plimsoll.World.Tests.Registry.RegistryHelp;

namespace Plimsoll.World.Tests.Registry;

/// <summary>Pulling: whole, in parts, on conditions, and what is said about it.</summary>
public sealed class EmbeddedRegistryPullTests
{
    private static readonly Digest Hello = Digest.Sha256("hello"u8);

    private static CancellationToken Cancellation => RegistryFixture.Cancellation;

    [Theory]
    [InlineData("bytes=0-0", "h", "bytes 0-0/5")]
    [InlineData("bytes=1-3", "ell", "bytes 1-3/5")]
    [InlineData("bytes=2-", "llo", "bytes 2-4/5")]
    [InlineData("bytes=2-999", "llo", "bytes 2-4/5")]
    [InlineData("bytes=-2", "lo", "bytes 3-4/5")]
    [InlineData("bytes=-99", "hello", "bytes 0-4/5")]
    public async Task A_part_of_a_blob_is_pulled(string range, string content, string answered)
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        await http.PushBlob("a", "hello");

        var answer = await http.Send("GET", $"v2/a/blobs/{Hello}", null, ("Range", range));

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal((content, answered), (await answer.Text(), answer.Header("Content-Range")));
    }

    [Theory]
    [InlineData("bytes=5-")]
    [InlineData("bytes=99-100")]
    [InlineData("bytes=-0")]
    public async Task A_range_without_a_byte_is_unsatisfiable(string range)
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        await http.PushBlob("a", "hello");

        var refused = await http.Send("GET", $"v2/a/blobs/{Hello}", null, ("Range", range));

        await refused.ShouldRefuse(416, "SIZE_INVALID");
        Assert.Equal("bytes */5", refused.Header("Content-Range"));
    }

    [Theory]
    [InlineData("bytes=0-1,3-4")]
    [InlineData("lines=0-1")]
    [InlineData("bytes=3-1")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=0x1-2")]
    [InlineData("bytes=-")]
    [InlineData("bytes=1-99999999999999999999999")]
    public async Task A_range_that_is_not_one_plain_range_gives_the_whole(string range)
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        await http.PushBlob("a", "hello");

        var answer = await http.Send("GET", $"v2/a/blobs/{Hello}", null, ("Range", range));

        Assert.Equal((HttpStatusCode.OK, "hello"), (answer.StatusCode, await answer.Text()));
    }

    [Fact]
    public async Task A_range_of_another_version_gives_the_whole()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        await http.PushBlob("a", "hello");

        var other = await http.Send("GET", $"v2/a/blobs/{Hello}", null, ("Range", "bytes=1-1"), ("If-Range", "\"other\""));
        var same = await http.Send("GET", $"v2/a/blobs/{Hello}", null, ("Range", "bytes=1-1"), ("If-Range", $"\"{Hello}\""));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.PartialContent), (other.StatusCode, same.StatusCode));
    }

    [Fact]
    public async Task A_head_says_what_a_get_would_say()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var image = await registry.Repository("a").PushImage("hello", "t");

        foreach (var path in new[] { $"v2/a/blobs/{Hello}", "v2/a/manifests/t", $"v2/a/manifests/{image.Descriptor.Digest}", "v2/a/tags/list", "v2/_catalog", "v2/", $"v2/a/referrers/{Hello}" })
        {
            var (get, head) = (await http.Send("GET", path), await http.Send("HEAD", path));
            Assert.Equal((get.StatusCode, get.Content.Headers.ContentLength, get.Content.Headers.ContentType), (head.StatusCode, head.Content.Headers.ContentLength, head.Content.Headers.ContentType));
            Assert.Equal((get.Header("Docker-Content-Digest"), get.Header("ETag")), (head.Header("Docker-Content-Digest"), head.Header("ETag")));
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancellation));
        }
    }

    [Fact]
    public async Task What_the_client_has_already_is_not_sent_again()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var image = await registry.Repository("a").PushImage("hello", "t");
        var tag = $"\"{image.Descriptor.Digest}\"";

        foreach (var (path, known, expected) in new[]
        {
            ("v2/a/manifests/t", tag, 304), ("v2/a/manifests/t", $"\"other\", W/{tag}", 304), ("v2/a/manifests/t", "*", 304), ("v2/a/manifests/t", "\"other\"", 200),
            ($"v2/a/blobs/{Hello}", $"\"{Hello}\"", 304), ($"v2/a/blobs/{Hello}", tag, 200),
        })
        {
            var answer = await http.Send("GET", path, null, ("If-None-Match", known));
            Assert.Equal(expected, (int)answer.StatusCode);
            Assert.NotNull(answer.Header("ETag"));
        }
    }

    [Theory]
    [InlineData(MediaType.OciManifest)]
    [InlineData(MediaType.DockerManifest)]
    [InlineData(MediaType.OciIndex)]
    [InlineData(MediaType.DockerIndex)]
    [InlineData("application/vnd.example.thing+json")]
    public async Task A_manifest_comes_back_under_the_type_it_was_pushed_with_whatever_is_accepted(string type)
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var manifest = Bytes($$"""{"schemaVersion":2,"mediaType":"{{type}}","manifests":[],"layers":[]}  """);

        var pushed = await http.PutManifest("v2/a/manifests/t", manifest, type);
        var pulled = await http.Send("GET", "v2/a/manifests/t", null, ("Accept", "text/html"));

        Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
        Assert.Equal($"/v2/a/manifests/{Digest.Sha256(manifest.Span)}", pushed.Header("Location"));
        Assert.Equal((type, Digest.Sha256(manifest.Span).ToString()), (pulled.Header("Content-Type"), pulled.Header("Docker-Content-Digest")));
        Assert.Equal(manifest.ToArray(), await pulled.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [InlineData("application/vnd.docker.distribution.manifest.v1+json")]
    [InlineData("application/vnd.docker.distribution.manifest.v1+prettyjws")]
    [InlineData("application/vnd.oci.image.manifest.v1+json; charset=utf-8")]
    [InlineData("application")]
    public async Task A_manifest_of_a_type_that_cannot_be_kept_is_refused(string type)
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();

        var refused = await http.Send("PUT", "v2/a/manifests/t", Bytes("{}"), ("Content-Type", type));

        await refused.ShouldRefuse(400, "MANIFEST_INVALID");
    }

    [Fact]
    public async Task A_manifest_by_sha512_is_pushed_and_pulled()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var index = DocumentWriter.Index([]).Bytes;
        var digest = Digest.FromHash(System.Security.Cryptography.SHA512.HashData(index.Span));

        var pushed = await http.PutManifest($"v2/a/manifests/{digest}", index, MediaType.OciIndex);
        var pulled = await http.Send("GET", $"v2/a/manifests/{digest}");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (pushed.StatusCode, pulled.StatusCode));
        Assert.Equal(digest.ToString(), pulled.Header("Docker-Content-Digest"));
    }

    [Fact]
    public async Task An_index_may_name_manifests_that_are_not_there()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var elsewhere = Descriptor.Describe(MediaType.OciManifest, "elsewhere"u8);

        var pushed = await http.PutManifest("v2/a/manifests/t", DocumentWriter.Index([elsewhere]).Bytes, MediaType.OciIndex);

        Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
    }

    [Fact]
    public async Task A_manifest_of_four_mebibytes_is_accepted()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var start = $$"""{"schemaVersion":2,"mediaType":"{{MediaType.OciIndex}}","manifests":[],"annotations":{"a":""" + "\"";
        var manifest = Bytes(start + new string('x', ImageDocument.MostBytes - start.Length - 3) + "\"}}");

        var pushed = await http.PutManifest("v2/a/manifests/t", manifest, MediaType.OciIndex);

        Assert.Equal((ImageDocument.MostBytes, HttpStatusCode.Created), (manifest.Length, pushed.StatusCode));
        Assert.Equal(manifest.ToArray(), await http.GetByteArrayAsync("v2/a/manifests/t", Cancellation));
    }

    [Fact]
    public async Task Layers_that_lie_elsewhere_need_not_be_pushed()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var config = await http.PushBlob("a", "{}");
        var manifest = Bytes($$$"""{"schemaVersion":2,"mediaType":"{{{MediaType.OciManifest}}}","config":{"mediaType":"a/b","digest":"{{{config}}}","size":2},"layers":[{"mediaType":"a/b","digest":"{{{Hello}}}","size":5,"urls":["https://elsewhere.example/x"]}]}""");

        Assert.Equal(HttpStatusCode.Created, (await http.PutManifest("v2/a/manifests/t", manifest, MediaType.OciManifest)).StatusCode);
    }

    [Fact]
    public async Task A_tag_is_only_made_where_the_client_says_so()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();

        var made = await http.PutManifest("v2/a/manifests/t", DocumentWriter.Index([]).Bytes, MediaType.OciIndex, ("If-None-Match", "*"));
        var again = await http.PutManifest("v2/a/manifests/t", DocumentWriter.Index([Descriptor.EmptyConfig]).Bytes, MediaType.OciIndex, ("If-None-Match", "*"));

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        await again.ShouldRefuse(412, "DENIED");
        Assert.Equal(Digest.Sha256(DocumentWriter.Index([]).Bytes.Span).ToString(), (await http.Send("HEAD", "v2/a/manifests/t")).Header("Docker-Content-Digest"));
    }

    [Fact]
    public async Task What_is_not_there_is_refused_by_its_code()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        await http.PushBlob("a", "hello");

        await (await http.Send("GET", $"v2/a/blobs/{Digest.Sha256("no"u8)}")).ShouldRefuse(404, "BLOB_UNKNOWN");
        await (await http.Send("GET", "v2/a/blobs/latest")).ShouldRefuse(400, "DIGEST_INVALID");
        await (await http.Send("GET", "v2/a/manifests/none")).ShouldRefuse(404, "MANIFEST_UNKNOWN");
        await (await http.Send("GET", $"v2/none/manifests/{Hello}")).ShouldRefuse(404, "MANIFEST_UNKNOWN");
        await (await http.Send("GET", "v2/none/tags/list")).ShouldRefuse(404, "NAME_UNKNOWN");
        await (await http.Send("GET", "v2/UPPER/tags/list")).ShouldRefuse(400, "NAME_INVALID");
        await (await http.Send("POST", "v2/a/tags/list", Bytes("x"))).ShouldRefuse(405, "UNSUPPORTED");
        await (await http.Send("GET", "v2/a/nothing/here")).ShouldRefuse(404, "UNSUPPORTED");
        await (await http.Send("GET", "v1/")).ShouldRefuse(404, "UNSUPPORTED");
    }

    [Fact]
    public async Task A_large_blob_comes_whole_and_in_parts()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var blob = System.Security.Cryptography.RandomNumberGenerator.GetBytes(5_000_001);
        var digest = Digest.Sha256(blob);

        var pushed = await http.Send("PUT", $"{await http.BeginUpload("a")}?digest={digest}", blob);
        var part = await http.Send("GET", $"v2/a/blobs/{digest}", null, ("Range", "bytes=1234567-4999999"));

        Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
        Assert.Equal(blob, await http.GetByteArrayAsync($"v2/a/blobs/{digest}", Cancellation));
        Assert.Equal(blob[1234567..5000000], await part.Content.ReadAsByteArrayAsync(Cancellation));
    }
}
