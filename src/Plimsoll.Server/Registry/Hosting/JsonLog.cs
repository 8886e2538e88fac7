using System.Text.Json;
using System.Threading.Channels;
using Plimsoll.Server.Registry.Protocol;

namespace Plimsoll.Server.Registry.Hosting;

/// <summary>
/// Writes log lines, a JSON object each, from a queue, so that no request waits for them. When the reader of the log is too
/// slow, lines are left out and counted rather than the server stopped.
/// </summary>
internal sealed class JsonLog : IAsyncDisposable
{
    private const int MostQueued = 8192;

    private readonly Channel<byte[]>? _lines;
    private readonly Task _writing = Task.CompletedTask;
    private long _dropped;

    public JsonLog(Stream? output)
    {
        if (output is null)
            return;
        _lines = Channel.CreateBounded<byte[]>(
            new BoundedChannelOptions(MostQueued) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true },
            _ => Interlocked.Increment(ref _dropped));
        _writing = Write(output, _lines.Reader);
    }

    /// <summary>Lines that were left out.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Whether anybody reads it.</summary>
    public bool IsOn => _lines is not null;

    /// <summary>One line; the members never hold a credential, whatever a client sent.</summary>
    public void Write(string level, string about, Action<Utf8JsonWriter> members)
    {
        if (_lines is null)
            return;
        _ = _lines.Writer.TryWrite([.. JsonAnswer.Object(writer =>
        {
            writer.WriteString("time", DateTime.UtcNow);
            writer.WriteString("level", level);
            writer.WriteString("event", about);
            members(writer);
        }), (byte)'\n']);
    }

    public async ValueTask DisposeAsync()
    {
        _ = _lines?.Writer.TryComplete();
        await _writing;
    }

    private static async Task Write(Stream output, ChannelReader<byte[]> lines)
    {
        try
        {
            while (await lines.WaitToReadAsync())
            {
                while (lines.TryRead(out var line))
                    await output.WriteAsync(line);
                await output.FlushAsync();
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // Nobody reads the log any more; the registry goes on.
        }
    }
}
