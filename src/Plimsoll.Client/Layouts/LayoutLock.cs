using Plimsoll.Primitives;

namespace Plimsoll.Client.Layouts;

/// <summary>Keeps two writers of one layout apart, across processes, by an advisory lock on a file that is there anyway and never changes.</summary>
internal static class LayoutLock
{
    private const int Attempts = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>The lock, once it is free; disposing it lets it go, and so does the end of the process.</summary>
    public static async Task<Result<FileStream>> Take(string path, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var taken = LayoutFiles.Try(path, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None));
            if (attempt == Attempts || taken.Succeeded(out _, out _) || !File.Exists(path))
                return taken;
            await Task.Delay(Pause, cancellation);
        }
    }
}
