using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;

namespace Plimsoll.Server.Registry.Storage;

/// <summary>
/// Changes files so that they outlive a power failure: written aside, flushed, renamed, and the folder's entry flushed too.
/// When a method returns, its change is lasting; when it throws, what was there before still is.
/// </summary>
/// <param name="step">Called before and after each step; tests stop the world there.</param>
internal sealed partial class LastingFiles(Action<string>? step = null)
{
    // rename() and unlink() in a folder whose own entry is not flushed would vanish with it.
    private readonly ConcurrentDictionary<string, bool> _lasting = new(StringComparer.Ordinal);

    /// <summary>Writes a small file whole.</summary>
    public void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var folder = Path.GetDirectoryName(path)!;
        MakeFolder(folder);

        // A crash in here leaves PATH~GUID, which nobody reads and the collector removes.
        var temporary = $"{path}~{Guid.NewGuid():n}";
        try
        {
            step?.Invoke("write");
            using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                RandomAccess.Write(file, bytes, 0);
                step?.Invoke("flush");
                RandomAccess.FlushToDisk(file);
            }

            step?.Invoke("rename");
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            Remove(temporary);
            throw;
        }

        // A crash here leaves the old content or the new, each whole.
        FlushFolder(folder);
    }

    /// <inheritdoc cref="Write(string, ReadOnlySpan{byte})"/>
    public void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Gives a file that is flushed already its name.</summary>
    public void Place(string file, string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        MakeFolder(folder);
        step?.Invoke("place");
        File.Move(file, path, overwrite: true);
        FlushFolder(folder);
    }

    /// <summary>Removes a file; false if there was none.</summary>
    public bool Delete(string path)
    {
        if (!File.Exists(path))
            return false;
        step?.Invoke("delete");
        File.Delete(path);
        FlushFolder(Path.GetDirectoryName(path)!);
        return true;
    }

    /// <summary>Makes a folder and those above it, each with a lasting entry in its parent.</summary>
    public void MakeFolder(string folder)
    {
        if (_lasting.ContainsKey(folder))
            return;
        if (Path.GetDirectoryName(folder) is not { } parent)
            return;

        MakeFolder(parent);
        if (!Directory.Exists(folder))
        {
            step?.Invoke("make folder");
            _ = Directory.CreateDirectory(folder);
        }

        // Also where it was there already: somebody may have made it a moment ago and not flushed it yet.
        FlushFolder(parent);
        _lasting[folder] = true;
    }

    /// <summary>Takes a folder that may be above our own as it is.</summary>
    public void Trust(string folder) => _lasting[folder] = true;

    /// <summary>Removes what does not count any more; a failure to do so leaves it to the collector.</summary>
    public static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception left) when (left is IOException or UnauthorizedAccessException)
        {
            // It is garbage with the name of garbage.
        }
    }

    private void FlushFolder(string folder)
    {
        step?.Invoke("flush folder");
        const int readOnly = 0;
        const int closeOnExec = 0x80000;
        var descriptor = Open(folder, readOnly | closeOnExec);
        if (descriptor < 0)
            throw Failed(folder);
        try
        {
            if (Flush(descriptor) != 0)
                throw Failed(folder);
        }
        finally
        {
            _ = Close(descriptor);
        }

        step?.Invoke("flushed folder");
    }

    private static IOException Failed(string folder)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"the folder {folder} cannot be flushed: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
