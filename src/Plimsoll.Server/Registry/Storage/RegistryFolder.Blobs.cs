using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Server.Registry.Storage;

internal sealed partial class RegistryFolder
{
    // A quarter of the lease may pass before it is renewed: asking for a blob is seldom a write.
    private const int RenewalPart = 4;

    /// <summary>A repository's blob; that somebody asks for it keeps it from the collector for a while.</summary>
    public FileInfo? FindBlob(string name, Digest digest)
    {
        var link = Paths.Blob(name, digest);
        var leased = File.GetLastWriteTimeUtc(link);
        if (leased.Year < 1970 || new FileInfo(Paths.Content(digest)) is not { Exists: true } content)
            return null;
        if (!IsReadOnly && _time.GetUtcNow().UtcDateTime - leased > _lease / RenewalPart)
            RenewLease(link);
        return content;
    }

    /// <summary>Takes a whole and flushed file in as a blob; it is gone from its old place then.</summary>
    public async Task TakeBlob(string name, Digest digest, string file, CancellationToken cancellation)
    {
        using var commit = await Gate.Share(cancellation);
        Record(digest);

        // A crash after this line leaves content without a link: nobody sees it.
        _files.Place(file, Paths.Content(digest));
        Link(name, digest);
    }

    /// <summary>Lets a repository have a blob that another has; false if it is gone.</summary>
    public async Task<bool> MountBlob(string name, string from, Digest digest, CancellationToken cancellation)
    {
        using var commit = await Gate.Share(cancellation);
        if (FindBlob(from, digest) is null)
            return false;
        Record(digest);
        Link(name, digest);
        return true;
    }

    /// <summary>Takes a blob out of a repository; its content stays until nobody has it.</summary>
    public bool DeleteBlob(string name, Digest digest) => _files.Delete(Paths.Blob(name, digest));

    /// <summary>Whether the lease of this file's time has run out.</summary>
    public bool IsExpired(string file) => _time.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(file) >= _lease;

    // A crash before leaves the repository without the blob, as if it had not been pushed; after it, with the whole blob.
    private void Link(string name, Digest digest) => _files.Write(Paths.Blob(name, digest), "");

    private void RenewLease(string link)
    {
        try
        {
            File.SetLastWriteTimeUtc(link, _time.GetUtcNow().UtcDateTime);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            // Then it may go with the next collection, and its pusher is told so when the manifest comes.
        }
    }
}
