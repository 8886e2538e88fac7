using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Plimsoll.World.Tests.Registry;

/// <summary>Answers every connection with the same bytes once a request has come, and closes it.</summary>
internal sealed class RawServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _answer;
    private int _served;

    public RawServer(string answer)
    {
        _answer = Encoding.ASCII.GetBytes(answer);
        _listener.Start();
        _ = Serve();
    }

    public string Host => _listener.LocalEndpoint.ToString()!;

    public int Served => _served;

    public void Dispose() => _listener.Dispose();

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                var request = new byte[8192];
                var length = 0;
                var read = 1;
                while (read > 0 && !request.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
                    length += read = await stream.ReadAsync(request.AsMemory(length));
                Interlocked.Increment(ref _served);
                await stream.WriteAsync(_answer);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }
}
