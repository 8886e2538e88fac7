using System.Text.Json;
using Plimsoll.EndToEnd.Tests.Peers;
using Plimsoll.EndToEnd.Tests.Product;
using Plimsoll.Server.Registry;
using Plimsoll.World.Identity;

namespace Plimsoll.EndToEnd.Tests.Documents;

/// <summary>Where the commands of one document run: a registry on loopback for each that it names, and a folder with something to build.</summary>
public sealed class DocumentStage : IAsyncDisposable
{
    private static readonly string[] Hosts = ["ghcr.io", "registry.gitlab.com", "registry.example"];

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, RegistryServer> _registries = [];
    private readonly IdentityProviderServer _provider;
    private readonly SharedPeers _peers;
    private readonly BuildContext _context;

    private DocumentStage(SharedPeers peers, IdentityProviderServer provider, BuildContext context)
    {
        _peers = peers;
        _provider = provider;
        _context = context;
    }

    /// <summary>The folder that commands run in.</summary>
    public string Folder => _context.Folder;

    public static async Task<DocumentStage> Start(SharedPeers peers)
    {
        var stage = new DocumentStage(peers, await peers.Provider(), await BuildContext.Busybox("as documented", "linux/amd64"));
        foreach (var host in Hosts)
            stage._registries[host] = await RegistryServer.Start(new RegistryServerOptions(stage._folder.At(host)), TestContext.Current.CancellationToken);
        return stage;
    }

    /// <summary>The document's words with what stands for them here; a digest that is left out is the one of the last build.</summary>
    public string Here(string text)
    {
        foreach (var (host, registry) in _registries)
            text = text.Replace(host, registry.Host, StringComparison.Ordinal);
        text = text.Replace("https://token.actions.githubusercontent.com", _provider.GitHubIssuer, StringComparison.Ordinal)
            .Replace("https://gitlab.com", _provider.GitLabIssuer, StringComparison.Ordinal)
            .Replace("https://issuer.example", _provider.KubernetesIssuer, StringComparison.Ordinal)
            .Replace("/run/token", Path.Combine(_folder.Root, "token"), StringComparison.Ordinal);
        return text.Contains("sha256:…", StringComparison.Ordinal) ? text.Replace("sha256:…", LastBuild(), StringComparison.Ordinal) : text;
    }

    /// <summary>Runs a command line in a shell that has <c>plimsoll</c> and <c>docker</c>, as a job if there is one.</summary>
    public async Task<Finished> Shell(string command, JobOf job = JobOf.Nobody)
    {
        _folder.Write("token", _provider.KubernetesToken());
        var environment = PlimsollProgram.Clean(job switch
        {
            JobOf.GitHub => _provider.GitHubJob(),
            JobOf.GitLab => _provider.GitLabJob(new GitLabCiJob { ProjectId = "4242" }),
            _ => null,
        });
        if (command.StartsWith("docker ", StringComparison.Ordinal))
        {
            foreach (var (name, value) in (await _peers.Engine()).Variables)
                environment[name] = value;
        }

        environment["PATH"] = $"{Path.GetDirectoryName(PlimsollProgram.File)}:{await PeerPrograms.Folder()}/bin:{Environment.GetEnvironmentVariable("PATH")}";
        return await new Command("bash", "-c", Here(command)) { Folder = Folder, Environment = environment, Timeout = Patience.Of(120) }.Run();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var registry in _registries.Values)
            await registry.DisposeAsync();
        _context.Dispose();
        _folder.Dispose();
    }

    private string LastBuild()
    {
        using var metadata = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "build.json")));
        return metadata.RootElement.Text("containerimage.digest");
    }
}
