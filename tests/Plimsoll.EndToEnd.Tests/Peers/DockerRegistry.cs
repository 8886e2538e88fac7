using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Plimsoll.EndToEnd.Tests.Peers;

/// <summary>The distribution project's registry, version 2.8.2: it knows no referrers API, so clients fall back to tags.</summary>
public sealed class DockerRegistry : IAsyncDisposable
{
    private const string Accept =
        "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
        + "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";

    private readonly Server _server;
    private readonly TemporaryFolder _folder;
    private readonly HttpClient _http;

    private DockerRegistry(Server server, TemporaryFolder folder, HttpClient http, string host)
    {
        _server = server;
        _folder = folder;
        _http = http;
        Host = host;
    }

    /// <summary>Host and port, as the first part of an image's name.</summary>
    public string Host { get; }

    /// <summary>The folder that the registry keeps its data in, for tests that change it behind the registry's back.</summary>
    public string Storage => _folder.At("data", "docker", "registry", "v2");

    /// <summary>The last lines that the registry wrote.</summary>
    public string Log => _server.Log;

    /// <summary>Starts an empty registry on a free port of the loopback, over plain HTTP.</summary>
    /// <param name="more">Further top-level YAML of its configuration, such as an <c>auth</c> section.</param>
    public static async Task<DockerRegistry> Start(string more = "")
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await Start(FreePort(), more);
            }
            catch (PeerException taken) when (attempt < 5 && taken.Message.Contains("address already in use", StringComparison.Ordinal))
            {
                // Somebody took the port between our look and the registry's.
            }
        }
    }

    /// <summary>The name of an image in this registry: a repository with a tag or a digest.</summary>
    public string Name(string repository, string reference = "latest") =>
        $"{Host}/{repository}{(reference.StartsWith("sha256:", StringComparison.Ordinal) ? '@' : ':')}{reference}";

    /// <summary>A manifest or index as the registry serves it; its digest is that of its bytes.</summary>
    public async Task<ServedManifest> Manifest(string repository, string reference)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v2/{repository}/manifests/{reference}");
        request.Headers.TryAddWithoutValidation("Accept", Accept);
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new PeerException($"GET {request.RequestUri} answered {(int)response.StatusCode}");

        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return new ServedManifest(bytes, response.Content.Headers.ContentType?.MediaType ?? "", DigestOf(bytes));
    }

    /// <summary>A blob's bytes.</summary>
    public Task<byte[]> Blob(string repository, string digest) =>
        _http.GetByteArrayAsync($"/v2/{repository}/blobs/{digest}", TestContext.Current.CancellationToken);

    /// <summary>Puts a manifest under a tag or digest, as it is; returns its digest.</summary>
    public async Task<string> PutManifest(string repository, string reference, byte[] bytes, string mediaType)
    {
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using var response = await _http.PutAsync($"/v2/{repository}/manifests/{reference}", content, TestContext.Current.CancellationToken);
        return response.StatusCode == HttpStatusCode.Created
            ? DigestOf(bytes)
            : throw new PeerException($"PUT {repository} {reference} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<DockerRegistry> Start(int port, string more)
    {
        var host = $"127.0.0.1:{port}";
        var folder = new TemporaryFolder();
        var http = new HttpClient { BaseAddress = new Uri($"http://{host}") };
        try
        {
            var configuration = folder.Write("config.yml", $$"""
                version: 0.1
                log:
                  level: warn
                  accesslog: {disabled: true}
                storage:
                  filesystem: {rootdirectory: "{{folder.At("data")}}"}
                  delete: {enabled: true}
                http: {addr: "{{host}}", secret: for-tests}
                {{more}}
                """);
            var command = new Command(await PeerPrograms.Find("docker-registry"), "serve", configuration) { Timeout = Patience.Of(20) };
            return new DockerRegistry(await Server.Start(command, cancellation => Answers(http, cancellation)), folder, http, host);
        }
        catch
        {
            http.Dispose();
            folder.Dispose();
            throw;
        }
    }

    private static async Task<bool> Answers(HttpClient http, CancellationToken cancellation)
    {
        try
        {
            using var answer = await http.GetAsync("/v2/", cancellation);
            return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Unauthorized;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string DigestOf(byte[] bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
}

/// <summary>A manifest as it was served.</summary>
public sealed record ServedManifest(byte[] Bytes, string MediaType, string Digest);
