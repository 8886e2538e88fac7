using Microsoft.AspNetCore.Http;

namespace Plimsoll.Server.Registry.Protocol;

/// <summary>Sends a part of a file as the body of an answer.</summary>
internal static class BlobBody
{
    private const int Chunk = 64 * 1024;

    /// <summary>Sends the bytes; less would be a defect of the storage, and breaks the answer off.</summary>
    public static async Task Send(HttpResponse response, string path, long offset, long length, CancellationToken cancellation)
    {
        // The file stays readable through this handle even if the collector removes its name meanwhile.
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var writer = response.BodyWriter;
        for (var end = offset + length; offset < end;)
        {
            var memory = writer.GetMemory((int)Math.Min(Chunk, end - offset));
            var read = RandomAccess.Read(file, memory.Span[..(int)Math.Min(memory.Length, end - offset)], offset);
            if (read == 0)
                throw new IOException($"{path} has lost its end");
            writer.Advance(read);
            offset += read;
            _ = await writer.FlushAsync(cancellation);
        }
    }
}
