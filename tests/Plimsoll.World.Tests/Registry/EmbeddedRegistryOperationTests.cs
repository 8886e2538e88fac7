using System.Net;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Server.Registry;

namespace Plimsoll.World.Tests.Registry;

/// <summary>What whoever runs a registry meets: its folder, its log, its metrics, its end.</summary>
[SupportedOSPlatform("linux")]
public sealed class EmbeddedRegistryOperationTests
{
    private static CancellationToken Cancellation => RegistryFixture.Cancellation;

    [Fact]
    public async Task A_folder_has_one_writer()
    {
        await using var registry = await RegistryFixture.Start();

        (await RegistryServer.Open(new RegistryServerOptions(registry.Folder), TimeProvider.System, Cancellation)).ShouldFailWith("registry.folder-locked");
    }

    [Theory]
    [InlineData("plimsoll registry 2\n")]
    [InlineData("plimsoll registry 999999\n")]
    [InlineData("plimsoll registry 0\n")]
    [InlineData("plimsoll registry 1")]
    [InlineData("plimsoll registry 01x\n")]
    [InlineData("")]
    public async Task A_folder_of_a_newer_program_or_of_none_is_refused_and_left_alone(string format)
    {
        using var folder = new Scratch();
        File.WriteAllText(Path.Combine(folder.Path, "format"), format);

        (await RegistryServer.Open(new RegistryServerOptions(folder.Path), TimeProvider.System, Cancellation)).ShouldFailWith("registry.folder-format");

        Assert.Equal(format, File.ReadAllText(Path.Combine(folder.Path, "format")));
    }

    [Fact]
    public async Task A_folder_with_other_things_in_it_is_no_registrys()
    {
        using var folder = new Scratch();
        File.WriteAllText(Path.Combine(folder.Path, "holiday.jpg"), "x");

        (await RegistryServer.Open(new RegistryServerOptions(folder.Path), TimeProvider.System, Cancellation)).ShouldFailWith("registry.folder-format");

        Assert.Equal("holiday.jpg", Path.GetFileName(Assert.Single(Directory.GetFileSystemEntries(folder.Path))));
    }

    [Fact]
    public async Task A_read_only_registry_serves_and_writes_nothing()
    {
        await using var registry = await RegistryFixture.Start();
        var image = await registry.Repository("a").PushImage("hello", "t");
        await registry.Server.DisposeAsync();
        var before = Snapshot(registry.Folder);

        await using var server = await RegistryServer.Start(new RegistryServerOptions(registry.Folder) { ReadOnly = true }, Cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };

        Assert.Equal(image.Descriptor.Digest.ToString(), (await http.Send("GET", "v2/a/manifests/t")).Header("Docker-Content-Digest"));
        Assert.Equal("hello", await http.GetStringAsync($"v2/a/blobs/{Digest.Sha256("hello"u8)}", Cancellation));
        await (await http.Send("POST", "v2/a/blobs/uploads/", Array.Empty<byte>())).ShouldRefuse(405, "UNSUPPORTED");
        await (await http.PutManifest("v2/a/manifests/t", DocumentWriter.Index([]).Bytes, MediaType.OciIndex)).ShouldRefuse(405, "UNSUPPORTED");
        await (await http.Send("DELETE", "v2/a/manifests/t")).ShouldRefuse(405, "UNSUPPORTED");
        Assert.Equal(HttpStatusCode.OK, (await http.Send("GET", "healthz")).StatusCode);
        Assert.Equal(before, Snapshot(registry.Folder));
    }

    [Fact]
    public async Task Log_lines_name_the_request_and_never_what_was_shown_for_it()
    {
        using var log = new MemoryStream();
        await using (var registry = await RegistryFixture.Start(options => options with { Log = log }))
        {
            using var http = registry.Http();
            var answer = await http.Send(
                "GET", "v2/a/manifests/t?token=secret-in-query", null, ("Authorization", "Basic c2VjcmV0LW5hbWU6c2VjcmV0LXBhc3N3b3Jk"), ("Cookie", "secret-cookie"));
            var id = answer.Header("X-Request-Id");
            await registry.Server.DisposeAsync();

            using var line = JsonDocument.Parse(Encoding.UTF8.GetString(log.ToArray()).TrimEnd('\n'));
            Assert.Equal((id, "GET", "/v2/a/manifests/t", 404), (Text("id"), Text("method"), Text("path"), line.RootElement.GetProperty("status").GetInt32()));

            string? Text(string name) => line.RootElement.GetProperty(name).GetString();
        }

        Assert.DoesNotContain("secret", Encoding.UTF8.GetString(log.ToArray()));
        Assert.DoesNotContain("c2VjcmV0", Encoding.UTF8.GetString(log.ToArray()));
    }

    [Fact]
    public async Task A_path_cannot_forge_a_log_line()
    {
        using var log = new MemoryStream();
        await using (var registry = await RegistryFixture.Start(options => options with { Log = log }))
            await registry.Raw("GET /v2/\"},\\u000a{x\u2028 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        foreach (var line in Encoding.UTF8.GetString(log.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            JsonDocument.Parse(line).Dispose();
    }

    [Fact]
    public async Task Metrics_count_by_method_resource_and_status_and_name_no_repository()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        await http.PushBlob("secret/name", "hello");
        await http.BeginUpload("secret/name");
        await http.Send("GET", "v2/secret/name/manifests/none");
        await http.Send("BREW", "v2/");

        var answer = await http.Send("GET", "metrics");
        var lines = (await answer.Text()).Split('\n');

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Header("Content-Type"));
        Assert.Contains("plimsoll_registry_requests_total{method=\"POST\",resource=\"uploads\",status=\"201\"} 1", lines);
        Assert.Contains("plimsoll_registry_requests_total{method=\"GET\",resource=\"manifest\",status=\"404\"} 1", lines);
        Assert.Contains("plimsoll_registry_requests_total{method=\"other\",resource=\"base\",status=\"405\"} 1", lines);
        Assert.Contains("plimsoll_registry_received_bytes_total 5", lines);
        Assert.Contains("plimsoll_registry_uploads 1", lines);
        Assert.Contains("plimsoll_registry_request_seconds_count{resource=\"manifest\"} 1", lines);
        Assert.DoesNotContain(lines, line => line.Contains("secret", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Matches("^(# (HELP|TYPE) .*|[a-z_]+({[^}]*})? [0-9.eE+-]+|)$", line));
    }

    [Fact]
    public async Task A_collection_is_asked_for_through_the_folder_whether_it_is_served_or_not()
    {
        await using var registry = await RegistryFixture.Start(options => options with { Lease = TimeSpan.Zero });
        using var http = registry.Http();
        await http.PushBlob("a", "unused");

        var served = (await RegistryServer.CollectIn(registry.Folder, TimeSpan.Zero, Cancellation)).ShouldSucceed();
        await http.PushBlob("a", "unused again");
        await registry.Server.DisposeAsync();
        var alone = (await RegistryServer.CollectIn(registry.Folder, TimeSpan.Zero, Cancellation)).ShouldSucceed();

        Assert.Equal((1, 1, 6L), (served.Blobs, served.Content, served.Bytes));
        Assert.Equal((1, 1, 12L), (alone.Blobs, alone.Content, alone.Bytes));
        (await RegistryServer.CollectIn("/nonexistent", TimeSpan.Zero, Cancellation)).ShouldFailWith("registry.folder");
    }

    [Fact]
    public async Task The_control_socket_is_for_its_owner_and_the_network_has_no_such_path()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(registry.Folder, "control")));
        await (await http.Send("POST", "gc", Array.Empty<byte>())).ShouldRefuse(404, "UNSUPPORTED");
    }

    [Fact]
    public async Task Requests_that_have_begun_are_answered_before_the_end()
    {
        await using var registry = await RegistryFixture.Start();
        using var http = registry.Http();
        var location = await http.BeginUpload("a");
        using var socket = await registry.Connect();
        using var reader = await socket.BeginBody("PUT", $"{location}?digest={Digest.Sha256("hello"u8)}", 5);
        var stream = socket.GetStream();
        await stream.WriteAsync("hel"u8.ToArray(), Cancellation);

        var stopping = registry.Server.Stop(TimeSpan.FromMinutes(1));
        await stream.WriteAsync("lo"u8.ToArray(), Cancellation);
        var status = await reader.ReadLineAsync(Cancellation);
        await stopping;

        Assert.StartsWith("HTTP/1.1 201", status);
        Assert.Equal("hello", File.ReadAllText(Path.Combine(registry.Folder, "content", "sha256", Digest.Sha256("hello"u8).Hex)));
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_without_a_restart_and_a_broken_one_is_not()
    {
        using var folder = new Scratch();
        var (certificate, key) = (Path.Combine(folder.Path, "tls.crt"), Path.Combine(folder.Path, "tls.key"));
        using var first = new TestAuthority();
        using var second = new TestAuthority();
        Write(first, 1);
        var clock = new Clock.ManualClock(DateTimeOffset.UtcNow);
        await using var server = (await RegistryServer.Open(
            new RegistryServerOptions(Path.Combine(folder.Path, "data")) { CertificateFile = certificate, CertificateKeyFile = key, CollectEvery = TimeSpan.Zero }, clock, Cancellation)).ShouldSucceed();

        var shown = new List<string> { await Shown(server) };
        Write(second, 2);
        clock.Advance(TimeSpan.FromSeconds(11));
        shown.Add(await Shown(server));
        File.WriteAllText(certificate, "broken");
        clock.Advance(TimeSpan.FromSeconds(11));
        shown.Add(await Shown(server));

        Assert.Equal([first.Server.Thumbprint, second.Server.Thumbprint, second.Server.Thumbprint], shown);
        Assert.Equal("https", server.Address.Scheme);

        void Write(TestAuthority authority, int age)
        {
            File.WriteAllText(certificate, authority.Server.ExportCertificatePem());
            using var private_ = authority.Server.GetECDsaPrivateKey()!;
            File.WriteAllText(key, private_.ExportPkcs8PrivateKeyPem());
            File.SetLastWriteTimeUtc(certificate, DateTime.UtcNow.AddMinutes(age));
        }
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_and_the_folder_is_free_again()
    {
        await using var registry = await RegistryFixture.Start();
        using var folder = new Scratch();
        var options = new RegistryServerOptions(folder.Path) { Port = registry.Server.Address.Port };

        (await RegistryServer.Open(options, TimeProvider.System, Cancellation)).ShouldFailWith("registry.listen");
        await using var server = (await RegistryServer.Open(options with { Port = 0 }, TimeProvider.System, Cancellation)).ShouldSucceed();

        Assert.NotEqual(registry.Server.Address.Port, server.Address.Port);
    }

    private static async Task<string> Shown(RegistryServer server)
    {
        var shown = "";
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new() { RemoteCertificateValidationCallback = (_, certificate, _, _) => (shown = new X509Certificate2(certificate!).Thumbprint).Length > 0 },
        });
        (http.DefaultRequestVersion, http.DefaultVersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(server.Address, "v2/"), Cancellation)).StatusCode);
        return shown;
    }

    private static string Snapshot(string folder) => string.Join('\n', Directory
        .EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(entry => $"{entry} {File.GetLastWriteTimeUtc(entry).Ticks}"));

    private sealed class Scratch : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("plimsoll-operation-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
