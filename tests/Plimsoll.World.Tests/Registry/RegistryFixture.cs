using System.Collections.Concurrent;
using System.Text;
using Plimsoll.Client.Registry;
using Plimsoll.Oci;
using Plimsoll.Server.Registry;

namespace Plimsoll.World.Tests.Registry;

/// <summary>An embedded registry in a folder of its own, and a client that writes down what it asks.</summary>
internal sealed class RegistryFixture : IAsyncDisposable
{
    private readonly string _folder;

    private RegistryFixture(string folder, RegistryServer server, RegistryOptions options)
    {
        _folder = folder;
        Server = server;
        Client = new RegistryClient(options with { Observer = Requests.Enqueue }, TimeProvider.System);
    }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static RegistryOptions Quick { get; } = new()
    {
        RetryDelay = TimeSpan.FromMilliseconds(1),
        FallbackPause = TimeSpan.FromMilliseconds(200),
        CertificatesFolder = "/nonexistent",
    };

    public RegistryServer Server { get; }

    public RegistryClient Client { get; }

    public string Folder => _folder;

    public ConcurrentQueue<RegistryExchange> Requests { get; } = new();

    public static async Task<RegistryFixture> Start(Func<RegistryServerOptions, RegistryServerOptions>? change = null, RegistryOptions? options = null)
    {
        var folder = Directory.CreateTempSubdirectory("plimsoll-registry-").FullName;
        var server = await RegistryServer.Start((change ?? (same => same))(new RegistryServerOptions(folder)), Cancellation);
        return new RegistryFixture(folder, server, options ?? Quick);
    }

    public RegistryRepository Repository(string name = "demo/app") => Client.Repository($"{Server.Host}/{name}");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

internal static class RegistryHelp
{
    public static RegistryRepository Repository(this RegistryClient client, string name)
        => client.Repository(RepositoryName.Parse(name).ShouldSucceed()).ShouldSucceed();

    public static Tag Tag(string text) => Oci.Tag.Parse(text).ShouldSucceed();

    public static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Pushes a manifest with one layer, tagged.</summary>
    public static async Task<MadeDocument> PushImage(this IContentStore store, string content, string? tag)
    {
        var layer = Bytes(content);
        await store.PushBlob(layer, RegistryFixture.Cancellation).ShouldSucceed();
        var config = Bytes("""{"os":"linux","architecture":"amd64"}""");
        await store.PushBlob(config, RegistryFixture.Cancellation).ShouldSucceed();
        var made = DocumentWriter.Manifest(
            Descriptor.Describe(MediaType.OciConfig, config.Span), [Descriptor.Describe("application/octet-stream", layer.Span)]);
        await store.PushManifest(made.Bytes, tag is null ? null : Tag(tag), RegistryFixture.Cancellation).ShouldSucceed();
        return made;
    }

    /// <summary>Makes, but does not push, an artifact that is attached to a manifest.</summary>
    public static MadeDocument Attach(Descriptor subject, string content, string artifactType = "application/vnd.in-toto.release+dsse")
        => DocumentWriter.Artifact(artifactType, subject, [Descriptor.Describe(artifactType, Bytes(content).Span)]);

    public static async Task<MadeDocument> PushAttached(this IContentStore store, Descriptor subject, string content, string artifactType = "application/vnd.in-toto.release+dsse")
    {
        await store.PushBlob(Bytes(content), RegistryFixture.Cancellation).ShouldSucceed();
        await store.PushBlob("{}"u8.ToArray(), RegistryFixture.Cancellation).ShouldSucceed();
        var made = Attach(subject, content, artifactType);
        await store.PushManifest(made.Bytes, null, RegistryFixture.Cancellation).ShouldSucceed();
        return made;
    }
}
