using Plimsoll.Primitives;

namespace Plimsoll.Client.Layouts;

/// <summary>Reads and writes a layout's files; this is where exceptions of the file system become failures.</summary>
internal static class LayoutFiles
{
    private const int MostMarkerBytes = 4096;

    public static async Task<Result<ReadOnlyMemory<byte>>> Read(string path, int maximum, CancellationToken cancellation)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous);
            if (file.Length > maximum)
                return TooLarge(path, file.Length, maximum);
            var bytes = new byte[file.Length];
            await file.ReadExactlyAsync(bytes, cancellation);
            return new ReadOnlyMemory<byte>(bytes);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Failed(path, problem);
        }
    }

    /// <summary>The marker's first bytes; a longer one is no marker, and its parser says so.</summary>
    public static ReadOnlyMemory<byte> ReadMarker(FileStream marker)
    {
        var bytes = new byte[MostMarkerBytes + 1];
        return bytes.AsMemory(0, marker.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
    }

    public static Result<T> Try<T>(string path, Func<T> work)
        where T : notnull
    {
        try
        {
            return work();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Failed(path, problem);
        }
    }

    public static Failure TooLarge(string what, long found, int maximum) => new(
        Refusal.Malformed, "layout.too-large", $"{what} is {found} bytes, more than the {maximum} allowed",
        "make the layout again; content of this kind is never that large");

    private static Failure Failed(string path, Exception problem) => problem is FileNotFoundException or DirectoryNotFoundException
        ? new Failure(
            Refusal.Missing, "layout.not-found", $"there is no {path}",
            "give the folder of an OCI layout that holds the whole image, as 'docker buildx build --output type=oci,tar=false' writes it")
        : new Failure(
            Refusal.Unreachable, "layout.io", $"{path} cannot be used: {problem.Message}", "check the folder's permissions and the disk");
}
