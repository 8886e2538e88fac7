using Plimsoll.Primitives.Json;
using Plimsoll.Server.Registry.Protocol;

namespace Plimsoll.Server.Registry.Storage;

/// <summary>What a collection removed, and what it could not read.</summary>
/// <param name="Blobs">Blobs taken out of repositories, no manifest of which mentions them.</param>
/// <param name="Content">Files that no repository had.</param>
/// <param name="Bytes">The bytes of those files.</param>
/// <param name="Leftovers">What crashes and broken uploads had left.</param>
/// <param name="Unreadable">Repositories with a manifest that cannot be read; nothing was taken out of them.</param>
public sealed record CollectionReport(int Blobs, int Content, long Bytes, int Leftovers, int Unreadable);

/// <summary>
/// Removes what nothing needs, while the registry works. It marks without disturbing anybody, and deletes in small batches
/// alone in the gate, where it asks again: is the lease still over, and has no commit pointed to it since the marking began?
/// A commit that comes before a deletion is seen by it; one that comes after sees that the blob is gone, and says so.
/// </summary>
internal sealed class Collector(RegistryFolder folder, Uploads uploads) : IDisposable
{
    private const int Batch = 64;

    private readonly SemaphoreSlim _one = new(1, 1);
    private int _unreadable;

    /// <summary>One collection; a second one waits for the first.</summary>
    public async Task<CollectionReport> Collect(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            _unreadable = 0;

            // Every commit that began before has ended then; every later one is recorded.
            using (await folder.Gate.Alone(cancellation))
                folder.BeginRecording();
            return await MarkAndSweep(cancellation);
        }
        finally
        {
            folder.EndRecording();
            _ = _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<CollectionReport> MarkAndSweep(CancellationToken cancellation)
    {
        var (blobs, leftovers) = (0, uploads.Expire());
        var live = new HashSet<UInt128>();
        foreach (var name in RepositoryTree.Names(folder.Paths, _ => true))
        {
            blobs += await Sweep(Unmentioned(name), IsUnwanted, cancellation);
            leftovers += await Sweep(Leftovers(name), _ => true, cancellation);
            foreach (var digest in RepositoryTree.Digests(folder.Paths.Blobs(name)).Concat(RepositoryTree.Digests(folder.Paths.Manifests(name))))
                _ = live.Add(RegistryFolder.Key(digest));
        }

        leftovers += await Sweep(RepositoryTree.Files(folder.Paths.Root).Where(RegistryPaths.IsUnfinished), _ => true, cancellation);
        var bytes = 0L;
        var unlinked = RepositoryTree.Links(folder.Paths.AllContent).Where(file => RegistryPaths.DigestOf(file) is not { } digest || !live.Contains(RegistryFolder.Key(digest)));
        var content = await Sweep(unlinked, IsUnwantedContent, cancellation);
        return new CollectionReport(blobs, content, bytes, leftovers, _unreadable);

        bool IsUnwantedContent(string file)
        {
            var unwanted = RegistryPaths.IsUnfinished(file) || IsUnwanted(file);
            bytes += unwanted ? new FileInfo(file).Length : 0;
            return unwanted;
        }
    }

    private async Task<int> Sweep(IEnumerable<string> candidates, Func<string, bool> isUnwanted, CancellationToken cancellation)
    {
        var removed = 0;
        foreach (var batch in candidates.Where(folder.IsExpired).ToList().Chunk(Batch))
        {
            // A crash between two deletions leaves fewer things that nothing points to.
            using var alone = await folder.Gate.Alone(cancellation);
            removed += batch.Count(file => File.Exists(file) && folder.IsExpired(file) && isUnwanted(file) && folder.Delete(file));
        }

        return removed;
    }

    private bool IsUnwanted(string file) => RegistryPaths.DigestOf(file) is { } digest && !folder.IsRecorded(digest);

    /// <summary>Blobs of a repository that no manifest of it mentions; none if one of its manifests cannot be read.</summary>
    private IEnumerable<string> Unmentioned(string name)
    {
        var expired = RepositoryTree.Links(folder.Paths.Blobs(name)).Where(folder.IsExpired).ToList();
        if (expired.Count == 0)
            return [];
        if (Mark(name) is { } marked)
            return expired.Where(link => RegistryPaths.DigestOf(link) is { } digest && !marked.Contains(RegistryFolder.Key(digest)));
        _unreadable++;
        return [];
    }

    private HashSet<UInt128>? Mark(string name)
    {
        var marked = new HashSet<UInt128>();
        foreach (var digest in RepositoryTree.Digests(folder.Paths.Manifests(name)))
        {
            // Deleted meanwhile: it mentions nothing any more.
            if (folder.FindManifest(name, digest) is not { } manifest)
                continue;
            if (!File.Exists(manifest.File) || !StrictJson.Parse(File.ReadAllBytes(manifest.File), PushedManifest.Limits).Succeeded(out var root, out _))
                return null;
            foreach (var mentioned in PushedManifest.MentionedIn(root))
                _ = marked.Add(RegistryFolder.Key(mentioned));
        }

        return marked;
    }

    // What was not finished, and entries of lists whose manifest never became visible or is gone.
    private IEnumerable<string> Leftovers(string name)
    {
        var paths = folder.Paths;
        var links = RepositoryTree.Links(paths.Blobs(name)).Concat(RepositoryTree.Links(paths.Manifests(name))).Concat(RepositoryTree.Files(paths.Tags(name)));
        var entries = RepositoryTree.Folders(paths.AllReferrers(name)).SelectMany(RepositoryTree.Files);
        return links.Where(RegistryPaths.IsUnfinished).Concat(entries.Where(IsOrphan));

        bool IsOrphan(string entry) => RegistryPaths.DigestOfName(Path.GetFileName(entry)) is not { } digest || !File.Exists(paths.Manifest(name, digest));
    }
}
