using System.Diagnostics;

namespace Plimsoll.EndToEnd.Tests.Peers;

/// <summary>A running server program: started, waited for, and ended by its own process id.</summary>
public sealed class Server : IAsyncDisposable
{
    private const int Terminate = 15;
    private const int KeptLines = 500;

    private readonly Process _process;
    private readonly Queue<string> _lines = new();

    private Server(Process process)
    {
        _process = process;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
    }

    /// <summary>The last lines that the server wrote.</summary>
    public string Log
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    public bool HasExited => _process.HasExited;

    public int ProcessId => _process.Id;

    /// <summary>Starts a server and waits until <paramref name="ready"/> says yes.</summary>
    /// <exception cref="PeerException">It ended, or was not ready in time; the message has its log.</exception>
    public static async Task<Server> Start(Command command, Func<CancellationToken, Task<bool>> ready)
    {
        var server = new Server(new Process { StartInfo = Command.StartInfo(command.Program, command.Arguments, command.Environment, command.Folder) });
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();

        var up = await Patience.Until(
            async cancellation => server.HasExited || await ready(cancellation), command.Timeout, TestContext.Current.CancellationToken);
        if (up && !server.HasExited)
            return server;

        await server.DisposeAsync();
        throw new PeerException($"'{command}' {(up ? "ended" : "was not ready in time")}:\n{server.Log}");
    }

    /// <summary>Asks the server to end, and kills it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Signals.Send(_process.Id, Terminate);
            if (!await Patience.Until(_ => Task.FromResult(_process.HasExited), Patience.Of(20), CancellationToken.None))
                _process.Kill(entireProcessTree: true);

            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;

        lock (_lines)
        {
            _lines.Enqueue(line.Data);
            if (_lines.Count > KeptLines)
                _lines.Dequeue();
        }
    }
}
