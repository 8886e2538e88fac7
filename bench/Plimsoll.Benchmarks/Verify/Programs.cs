using System.Diagnostics;

namespace Plimsoll.Benchmarks.Verify;

/// <summary>Where the programs are that are run side by side.</summary>
internal static class Programs
{
    private static readonly Lazy<string> Repository = new(FindRepository);
    private static readonly Lazy<Task<string>> Peers = new(FindPeers);

    /// <summary>The checkout.</summary>
    public static string Root => Repository.Value;

    /// <summary>The developer's command; <c>bench/run</c> has built it.</summary>
    public static string Plimsoll => Path.Combine(Repository.Value, "plimsoll");

    /// <summary>The trimmed single file that <c>bench/publish</c> makes, if it was made of the present sources.</summary>
    public static string Published
    {
        get
        {
            var file = Path.Combine(Repository.Value, "artifacts", "published", "plimsoll");
            if (!File.Exists(file))
                throw new NotMeasuredException("there is no published file: run bench/publish");
            var newest = Directory.EnumerateFiles(Path.Combine(Repository.Value, "src"), "*.cs", SearchOption.AllDirectories).Max(File.GetLastWriteTimeUtc);
            return File.GetLastWriteTimeUtc(file) >= newest ? file : throw new NotMeasuredException("the published file is older than the sources: run bench/publish");
        }
    }

    /// <summary>A program of another project, from <c>tests/peers/bring</c>.</summary>
    public static async Task<string> Peer(string name)
    {
        var file = Path.Combine(await Peers.Value, "bin", name);
        return File.Exists(file) ? file : throw new NotMeasuredException($"{file} is absent");
    }

    private static async Task<string> FindPeers()
    {
        if (Environment.GetEnvironmentVariable("PLIMSOLL_PEERS") is { Length: > 0 } given)
            return given;

        var info = new ProcessStartInfo(Path.Combine(Repository.Value, "tests", "peers", "bring")) { RedirectStandardOutput = true, UseShellExecute = false };
        using var bring = Process.Start(info)!;
        var folder = await bring.StandardOutput.ReadToEndAsync();
        await bring.WaitForExitAsync();
        return bring.ExitCode == 0 ? folder.Trim() : throw new NotMeasuredException("tests/peers/bring could not bring the programs of other projects");
    }

    private static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Plimsoll.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} has Plimsoll.slnx");
        return folder;
    }
}
