using System.Net;
using System.Net.Sockets;
using Plimsoll.Primitives.Hashing;
using static Plimsoll.World.Tests.Registry.RegistryHelp;

namespace Plimsoll.World.Tests.Registry;

/// <summary>Requests that no honest client makes.</summary>
public sealed class EmbeddedRegistryHostileTests
{
    private const string Probe = "GET /v2/smuggled/tags/list HTTP/1.1\r\nHost: x\r\n\r\n";

    private static CancellationToken Cancellation => RegistryFixture.Cancellation;

    [Theory]
    [InlineData("Content-Length: 5\r\nContent-Length: 5")]
    [InlineData("Content-Length: 5\r\nContent-Length: 0")]
    [InlineData("Content-Length: 5, 5")]
    [InlineData("Content-Length: 0x5")]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: 5 5")]
    [InlineData("Content-Length : 5")]
    [InlineData("Content-Length: 99999999999999999999")]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5")]
    [InlineData("Transfer-Encoding: identity\r\nContent-Length: 5")]
    [InlineData("Transfer-Encoding: chunked, identity")]
    [InlineData("Transfer-Encoding: xchunked")]
    [InlineData("Transfer-Encoding : chunked")]
    [InlineData(" Transfer-Encoding: chunked")]
    [InlineData("X: y\r\n Transfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity")]
    [InlineData("X: y\0z")]
    public async Task A_request_whose_end_could_be_read_in_two_ways_is_refused_and_the_connection_ends(string headers)
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var location = await http.BeginUpload("a");

        var answer = await registry.Raw($"PATCH {location} HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n0\r\n\r\n{Probe}");

        Assert.StartsWith("HTTP/1.1 400", answer);
        Assert.Equal(answer.IndexOf("HTTP/1.1", StringComparison.Ordinal), answer.LastIndexOf("HTTP/1.1", StringComparison.Ordinal));
        Assert.DoesNotContain("smuggled", answer);
        Assert.Equal("0-0", (await http.Send("GET", location)).Header("Range"));
    }

    [Theory]
    [InlineData("5\r\nhelloXX0\r\n\r\n")]
    [InlineData("-1\r\nhello\r\n0\r\n\r\n")]
    [InlineData("FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n")]
    [InlineData("0x5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("5 \nhello\n0\n\n")]
    public async Task A_malformed_chunk_ends_the_connection_and_does_not_count(string body)
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var location = await http.BeginUpload("a");

        var answer = await registry.Raw($"PATCH {location} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{body}{Probe}");

        Assert.StartsWith("HTTP/1.1 400", answer);
        Assert.DoesNotContain("smuggled", answer);
    }

    [Theory]
    [InlineData("GET http://other.example/v2/ HTTP/1.1\r\nHost: x")]
    [InlineData("GET //v2/ HTTP/1.1\r\nHost: x")]
    [InlineData("GET /v2/../v2/ HTTP/1.1\r\nHost: x")]
    [InlineData("GET /%76%32/ HTTP/1.1\r\nHost: x")]
    [InlineData("GET /v2/%61/tags/list HTTP/1.1\r\nHost: x")]
    [InlineData("GET /v2/a/./tags/list HTTP/1.1\r\nHost: x")]
    [InlineData("GET /v2/a/%2e%2e/b/tags/list HTTP/1.1\r\nHost: x")]
    [InlineData("GET /v2/a\\b/tags/list HTTP/1.1\r\nHost: x")]
    [InlineData("GET /v2/a/tags/list#x HTTP/1.1\r\nHost: x")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: x")]
    [InlineData("GET /v2/ HTTP/1.1")]
    [InlineData("GET /v2/ HTTP/1.1\r\nHost: x\r\nHost: y")]
    [InlineData("GET  /v2/ HTTP/1.1\r\nHost: x")]
    [InlineData("CONNECT x:443 HTTP/1.1\r\nHost: x")]
    public async Task A_target_in_another_spelling_is_no_path_of_the_registry(string head)
    {
        await using var registry = await RegistryFixture.Start();

        var answer = await registry.Raw($"{head}\r\nConnection: close\r\n\r\n");

        Assert.Matches("^HTTP/1.1 (400|404|405|501|505) ", answer.Length == 0 ? "HTTP/1.1 400 closed without a word" : answer);
    }

    [Fact]
    public async Task Huge_headers_are_refused()
    {
        await using var registry = await RegistryFixture.Start();
        var many = string.Concat(Enumerable.Range(0, 500).Select(number => $"X-{number}: y\r\n"));

        Assert.StartsWith("HTTP/1.1 431", await registry.Raw($"GET /v2/ HTTP/1.1\r\nHost: x\r\nX: {new string('y', 100_000)}\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 431", await registry.Raw($"GET /v2/ HTTP/1.1\r\nHost: x\r\n{many}\r\n"));
        Assert.StartsWith("HTTP/1.1 414", await registry.Raw($"GET /v2/{new string('y', 100_000)} HTTP/1.1\r\nHost: x\r\n\r\n"));
    }

    [Theory]
    [InlineData("a", 300)]
    [InlineData("a/b", 250)]
    public async Task A_name_that_is_too_long_is_refused(string part, int times)
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();

        var refused = await http.Send("POST", $"v2/{string.Join('/', Enumerable.Repeat(part, times))}/blobs/uploads/", Array.Empty<byte>());

        await refused.ShouldRefuse(400, "NAME_INVALID");
    }

    [Fact]
    public async Task A_manifest_that_is_deep_or_doubled_is_refused()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        const string type = "application/vnd.oci.image.index.v1+json";

        await (await http.PutManifest("v2/a/manifests/t", Bytes(new string('[', 100_000)), type)).ShouldRefuse(400, "MANIFEST_INVALID");
        await (await http.PutManifest("v2/a/manifests/t", Bytes("""{"manifests":[],"manifests":[]}"""), type)).ShouldRefuse(400, "MANIFEST_INVALID");
        await (await http.PutManifest("v2/a/manifests/t", Bytes("{}x"), type)).ShouldRefuse(400, "MANIFEST_INVALID");
    }

    [Fact]
    public async Task Ten_thousand_idle_connections_are_bounded_and_the_registry_still_serves()
    {
        const int most = 500;
        await using var registry = await RegistryFixture.Start(options => options with { MaximumConnections = most });
        using var http = registry.Http();
        var idle = new List<Socket>();
        try
        {
            for (var number = 0; number < 10_000; number++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                idle.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, registry.Server.Address.Port, Cancellation);
                if (number % 1000 == 999)
                    Assert.Equal(HttpStatusCode.OK, (await http.Send("GET", "v2/")).StatusCode);
            }

            var metrics = await (await http.Send("GET", "metrics")).Text();
            var open = metrics.Split('\n').Single(line => line.StartsWith("plimsoll_registry_connections ", StringComparison.Ordinal)).Split(' ')[1];
            Assert.InRange(int.Parse(open), 1, most);
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task An_upload_that_brings_nothing_ends()
    {
        await using var registry = await RegistryFixture.Start(options => options with { MaximumRequestTime = TimeSpan.FromMilliseconds(200) });
        using var http = registry.Http();
        var location = await http.BeginUpload("a");

        var answer = await registry.Raw($"PATCH {location} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1000\r\n\r\nhel");

        Assert.StartsWith("HTTP/1.1 408", answer);
        Assert.Equal(HttpStatusCode.NoContent, (await http.Send("GET", location)).StatusCode);
    }

    [Fact]
    public async Task An_upload_that_drips_is_broken_off()
    {
        await using var registry = await RegistryFixture.Start(options => options with { MinimumBytesPerSecond = 1_000_000, BodyGrace = TimeSpan.FromSeconds(1.5) });
        using var http = registry.Http();
        var location = await http.BeginUpload("a");

        var answer = await registry.Raw($"PATCH {location} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nhel");

        Assert.StartsWith("HTTP/1.1 408", answer);
        Assert.Equal(HttpStatusCode.NoContent, (await http.Send("GET", location)).StatusCode);
    }

    [Fact]
    public async Task A_half_blob_is_never_served_under_its_digest()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var hello = Digest.Sha256("hello"u8);

        await registry.Raw($"POST /v2/a/blobs/uploads/?digest={hello} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nhel");

        await (await http.Send("GET", $"v2/a/blobs/{hello}")).ShouldRefuse(404, "BLOB_UNKNOWN");
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(registry.Folder, "uploads")));
    }
}
