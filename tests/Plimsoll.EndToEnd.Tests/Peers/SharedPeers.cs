using System.Runtime.Versioning;
using Plimsoll.EndToEnd.Tests.Product;
using Plimsoll.Server.Registry;
using Plimsoll.World.Identity;

[assembly: AssemblyFixture(typeof(Plimsoll.EndToEnd.Tests.Peers.SharedPeers))]
[assembly: SupportedOSPlatform("linux")]

namespace Plimsoll.EndToEnd.Tests.Peers;

/// <summary>One of each server, and one image that BuildKit built, for the whole run; each is made by the first test that asks.</summary>
/// <remarks>A test class gets it as its constructor's parameter. Tests share them, so each uses repositories of its own
/// (<see cref="Repository"/>); a test that changes a server's settings, keys or storage starts its own.</remarks>
public sealed class SharedPeers : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<Task<DockerRegistry>> _registry;
    private readonly Lazy<Task<DockerEngine>> _engine;
    private readonly Lazy<Task<RegistryServer>> _embedded;
    private readonly Lazy<Task<IdentityProviderServer>> _provider;
    private readonly Lazy<Task<BuiltImage>> _image;

    public SharedPeers()
    {
        _registry = new(() => DockerRegistry.Start());
        _engine = new(() => DockerEngine.Start());
        _embedded = new(() => RegistryServer.Start(new RegistryServerOptions(_folder.At("embedded")), CancellationToken.None));
        _provider = new(() => IdentityProviderServer.Start(TimeProvider.System));
        _image = new(BuildImage);
    }

    /// <summary>docker-registry 2.8.2: no referrers API.</summary>
    public Task<DockerRegistry> Registry() => _registry.Value;

    public Task<DockerEngine> Engine() => _engine.Value;

    /// <summary>Plimsoll's own registry: with the referrers API.</summary>
    public Task<RegistryServer> Embedded() => _embedded.Value;

    /// <summary>The identity provider of the jobs.</summary>
    public Task<IdentityProviderServer> Provider() => _provider.Value;

    /// <summary>An image for linux/amd64 and linux/arm64 with provenance and an SBOM each, in <see cref="Registry"/>; nobody signs it there.</summary>
    public Task<BuiltImage> Image() => _image.Value;

    /// <summary>A repository's name that no other test uses.</summary>
    public static string Repository(string about) => $"{about}-{Guid.NewGuid().ToString("N")[..8]}/app";

    /// <summary>Copies <see cref="Image"/> into a repository of the test's own.</summary>
    /// <returns>Its name there, with the tag 1.4.</returns>
    public async Task<string> CopyImage(string about, RegistryKind kind = RegistryKind.Docker)
    {
        var host = kind == RegistryKind.Docker ? (await Registry()).Host : (await Embedded()).Host;
        var name = $"{host}/{Repository(about)}:1.4";
        await Skopeo.Copy($"docker://{(await Image()).Name}", $"docker://{name}", "--all");
        return name;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop(_engine);
        await Stop(_registry);
        await Stop(_embedded);
        await Stop(_provider);
        _folder.Dispose();
    }

    private async Task<BuiltImage> BuildImage()
    {
        var (engine, registry) = (await Engine(), await Registry());
        var scanner = await SbomScanner.Push(engine, registry);
        using var context = await BuildContext.Busybox("afloat");
        return await engine.BuildAndPush(registry.Name(Repository("built"), "1.4"), context, $"--sbom=generator={scanner}");
    }

    private static async Task Stop<T>(Lazy<Task<T>> started)
        where T : IAsyncDisposable
    {
        if (started.IsValueCreated && started.Value.IsCompletedSuccessfully)
            await (await started.Value).DisposeAsync();
    }
}
