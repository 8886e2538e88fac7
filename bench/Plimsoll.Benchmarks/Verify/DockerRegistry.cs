using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Plimsoll.Benchmarks.Verify;

/// <summary>The distribution project's registry 2.8.2 on a free port of the loopback. It has no referrers API.</summary>
internal sealed class DockerRegistry : IAsyncDisposable
{
    private readonly Process _process;

    private DockerRegistry(Process process, string host)
    {
        _process = process;
        Host = host;
    }

    /// <summary>Host and port.</summary>
    public string Host { get; }

    /// <summary>Starts it, with its data in a folder.</summary>
    public static async Task<DockerRegistry> Start(string folder)
    {
        var program = await Programs.Peer("docker-registry");
        var host = $"127.0.0.1:{FreePort()}";
        var configuration = Path.Combine(folder, "registry.yml");
        await File.WriteAllTextAsync(configuration, $$"""
            version: 0.1
            log:
              level: error
              accesslog: {disabled: true}
            storage:
              filesystem: {rootdirectory: "{{Path.Combine(folder, "registry")}}"}
            http: {addr: "{{host}}", secret: for-the-bench}
            """);

        // It calls each 404 an error, and a client that looks before it pushes gets many.
        var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" serve \"$1\" >\"$1.log\" 2>&1", program, configuration]))!;
        var registry = new DockerRegistry(process, host);
        await registry.WaitUntilItAnswers($"{configuration}.log");
        return registry;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task WaitUntilItAnswers(string log)
    {
        using var http = new HttpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!_process.HasExited)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri($"http://{Host}/v2/"), limit.Token);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(20, limit.Token);
            }
        }

        throw new InvalidOperationException($"docker-registry ended with {_process.ExitCode}: {await File.ReadAllTextAsync(log)}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
