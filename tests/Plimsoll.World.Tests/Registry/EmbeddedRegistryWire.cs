using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.World.Tests.Registry;

/// <summary>Requests as clients of other projects make them: plain HTTP, no client of ours, and bytes by hand where a library would tidy them up.</summary>
internal static class EmbeddedRegistryWire
{
    private static CancellationToken Cancellation => RegistryFixture.Cancellation;

    public static HttpClient Http(this RegistryFixture registry) => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = registry.Server.Address };

    /// <summary>A request with headers that are sent as they are.</summary>
    public static Task<HttpResponseMessage> Send(this HttpClient http, string method, string path, ReadOnlyMemory<byte>? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is { } bytes)
            request.Content = new ReadOnlyMemoryContent(bytes);
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                Assert.True((request.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, value));
        }

        return http.SendAsync(request, HttpCompletionOption.ResponseContentRead, Cancellation);
    }

    public static Task<HttpResponseMessage> PutManifest(this HttpClient http, string path, ReadOnlyMemory<byte> bytes, string type, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ReadOnlyMemoryContent(bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return http.SendAsync(request, Cancellation);
    }

    /// <summary>Pushes a blob in one request; gives its digest.</summary>
    public static async Task<Digest> PushBlob(this HttpClient http, string name, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var digest = Digest.Sha256(bytes);
        var done = await http.Send("POST", $"v2/{name}/blobs/uploads/?digest={digest}", bytes);
        Assert.Equal(HttpStatusCode.Created, done.StatusCode);
        return digest;
    }

    /// <summary>Begins an upload; gives its location.</summary>
    public static async Task<string> BeginUpload(this HttpClient http, string name)
    {
        var begun = await http.Send("POST", $"v2/{name}/blobs/uploads/", Array.Empty<byte>());
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        return begun.Headers.Location!.ToString();
    }

    public static string? Header(this HttpResponseMessage answer, string name)
        => answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    public static async Task<string> Text(this HttpResponseMessage answer) => await answer.Content.ReadAsStringAsync(Cancellation);

    /// <summary>Asserts an error body in the specification's form.</summary>
    public static async Task ShouldRefuse(this HttpResponseMessage answer, int status, string code)
    {
        var text = await answer.Text();
        Assert.True((int)answer.StatusCode == status && text.StartsWith($$"""{"errors":[{"code":"{{code}}","message":""", StringComparison.Ordinal), $"{(int)answer.StatusCode}: {text}");
    }

    /// <summary>Opens a connection to the registry.</summary>
    public static async Task<TcpClient> Connect(this RegistryFixture registry)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(registry.Server.Address.Host, registry.Server.Address.Port, Cancellation);
        return socket;
    }

    /// <summary>
    /// Sends the head of a request and waits until the server begins to read its body, when it says so: from then on it is at work on it.
    /// </summary>
    public static async Task<StreamReader> BeginBody(this TcpClient socket, string method, string path, int length)
    {
        var head = $"{method} {path} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Cancellation);
        var reader = new StreamReader(socket.GetStream());
        Assert.StartsWith("HTTP/1.1 100", await reader.ReadLineAsync(Cancellation));
        Assert.Equal("", await reader.ReadLineAsync(Cancellation));
        return reader;
    }

    /// <summary>Sends bytes as they are, and reads until the server closes; what it says when it closes at once is empty.</summary>
    public static async Task<string> Raw(this RegistryFixture registry, string request)
    {
        // A connection that is left open is what some of these requests want.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        using var socket = await registry.Connect();
        try
        {
            await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), deadline.Token);
            using var reader = new StreamReader(socket.GetStream(), Encoding.Latin1);
            return await reader.ReadToEndAsync(deadline.Token);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
