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
            var why = failed switch
            {
                FileNotFoundException or DirectoryNotFoundException => "is not there",
                UnauthorizedAccessException when Directory.Exists(path) => "is a folder",
                UnauthorizedAccessException => "may not be read by this user",
                _ => $"cannot be read: {failed.Message}",
            };
            return new Failure(Refusal.Missing, "cli.file", $"{path} {why}", "name a file that is there and may be read");
        }
    }

    /// <summary>Reads and parses a file; what is wrong in it is said with its name, and where it has a place, as editors jump to it.</summary>
    public static async Task<Result<T>> Read<T>(string path, int most, Func<byte[], Result<T>> parse, CancellationToken cancellation)
        where T : notnull
    {
        if (!(await Read(path, most, cancellation)).Succeeded(out var bytes, out var failure))
            return failure;
        return parse(bytes).Succeeded(out var value, out failure)
            ? value
            : failure with { What = failure.What is [>= '0' and <= '9', ..] ? $"{path}:{failure.What}" : $"{path}: {failure.What}" };
    }
}
