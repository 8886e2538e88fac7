namespace Plimsoll.EndToEnd.Tests.Peers;

/// <summary>A Docker Engine 28.5 over a containerd of its own, with buildx and the built-in BuildKit.</summary>
/// <remarks>It needs the namespaces of <c>tests/peers/isolated</c>, which <c>./test</c> runs these tests in.</remarks>
public sealed class DockerEngine : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly Server _containerd;
    private readonly Server _dockerd;
    private readonly string _docker;
    private readonly Dictionary<string, string?> _environment;

    private DockerEngine(TemporaryFolder folder, Server containerd, Server dockerd, string docker, Dictionary<string, string?> environment)
    {
        _folder = folder;
        _containerd = containerd;
        _dockerd = dockerd;
        _docker = docker;
        _environment = environment;
    }

    /// <summary>The last lines that the engine and its containerd wrote.</summary>
    public string Log => $"{_dockerd.Log}\n{_containerd.Log}";

    /// <summary>The engine's API socket.</summary>
    public string Socket => _folder.At("docker.sock");

    /// <summary>What a shell needs for its <c>docker</c> to mean this engine.</summary>
    public IReadOnlyDictionary<string, string?> Variables => new Dictionary<string, string?>(_environment) { ["DOCKER_HOST"] = $"unix://{Socket}" };

    /// <summary>The socket of its containerd.</summary>
    public string ContainerdSocket => _folder.At("containerd.sock");

    /// <summary>Starts an engine with no images.</summary>
    /// <param name="options">Further options of dockerd, such as <c>--registry-mirror=...</c>.</param>
    public static async Task<DockerEngine> Start(params string[] options)
    {
        RequireNamespaces();
        var folder = new TemporaryFolder();
        Server? containerd = null;
        try
        {
            var environment = await Environment(folder);
            containerd = await StartContainerd(folder, environment);
            var dockerd = await StartDockerd(folder, environment, options);
            return new DockerEngine(folder, containerd, dockerd, await PeerPrograms.Find("docker"), environment);
        }
        catch
        {
            if (containerd is not null)
                await containerd.DisposeAsync();

            folder.Dispose();
            throw;
        }
    }

    /// <summary>Runs the docker client against this engine.</summary>
    public Task<Finished> Docker(params string[] arguments) =>
        new Command(_docker, ["-H", $"unix://{Socket}", .. arguments]) { Environment = _environment, Timeout = Patience.Of(120) }.Run();

    /// <summary>Builds an image for one or more platforms with BuildKit and pushes it, with provenance in full unless told otherwise.</summary>
    public async Task<BuiltImage> BuildAndPush(string name, BuildContext context, params string[] more)
    {
        var metadata = _folder.At($"metadata-{Guid.NewGuid():N}.json");
        var built = await Docker([
            "buildx", "build", "--platform", string.Join(',', context.Platforms), "--provenance=mode=max", "--progress=plain",
            "--metadata-file", metadata, "-t", name, "--push", .. more, context.Folder]);
        built.OrFail();
        return BuiltImage.Read(name, metadata);
    }

    /// <summary>Builds an image with BuildKit into an OCI layout folder, with provenance; by <paramref name="name"/> the layout calls it, if there is one.</summary>
    public async Task<BuiltImage> BuildLayout(string folder, BuildContext context, string? name = null)
    {
        var metadata = _folder.At($"metadata-{Guid.NewGuid():N}.json");
        var built = await Docker([
            "buildx", "build", "--platform", string.Join(',', context.Platforms), "--provenance=mode=max", "--progress=plain",
            "--metadata-file", metadata, .. name is null ? [] : new[] { "-t", name }, "--output", $"type=oci,tar=false,dest={folder}", context.Folder]);
        built.OrFail();
        return BuiltImage.Read(name ?? "", metadata);
    }

    public async ValueTask DisposeAsync()
    {
        await _dockerd.DisposeAsync();
        await _containerd.DisposeAsync();
        _folder.Dispose();
    }

    private static void RequireNamespaces()
    {
        switch (System.Environment.GetEnvironmentVariable("PLIMSOLL_ISOLATED"))
        {
            case "root":
                return;
            case null or "":
                throw new PeerException("a Docker Engine is only started in namespaces of its own: run the tests by ./test, or by tests/peers/isolated PROGRAM");
            default:
                Assert.Skip("a Docker Engine needs root and a machine that allows namespaces");
                return;
        }
    }

    private static async Task<Dictionary<string, string?>> Environment(TemporaryFolder folder)
    {
        var plugin = folder.At("config", "cli-plugins", "docker-buildx");
        File.CreateSymbolicLink(plugin, await PeerPrograms.Find("docker-buildx"));
        return new()
        {
            ["PATH"] = $"{await PeerPrograms.Folder()}/bin:{System.Environment.GetEnvironmentVariable("PATH")}",
            ["DOCKER_CONFIG"] = folder.At("config"),
            ["HOME"] = folder.Root,
        };
    }

    private static async Task<Server> StartContainerd(TemporaryFolder folder, Dictionary<string, string?> environment)
    {
        var socket = folder.At("containerd.sock");
        var configuration = folder.Write("containerd.toml", $"""
            version = 3
            root = "{folder.At("containerd-root")}"
            state = "{folder.At("containerd-state")}"
            disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime"]
            [grpc]
              address = "{socket}"
            [ttrpc]
              address = "{socket}.ttrpc"
            """);
        return await Server.Start(
            new Command(await PeerPrograms.Find("containerd"), "-c", configuration) { Environment = environment, Timeout = Patience.Of(30) },
            _ => Task.FromResult(File.Exists(socket)));
    }

    private static async Task<Server> StartDockerd(TemporaryFolder folder, Dictionary<string, string?> environment, string[] options)
    {
        var docker = await PeerPrograms.Find("docker");
        var socket = $"unix://{folder.At("docker.sock")}";
        string[] arguments =
        [
            "--bridge=br0", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false", "--userland-proxy=false",
            "--data-root", folder.At("docker-data"), "--exec-root", folder.At("docker-exec"), "-p", folder.At("docker.pid"),
            "-H", socket, "--containerd", folder.At("containerd.sock"), "--feature", "containerd-snapshotter=true",
            "--cgroup-parent=/plimsoll-tests", .. options,
        ];
        return await Server.Start(
            new Command(await PeerPrograms.Find("dockerd"), arguments) { Environment = environment, Timeout = Patience.Of(60) },
            async _ => (await new Command(docker, "-H", socket, "version") { Environment = environment }.Run()).ExitCode == 0);
    }
}
