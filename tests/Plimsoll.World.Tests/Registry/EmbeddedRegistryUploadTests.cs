using System.Net;
using System.Security.Cryptography;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Server.Registry;
using static Plimsoll.World.Tests.Registry.RegistryHelp;

namespace Plimsoll.World.Tests.Registry;

/// <summary>Pushing blobs, in every way that the distribution specification knows.</summary>
public sealed class EmbeddedRegistryUploadTests
{
    private static readonly Digest Hello = Digest.Sha256("hello"u8);

    private static CancellationToken Cancellation => RegistryFixture.Cancellation;

    [Fact]
    public async Task An_upload_is_a_post_and_a_put()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();

        var location = await http.BeginUpload("a/b");
        var done = await http.Send("PUT", $"{location}?digest={Hello}", Bytes("hello"), ("Content-Type", "application/octet-stream"));

        Assert.Equal(HttpStatusCode.Created, done.StatusCode);
        Assert.Equal($"/v2/a/b/blobs/{Hello}", done.Header("Location"));
        Assert.Equal("hello", await http.GetStringAsync(done.Header("Location"), Cancellation));
    }

    [Fact]
    public async Task An_empty_blob_is_a_blob()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var empty = Digest.Sha256([]);

        var done = await http.Send("PUT", $"{await http.BeginUpload("a")}?digest={empty}", Array.Empty<byte>());
        var pulled = await http.Send("GET", $"v2/a/blobs/{empty}");

        Assert.Equal(HttpStatusCode.Created, done.StatusCode);
        Assert.Equal(HttpStatusCode.OK, pulled.StatusCode);
        Assert.Equal(0, pulled.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chunks_with_ranges_make_a_blob_and_the_last_may_close_it(bool lastInPut)
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var location = await http.BeginUpload("a");

        foreach (var (chunk, range) in new[] { ("he", "0-1"), ("ll", "2-3") })
        {
            var answer = await http.Send("PATCH", location, Bytes(chunk), ("Content-Range", range));
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            Assert.Equal($"0-{range.Split('-')[1]}", answer.Header("Range"));
            location = answer.Header("Location")!;
        }

        if (!lastInPut)
            await http.Send("PATCH", location, Bytes("o"), ("Content-Range", "4-4"));
        var done = lastInPut
            ? await http.Send("PUT", $"{location}?digest={Hello}", Bytes("o"), ("Content-Range", "4-4"))
            : await http.Send("PUT", $"{location}?digest={Hello}", Array.Empty<byte>());

        Assert.Equal(HttpStatusCode.Created, done.StatusCode);
        Assert.Equal("hello", await http.GetStringAsync($"v2/a/blobs/{Hello}", Cancellation));
    }

    [Theory]
    [InlineData("3-3", "o")]
    [InlineData("0-1", "he")]
    [InlineData("2-9", "llo")]
    [InlineData("2-4/5", "llo")]
    [InlineData("bytes 2-4/5", "llo")]
    [InlineData("bytes=2-4", "llo")]
    [InlineData("4-2", "llo")]
    [InlineData("2-", "llo")]
    [InlineData("-4", "llo")]
    [InlineData("+2-4", "llo")]
    [InlineData("2-4-5", "llo")]
    [InlineData("2-99999999999999999999", "llo")]
    public async Task A_chunk_out_of_place_is_refused_and_says_where_the_upload_stands(string range, string content)
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var location = await http.BeginUpload("a");
        await http.Send("PATCH", location, Bytes("he"), ("Content-Range", "0-1"));

        var refused = await http.Send("PATCH", location, Bytes(content), ("Content-Range", range));
        var status = await http.Send("GET", location);
        var done = await http.Send("PUT", $"{location}?digest={Hello}", Bytes("llo"), ("Content-Range", "2-4"));

        await refused.ShouldRefuse(416, "BLOB_UPLOAD_INVALID");
        Assert.Equal(("0-1", location), (refused.Header("Range"), refused.Header("Location")));
        Assert.Equal((HttpStatusCode.NoContent, "0-1", location), (status.StatusCode, status.Header("Range"), status.Header("Location")));
        Assert.Equal(HttpStatusCode.Created, done.StatusCode);
    }

    [Fact]
    public async Task A_streamed_chunk_whose_range_lies_about_its_length_does_not_count()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var location = await http.BeginUpload("a");

        var answer = await registry.Raw(
            $"PATCH {location} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Range: 0-3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n0\r\n\r\n");
        var status = await http.Send("GET", location);

        Assert.StartsWith("HTTP/1.1 416", answer);
        Assert.Equal("0-0", status.Header("Range"));
        Assert.Equal(HttpStatusCode.Created, (await http.Send("PUT", $"{location}?digest={Hello}", Bytes("hello"))).StatusCode);
    }

    [Fact]
    public async Task An_upload_goes_on_after_a_restart_from_what_was_received()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var location = await http.BeginUpload("a");
        await http.Send("PATCH", location, Bytes("hel"), ("Content-Range", "0-2"));
        await registry.Server.DisposeAsync();

        await using var again = await RegistryServer.Start(new RegistryServerOptions(registry.Folder), Cancellation);
        using var client = new HttpClient { BaseAddress = again.Address };
        var status = await client.Send("GET", location);
        var done = await client.Send("PUT", $"{location}?digest={Hello}", Bytes("lo"), ("Content-Range", "3-4"));

        Assert.Equal("0-2", status.Header("Range"));
        Assert.Equal(HttpStatusCode.Created, done.StatusCode);
        Assert.Equal("hello", await client.GetStringAsync($"v2/a/blobs/{Hello}", Cancellation));
    }

    [Fact]
    public async Task A_large_upload_that_breaks_off_goes_on_where_it_broke()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var blob = RandomNumberGenerator.GetBytes(3_000_000);
        var location = await http.BeginUpload("a");
        using (var socket = await registry.Connect())
        {
            using var reader = await socket.BeginBody("PATCH", location, blob.Length);
            await socket.GetStream().WriteAsync(blob.AsMemory(0, 2_000_000), Cancellation);
        }

        var received = await Settled(http, location);
        var done = await http.Send("PUT", $"{location}?digest={Digest.Sha256(blob)}", blob.AsMemory(received), ("Content-Range", $"{received}-{blob.Length - 1}"));

        Assert.InRange(received, 1, 2_000_000);
        Assert.Equal(HttpStatusCode.Created, done.StatusCode);
        Assert.Equal(blob, await http.GetByteArrayAsync($"v2/a/blobs/{Digest.Sha256(blob)}", Cancellation));
    }

    [Fact]
    public async Task Two_parts_at_the_same_time_are_refused()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var location = await http.BeginUpload("a");
        using var socket = await registry.Connect();
        using var reader = await socket.BeginBody("PATCH", location, 5);
        await socket.GetStream().WriteAsync("hel"u8.ToArray(), Cancellation);
        var refused = await (await http.Send("PATCH", location, Bytes("x"), ("Content-Range", "7-7"))).Text();
        await socket.GetStream().WriteAsync("lo"u8.ToArray(), Cancellation);
        var accepted = await reader.ReadLineAsync(Cancellation);

        Assert.Contains("another part", refused);
        Assert.Contains("BLOB_UPLOAD_INVALID", refused);
        Assert.StartsWith("HTTP/1.1 202", accepted);
    }

    [Fact]
    public async Task A_blob_by_sha512_is_pushed_in_one_request_and_in_chunks()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var digest = Digest.FromHash(SHA512.HashData("hello"u8));
        var location = await http.BeginUpload("b");
        await http.Send("PATCH", location, Bytes("hello"), ("Content-Range", "0-4"));

        var whole = await http.Send("POST", $"v2/a/blobs/uploads/?digest={digest}", Bytes("hello"));
        var chunked = await http.Send("PUT", $"{location}?digest={digest}", Array.Empty<byte>());

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (whole.StatusCode, chunked.StatusCode));
        Assert.Equal("hello", await http.GetStringAsync($"v2/a/blobs/{digest}", Cancellation));
        Assert.Equal("hello", await http.GetStringAsync($"v2/b/blobs/{digest}", Cancellation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256:abc")]
    [InlineData("md5:900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("sha256:../../../../etc/passwd")]
    public async Task A_digest_that_is_none_is_refused(string digest)
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var location = await http.BeginUpload("a");

        await (await http.Send("POST", $"v2/a/blobs/uploads/?digest={digest}", Bytes("hello"))).ShouldRefuse(400, "DIGEST_INVALID");
        await (await http.Send("PUT", $"{location}?digest={digest}", Bytes("hello"))).ShouldRefuse(400, "DIGEST_INVALID");
        Assert.Equal(HttpStatusCode.NoContent, (await http.Send("GET", location)).StatusCode);
    }

    [Fact]
    public async Task A_parameter_that_stands_twice_is_refused()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();

        var refused = await http.Send("POST", $"v2/a/blobs/uploads/?digest={Hello}&digest={Digest.Sha256("other"u8)}", Bytes("hello"));

        await refused.ShouldRefuse(400, "UNSUPPORTED");
    }

    [Fact]
    public async Task An_upload_belongs_to_its_repository()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var id = (await http.BeginUpload("a")).Split('/')[^1];

        await (await http.Send("GET", $"v2/b/blobs/uploads/{id}")).ShouldRefuse(404, "BLOB_UPLOAD_UNKNOWN");
        await (await http.Send("PUT", $"v2/b/blobs/uploads/{id}?digest={Hello}", Bytes("hello"))).ShouldRefuse(404, "BLOB_UPLOAD_UNKNOWN");
    }

    [Fact]
    public async Task A_cancelled_upload_is_gone()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var location = await http.BeginUpload("a");

        var cancelled = await http.Send("DELETE", location);

        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
        await (await http.Send("PUT", $"{location}?digest={Hello}", Bytes("hello"))).ShouldRefuse(404, "BLOB_UPLOAD_UNKNOWN");
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(registry.Folder, "uploads")));
    }

    [Fact]
    public async Task More_uploads_than_allowed_are_turned_away()
    {
        await using var registry = await RegistryFixture.Start(options => options with { MaximumUploads = 2 });
        using var http = registry.Http();
        var first = await http.BeginUpload("a");
        await http.BeginUpload("a");

        var refused = await http.Send("POST", "v2/a/blobs/uploads/", Array.Empty<byte>());
        await http.Send("DELETE", first);

        await refused.ShouldRefuse(429, "TOOMANYREQUESTS");
        Assert.NotEmpty(await http.BeginUpload("a"));
    }

    [Fact]
    public async Task An_idle_upload_expires()
    {
        await using var registry = await RegistryFixture.Start(options => options with { UploadExpiry = TimeSpan.Zero });
        using var http = registry.Http();
        var location = await http.BeginUpload("a");

        var report = await registry.Server.Collect(Cancellation);

        Assert.Equal(1, report.Leftovers);
        Assert.Equal(HttpStatusCode.NotFound, (await http.Send("GET", location)).StatusCode);
    }

    [Fact]
    public async Task A_blob_is_mounted_only_from_where_it_is_said_to_be()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        await http.PushBlob("a", "hello");

        var without = await http.Send("POST", $"v2/b/blobs/uploads/?mount={Hello}", Array.Empty<byte>());
        var elsewhere = await http.Send("POST", $"v2/b/blobs/uploads/?mount={Hello}&from=c", Array.Empty<byte>());
        var climbing = await http.Send("POST", $"v2/b/blobs/uploads/?mount={Hello}&from=../repositories/a", Array.Empty<byte>());
        var before = await http.Send("HEAD", $"v2/b/blobs/{Hello}");
        var mounted = await http.Send("POST", $"v2/b/blobs/uploads/?mount={Hello}&from=a", Array.Empty<byte>());

        Assert.Equal([202, 202, 202, 404, 201], new[] { without, elsewhere, climbing, before, mounted }.Select(answer => (int)answer.StatusCode));
        Assert.Equal($"/v2/b/blobs/{Hello}", mounted.Header("Location"));
        Assert.Equal(HttpStatusCode.Created, (await http.Send("PUT", $"{without.Header("Location")}?digest={Hello}", Bytes("hello"))).StatusCode);
    }

    [Fact]
    public async Task An_upload_that_brings_more_than_a_blob_may_have_is_broken_off()
    {
        await using var registry = await RegistryFixture.Start(options => options with { MaximumBlobBytes = 1_000_000 });
        using var http = registry.Http();
        var location = await http.BeginUpload("a");
        var chunk = $"10000\r\n{new string('x', 0x10000)}\r\n";

        var answer = await registry.Raw(
            $"PATCH {location} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{string.Concat(Enumerable.Repeat(chunk, 32))}0\r\n\r\n");

        // Whoever is still sending may see the connection reset instead of the answer.
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 413", StringComparison.Ordinal), answer);
        Assert.Equal("0-0", (await http.Send("GET", location)).Header("Range"));
    }

    // The other end of a broken connection may still be at work: ask until two answers agree and nobody is busy.
    private static async Task<int> Settled(HttpClient http, string location)
    {
        while (true)
        {
            var busy = await http.Send("PATCH", location, Array.Empty<byte>(), ("Content-Range", "999999999-999999999"));
            var text = await busy.Text();
            if (!text.Contains("another part", StringComparison.Ordinal))
                return int.Parse(busy.Header("Range")!.Split('-')[1]) + 1;
        }
    }
}
