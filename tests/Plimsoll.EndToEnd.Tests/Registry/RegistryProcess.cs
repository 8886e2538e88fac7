using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Plimsoll.EndToEnd.Tests.Peers;

namespace Plimsoll.EndToEnd.Tests.Registry;

/// <summary><c>plimsoll serve registry</c> as a process of its own, on a free port of the loopback.</summary>
public sealed class RegistryProcess : IAsyncDisposable
{
    private readonly Peers.Server _server;

    private RegistryProcess(Peers.Server server, Uri address)
    {
        _server = server;
        Address = address;
        Http = new HttpClient { BaseAddress = address, Timeout = Patience.Of(60) };
    }

    /// <summary>The command as it was built beside these tests.</summary>
    public static string Plimsoll { get; } = Path.Combine(
        Path.GetDirectoryName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!, "Plimsoll.Cli", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "plimsoll");

    public Uri Address { get; }

    public string Host => Address.Authority;

    public HttpClient Http { get; }

    public string Log => _server.Log;

    public int ProcessId => _server.ProcessId;

    /// <summary>Starts it over a folder and waits until it answers.</summary>
    public static async Task<RegistryProcess> Start(string folder, params string[] more)
    {
        for (var attempt = 1; ; attempt++)
        {
            var address = new Uri($"http://127.0.0.1:{FreePort()}");
            try
            {
                var command = new Command(Plimsoll, ["serve", "registry", "--data", folder, "--listen", address.Authority, .. more]) { Timeout = Patience.Of(30) };
                return new RegistryProcess(await Peers.Server.Start(command, cancellation => Answers(address, cancellation)), address);
            }
            catch (PeerException taken) when (attempt < 5 && taken.Message.Contains("cannot be listened at", StringComparison.Ordinal))
            {
                // Somebody took the port between our look and the registry's.
            }
        }
    }

    /// <summary>The name of an image in this registry: a repository with a tag or a digest.</summary>
    public string Name(string repository, string reference = "latest")
        => $"{Host}/{repository}{(reference.StartsWith("sha256:", StringComparison.Ordinal) ? '@' : ':')}{reference}";

    /// <summary>What kill -9 does: no handler runs, nothing is flushed.</summary>
    public void Kill()
    {
        using var process = Process.GetProcessById(ProcessId);
        process.Kill();
        process.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
    }

    private static async Task<bool> Answers(Uri address, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        try
        {
            using var answer = await http.GetAsync(new Uri(address, "healthz"), cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
