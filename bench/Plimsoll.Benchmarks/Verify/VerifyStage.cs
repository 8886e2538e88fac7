using Plimsoll.World.Identity;

namespace Plimsoll.Benchmarks.Verify;

/// <summary>
/// The real docker-registry and two identity providers, all on loopback, with one image that is reached directly and one
/// that is reached over wires which count requests and can be slow.
/// </summary>
internal sealed class VerifyStage : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _servers = [];
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("plimsoll-bench-");
    private readonly Lazy<Task<DirectRuns>> _direct;
    private readonly Lazy<Task<WireRuns>> _wire;

    private VerifyStage(bool quick)
    {
        _direct = new(() => DirectRuns.Take(Near!, quick));
        _wire = new(() => WireRuns.Take(Far!, Log, quick));
    }

    /// <summary>The processes that were run side by side on the image that is reached directly.</summary>
    public Task<DirectRuns> Direct => _direct.Value;

    /// <summary>The same over the wires.</summary>
    public Task<WireRuns> OverWire => _wire.Value;

    private SignedImage? Near { get; set; }

    private SignedImage? Far { get; set; }

    private WireLog Log { get; } = new();

    /// <summary>Starts the servers and signs.</summary>
    public static async Task<VerifyStage> Start(Bench bench)
    {
        var stage = new VerifyStage(bench.Quick);
        try
        {
            await stage.Make();
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers))
            await server.DisposeAsync();
        _home.Delete(recursive: true);
    }

    private async Task Make()
    {
        var home = _home.FullName;
        _ = await new Child(await Programs.Peer("cosign-2"), home, "generate-key-pair").Run();
        var registry = await Own(DockerRegistry.Start(home));
        var provider = await Own(IdentityProviderServer.Start(TimeProvider.System));
        Near = await SignedImage.Make(home, $"{registry.Host}/acme/near", provider, provider.Origin);

        var farProvider = await Own(IdentityProviderServer.Start(TimeProvider.System));
        var toProvider = await Own(Wire.To(new Uri(farProvider.Origin), Log));
        var toRegistry = await Own(Wire.To(new Uri($"http://{registry.Host}"), Log));
        Far = await SignedImage.Make(home, $"{toRegistry.Address.Authority}/acme/far", farProvider, toProvider.Address.GetLeftPart(UriPartial.Authority));
    }

    private async Task<T> Own<T>(Task<T> starting)
        where T : IAsyncDisposable
    {
        var server = await starting;
        _servers.Add(server);
        return server;
    }
}
