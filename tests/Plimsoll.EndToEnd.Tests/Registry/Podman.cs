using Plimsoll.EndToEnd.Tests.Peers;

namespace Plimsoll.EndToEnd.Tests.Registry;

/// <summary>The podman client over a store of its own; it pulls and pushes, and runs nothing.</summary>
public sealed class Podman : IDisposable
{
    private readonly TemporaryFolder _home = new();

    /// <summary>Runs podman against a registry on plain HTTP.</summary>
    public async Task<Finished> Run(string verb, params string[] arguments)
    {
        await File.WriteAllTextAsync(_home.At(".config", "containers", "policy.json"), """{"default":[{"type":"insecureAcceptAnything"}]}""");
        var configuration = _home.Write("containers.conf", $"[engine]\nconmon_path = [\"{await PeerPrograms.Find("conmon")}\"]\n");
        return await new Command(await PeerPrograms.Find("podman"), [
            "--root", _home.At("store"), "--runroot", _home.At("run"), "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs",
            verb, "--tls-verify=false", .. arguments])
        {
            Environment = new Dictionary<string, string?>
            {
                ["HOME"] = _home.Root,
                ["XDG_RUNTIME_DIR"] = _home.Root,
                ["TMPDIR"] = _home.Root,
                ["CONTAINERS_CONF"] = configuration,
                ["PATH"] = $"{await PeerPrograms.Folder()}/bin:{System.Environment.GetEnvironmentVariable("PATH")}",
            },
        }.Run();
    }

    public void Dispose() => _home.Dispose();
}
