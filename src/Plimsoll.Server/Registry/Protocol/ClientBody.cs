using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Plimsoll.Server.Registry.Protocol;

/// <summary>Reads request bodies, so that what is wrong with a body is never taken for what is wrong with the disk.</summary>
internal static class ClientBody
{
    /// <summary>Reads until the buffer is full or the body ends; gives the number of bytes.</summary>
    public static async Task<int> Fill(Stream body, Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        }
        catch (IOException malformed) when (malformed is not (BadHttpRequestException or ConnectionResetException))
        {
            // Kestrel's name for some malformed chunks.
            throw new BadHttpRequestException("the body is malformed", StatusCodes.Status400BadRequest, malformed);
        }
    }

    /// <summary>Reads a body whole; null if it has more bytes than that.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadWhole(HttpRequest request, int most, CancellationToken cancellation)
    {
        if (request.ContentLength > most)
            return null;
        var bytes = new byte[Math.Min(request.ContentLength ?? 16 * 1024, most) + 1];
        for (var length = 0; ;)
        {
            var read = await Fill(request.Body, bytes.AsMemory(length), cancellation);
            length += read;
            if (length < bytes.Length)
                return bytes.AsMemory(0, length);
            if (length > most)
                return null;
            Array.Resize(ref bytes, Math.Min(2 * bytes.Length, most + 1));
        }
    }
}
