namespace Plimsoll.Client.Files;

/// <summary>Writes files that are either wholly there or not at all, whenever the machine stops.</summary>
public static class AtomicFile
{
    /// <summary>Writes the bytes to a file beside <paramref name="path"/>, makes them lasting, and gives them their name.</summary>
    /// <exception cref="IOException">The file cannot be written; what was there before still is.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = $"{path}~{Guid.NewGuid():n}";
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                RandomAccess.Write(file, bytes, 0);
                RandomAccess.FlushToDisk(file);
            }

            // A crash before this line leaves a file that nobody looks for; after it, the whole new content.
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
