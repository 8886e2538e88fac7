using System.Globalization;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Server.Registry.Storage;

/// <summary>
/// What a registry holds, as files (<see cref="RegistryPaths"/>). Whatever points is written after what it points to, each
/// file appears whole or not at all, and a manifest's link is what makes it and its place among referrers visible. So a
/// crash leaves at worst something that nothing points to, which the <see cref="Collector"/> removes later.
/// </summary>
internal sealed partial class RegistryFolder : IDisposable
{
    /// <summary>The number in the file <c>format</c>; a folder of a later program has a higher one.</summary>
    public const int FormatNumber = 1;

    private const string FormatName = "plimsoll registry ";

    private readonly FileStream? _lock;
    private readonly LastingFiles _files;
    private readonly TimeProvider _time;
    private readonly TimeSpan _lease;
    private readonly Lock[] _tagLocks = [.. Enumerable.Range(0, 64).Select(_ => new Lock())];
    private HashSet<UInt128>? _recorded;

    private RegistryFolder(RegistryPaths paths, FileStream? held, LastingFiles files, TimeSpan lease, TimeProvider time)
    {
        Paths = paths;
        _lock = held;
        _files = files;
        _lease = lease;
        _time = time;
    }

    public RegistryPaths Paths { get; }

    public CommitGate Gate { get; } = new();

    /// <summary>Whether nothing may be written here.</summary>
    public bool IsReadOnly => _lock is null;

    /// <summary>Opens a folder, makes it where there is none, and keeps other writers out until it is disposed.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="readOnly">Leaves everything as it is and locks nothing.</param>
    /// <param name="lease">How long a blob without a manifest is kept after somebody last asked for it.</param>
    /// <param name="time">The clock of leases.</param>
    /// <param name="step">For tests: see <see cref="LastingFiles"/>.</param>
    public static Result<RegistryFolder> Open(string root, bool readOnly, TimeSpan lease, TimeProvider time, Action<string>? step = null)
    {
        var paths = new RegistryPaths(root);
        var files = new LastingFiles(step);
        FileStream? held = null;
        try
        {
            if (!readOnly)
            {
                _ = Directory.CreateDirectory(paths.Root);
                files.Trust(paths.Root);

                // Before anything is written: it may be somebody's home.
                if (IsForeign(paths))
                    return Foreign(paths);
                if (!TakeLock(paths).Succeeded(out held, out var failure))
                    return failure;
            }

            if (!AdmitFormat(paths, files, readOnly).Succeeded(out _, out var refused))
            {
                held?.Dispose();
                return refused;
            }

            return new RegistryFolder(paths, held, files, lease, time);
        }
        catch (Exception failed)
        {
            held?.Dispose();
            if (failed is not (IOException or UnauthorizedAccessException))
                throw;
            return new Failure(
                Refusal.Unreachable, "registry.folder", $"the folder {paths.Root} cannot be used: {failed.Message}",
                "give a folder that this user may write, on a file system with space left; --read-only serves one that is only readable");
        }
    }

    public void Dispose()
    {
        Gate.Dispose();
        _lock?.Dispose();
    }

    /// <summary>From now on notes what commits point to; the caller has the gate alone.</summary>
    public void BeginRecording() => _recorded = [];

    public void EndRecording() => _recorded = null;

    /// <summary>Whether a commit has pointed to it since recording began.</summary>
    public bool IsRecorded(Digest digest)
    {
        var recorded = _recorded;
        if (recorded is null)
            return false;
        lock (recorded)
            return recorded.Contains(Key(digest));
    }

    /// <summary>Half a digest: enough to keep two apart, and where it is not, something is kept that could go.</summary>
    public static UInt128 Key(Digest digest) => UInt128.Parse(digest.Hex.AsSpan(0, 32), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>Removes a file for good.</summary>
    public bool Delete(string path) => _files.Delete(path);

    private void Record(Digest digest)
    {
        var recorded = _recorded;
        if (recorded is null)
            return;
        lock (recorded)
            _ = recorded.Add(Key(digest));
    }

    private static Result<FileStream> TakeLock(RegistryPaths paths)
    {
        try
        {
            // An advisory lock that the kernel takes back when the process ends, however it ends.
            return new FileStream(paths.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(paths.Lock))
        {
            return new Failure(
                Refusal.Denied, "registry.folder-locked", $"another process serves the folder {paths.Root}",
                "stop that process, or give this one a folder of its own; --read-only may serve it beside");
        }
    }

    private static bool IsForeign(RegistryPaths paths)
    {
        string[] ours = [paths.Lock, Path.Combine(paths.Root, "lost+found")];
        return !File.Exists(paths.Format) && Directory.EnumerateFileSystemEntries(paths.Root).Any(entry => !ours.Contains(entry) && !RegistryPaths.IsUnfinished(entry));
    }

    private static Failure Foreign(RegistryPaths paths) => new(
        Refusal.Malformed, "registry.folder-format", $"the folder {paths.Root} has no file 'format', so it is not a registry's",
        "give a registry's folder, or an empty one");

    private static Result<int> AdmitFormat(RegistryPaths paths, LastingFiles files, bool readOnly)
    {
        if (!File.Exists(paths.Format))
        {
            if (readOnly || IsForeign(paths))
                return Foreign(paths);
            files.Write(paths.Format, $"{FormatName}{FormatNumber}\n");
            return FormatNumber;
        }

        var text = File.ReadAllText(paths.Format);
        if (text.StartsWith(FormatName, StringComparison.Ordinal) && text.EndsWith('\n')
            && int.TryParse(text.AsSpan(FormatName.Length).TrimEnd('\n'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1)
        {
            return number <= FormatNumber
                ? number
                : new Failure(
                    Refusal.Malformed, "registry.folder-format", $"the folder {paths.Root} has format {number}, and this program knows up to {FormatNumber}",
                    "run the newer program that wrote it, or restore a copy from before the upgrade");
        }

        return new Failure(
            Refusal.Malformed, "registry.folder-format", $"the file {paths.Format} does not say '{FormatName}NUMBER'", "restore the folder from a copy");
    }
}
