using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Server.Registry;

/// <summary>The uploads that are going on: each a file that grows, until its digest is known to be the right one.</summary>
internal sealed class RegistryUploads(RegistryFolder folder, RegistryServerOptions options)
{
    private readonly ConcurrentDictionary<string, Upload> _open = new();

    /// <summary>Begins one, unless too many are open.</summary>
    public Upload? Begin(string name)
    {
        if (_open.Count >= options.MaximumUploads)
            return null;
        var id = Guid.NewGuid().ToString("n");
        var upload = new Upload(id, name, Path.Combine(folder.Uploads, id), options.MaximumBlobBytes);
        _open[id] = upload;
        return upload;
    }

    /// <summary>The upload of this id, if it belongs to this repository.</summary>
    public Upload? Find(string name, string id) => _open.TryGetValue(id, out var upload) && upload.Name == name ? upload : null;

    /// <summary>Ends it: the blob is in the repository, or the failure says why not. Either way the upload is over.</summary>
    public async Task<RegistryError?> Finish(Upload upload, Digest digest, CancellationToken cancellation)
    {
        if (!_open.TryRemove(upload.Id, out _))
            return RegistryError.UploadUnknown;
        try
        {
            var found = await upload.Hash(digest.HashName, cancellation);
            if (found != digest)
                return RegistryError.DigestInvalid($"what was uploaded has digest {found}, not {digest}");

            // After the flush inside Hash a crash leaves a file in uploads/; after this line a blob without its link.
            folder.TakeBlob(upload.Name, digest, upload.File);
            return null;
        }
        finally
        {
            File.Delete(upload.File);
        }
    }

    /// <summary>Forgets it.</summary>
    public void Cancel(Upload upload)
    {
        if (_open.TryRemove(upload.Id, out _))
            File.Delete(upload.File);
    }
}

/// <summary>One upload. Its parts come one after another; two at the same time are refused.</summary>
internal sealed class Upload(string id, string name, string file, long maximum)
{
    private int _busy;

    public string Id => id;

    public string Name => name;

    public string File => file;

    public long Length { get; private set; }

    /// <summary>Appends a body; its bytes count only when all of them have arrived.</summary>
    public async Task<RegistryError?> Append(Stream body, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _busy, 1) == 1)
            return RegistryError.RangeInvalid("another part of this upload is being received");
        try
        {
            using var handle = System.IO.File.OpenHandle(file, FileMode.OpenOrCreate, FileAccess.Write, options: FileOptions.Asynchronous);
            var chunk = new byte[128 * 1024];
            var end = Length;
            while (await body.ReadAsync(chunk, cancellation) is var read and > 0)
            {
                if (end + read > maximum)
                    return RegistryError.SizeInvalid($"a blob may have {maximum} bytes");
                await RandomAccess.WriteAsync(handle, chunk.AsMemory(0, read), end, cancellation);
                end += read;
            }

            Length = end;
            return null;
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    /// <summary>The digest of what has arrived, which is lasting on the disk then.</summary>
    public async Task<Digest> Hash(HashAlgorithmName algorithm, CancellationToken cancellation)
    {
        using SafeFileHandle handle = System.IO.File.OpenHandle(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, options: FileOptions.Asynchronous);

        // A part that broke off may have left more than what counts.
        RandomAccess.SetLength(handle, Length);
        using var hash = IncrementalHash.CreateHash(algorithm);
        var chunk = new byte[128 * 1024];
        for (long at = 0; at < Length;)
        {
            var read = await RandomAccess.ReadAsync(handle, chunk, at, cancellation);
            if (read == 0)
                throw new IOException($"the upload {id} has lost its end");
            hash.AppendData(chunk, 0, read);
            at += read;
        }

        RandomAccess.FlushToDisk(handle);
        return Digest.FromHash(hash.GetHashAndReset());
    }
}
