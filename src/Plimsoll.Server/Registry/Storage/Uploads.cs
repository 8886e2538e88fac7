using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Server.Registry.Protocol;

namespace Plimsoll.Server.Registry.Storage;

/// <summary>
/// The uploads that are going on: a folder each, with the repository's name and the bytes so far. They outlive the process,
/// not a power failure: nothing was promised yet, and the digest decides in the end.
/// </summary>
internal sealed class Uploads
{
    private readonly ConcurrentDictionary<string, Upload> _open = new(StringComparer.Ordinal);
    private readonly RegistryFolder _folder;
    private readonly RegistryServerOptions _options;
    private readonly TimeProvider _time;
    private int _count;

    public Uploads(RegistryFolder folder, RegistryServerOptions options, TimeProvider time)
    {
        _folder = folder;
        _options = options;
        _time = time;
        if (!folder.IsReadOnly)
            Load();
    }

    /// <summary>How many are open.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Begins one that can be found again, unless too many are open.</summary>
    public Upload? Begin(string name)
    {
        if (BeginUnnamed(name) is not { } upload)
            return null;

        // A crash before this line leaves a folder without a name, which the next start removes.
        upload.WriteName();
        _open[upload.Id] = upload;
        return upload;
    }

    /// <summary>Begins one that lives as long as its request.</summary>
    public Upload? BeginUnnamed(string name)
    {
        if (Interlocked.Increment(ref _count) > _options.MaximumUploads)
        {
            _ = Interlocked.Decrement(ref _count);
            return null;
        }

        var id = Guid.NewGuid().ToString("n");
        var upload = new Upload(id, name, Path.Combine(_folder.Paths.Uploads, id));
        try
        {
            _ = Directory.CreateDirectory(upload.Folder);
            return upload;
        }
        catch
        {
            _ = Interlocked.Decrement(ref _count);
            throw;
        }
    }

    /// <summary>The upload of this id, if it belongs to this repository.</summary>
    public bool Find(string name, string id, [NotNullWhen(true)] out Upload? upload)
        => _open.TryGetValue(id, out upload) && upload.Name == name;

    /// <summary>Ends it: the blob is in the repository, or the error says why not. Either way the upload is over.</summary>
    public async Task<RegistryError?> Finish(Upload upload, Digest digest, CancellationToken cancellation)
    {
        try
        {
            // A crash until here leaves an upload that can go on.
            var found = await upload.FlushAndHash(digest.HashName, cancellation);
            if (found != digest)
                return RegistryError.DigestInvalid($"what was uploaded has digest {found}, not {digest}");
            await _folder.TakeBlob(upload.Name, digest, upload.Data, cancellation);
            return null;
        }
        finally
        {
            Forget(upload);
        }
    }

    /// <summary>Removes it and its bytes.</summary>
    public void Forget(Upload upload)
    {
        if (!upload.End())
            return;
        _ = _open.TryRemove(upload.Id, out _);
        _ = Interlocked.Decrement(ref _count);
        upload.Remove();
    }

    /// <summary>Forgets those at which nothing has happened for too long; says how many.</summary>
    public int Expire()
    {
        var before = _time.GetUtcNow().UtcDateTime - _options.UploadExpiry;
        var expired = _open.Values.Where(upload => upload.LastChange() <= before).ToList();
        foreach (var upload in expired)
        {
            // One that is receiving right now is not idle, whatever its file's time says.
            using var turn = upload.TakeTurn();
            if (turn is not null)
                Forget(upload);
        }

        return expired.Count;
    }

    private void Load()
    {
        _ = Directory.CreateDirectory(_folder.Paths.Uploads);
        foreach (var folder in Directory.EnumerateDirectories(_folder.Paths.Uploads))
        {
            if (Upload.Load(folder) is { } upload)
                _open[upload.Id] = upload;
            else
                Directory.Delete(folder, recursive: true);
        }

        _count = _open.Count;
    }
}
