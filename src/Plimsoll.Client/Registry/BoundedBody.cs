using System.Buffers;
using System.Security.Cryptography;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Client.Registry;

/// <summary>Reads bodies that end where we say, whatever the server announces or sends.</summary>
internal static class BoundedBody
{
    private const int Chunk = 64 * 1024;

    /// <summary>The whole body, in memory.</summary>
    public static async Task<Result<ReadOnlyMemory<byte>>> Read(HttpResponseMessage response, string what, int maximum, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentLength is { } announced && announced > maximum)
            return RegistryFailures.TooLarge(what, announced, maximum);

        // Grown as bytes arrive: an announcement alone gets no memory.
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var bytes = new byte[Math.Min(maximum, 16 * 1024) + 1];
        var length = 0;
        while (await body.ReadAsync(bytes.AsMemory(length), cancellation) is var read and > 0)
        {
            length += read;
            if (length > maximum)
                return RegistryFailures.TooLarge(what, maximum, maximum);
            if (length == bytes.Length)
                Array.Resize(ref bytes, (int)Math.Min(2L * bytes.Length, maximum + 1L));
        }

        return new ReadOnlyMemory<byte>(bytes, 0, length);
    }

    /// <summary>
    /// Copies the body and checks its digest on the way. Only after success is what was written what was asked for: until
    /// then the destination must be something that can be thrown away.
    /// </summary>
    public static async Task<Result<CopiedBlob>> Copy(
        HttpResponseMessage response, Digest digest, Stream destination, long maximum, CancellationToken cancellation)
    {
        var what = $"blob {digest}";
        if (response.Content.Headers.ContentLength is { } announced && announced > maximum)
            return RegistryFailures.TooLarge(what, announced, maximum);

        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        using var hash = IncrementalHash.CreateHash(digest.HashName);
        var chunk = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            long length = 0;
            while (await body.ReadAsync(chunk, cancellation) is var read and > 0)
            {
                length += read;
                if (length > maximum)
                    return RegistryFailures.TooLarge(what, maximum, maximum);
                hash.AppendData(chunk, 0, read);
                await destination.WriteAsync(chunk.AsMemory(0, read), cancellation);
            }

            var found = Digest.FromHash(hash.GetHashAndReset());
            return found == digest ? new CopiedBlob(digest, length) : digest.Mismatch(found);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}

/// <summary>A blob that was copied whole and has the digest it was asked for by.</summary>
public sealed record CopiedBlob(Digest Digest, long Size);
