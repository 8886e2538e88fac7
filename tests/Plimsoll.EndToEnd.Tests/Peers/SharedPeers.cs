using System.Runtime.Versioning;

[assembly: AssemblyFixture(typeof(Plimsoll.EndToEnd.Tests.Peers.SharedPeers))]
[assembly: SupportedOSPlatform("linux")]

namespace Plimsoll.EndToEnd.Tests.Peers;

/// <summary>One registry and one engine for the whole run, each started by the first test that asks.</summary>
/// <remarks>A test class gets it as its constructor's parameter. Tests share them, so each uses repositories of its own
/// (<see cref="Repository"/>); a test that changes a server's settings or storage starts its own.</remarks>
public sealed class SharedPeers : IAsyncDisposable
{
    private readonly Lazy<Task<DockerRegistry>> _registry = new(() => DockerRegistry.Start());
    private readonly Lazy<Task<DockerEngine>> _engine = new(() => DockerEngine.Start());

    public Task<DockerRegistry> Registry() => _registry.Value;

    public Task<DockerEngine> Engine() => _engine.Value;

    /// <summary>A repository's name that no other test uses.</summary>
    public static string Repository(string about) => $"{about}-{Guid.NewGuid().ToString("N")[..8]}/app";

    public async ValueTask DisposeAsync()
    {
        await Stop(_engine);
        await Stop(_registry);
    }

    private static async Task Stop<T>(Lazy<Task<T>> started)
        where T : IAsyncDisposable
    {
        if (started.IsValueCreated && started.Value.IsCompletedSuccessfully)
            await (await started.Value).DisposeAsync();
    }
}
