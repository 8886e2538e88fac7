using Plimsoll.Primitives;

namespace Plimsoll.Cli.Commands;

/// <summary>Reads a file that the user names, up to a bound.</summary>
internal static class InputFile
{
    public static async Task<Result<byte[]>> Read(string path, int most, CancellationToken cancellation)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var buffer = new byte[Math.Min(file.CanSeek ? file.Length + 1 : most + 1L, most + 1L)];
            var length = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
            return length <= most
                ? buffer[..length]
                : new Failure(Refusal.Malformed, "cli.file-size", $"{path} has more than {most} bytes", "name the right file");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new Failure(Refusal.Missing, "cli.file", $"{path} cannot be read: {failed.Message}", "name a file that is there and may be read");
        }
    }
}
