using System.Diagnostics.CodeAnalysis;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Server.Registry.Protocol;

namespace Plimsoll.Server.Registry.Storage;

/// <summary>A manifest that is there.</summary>
internal readonly record struct FoundManifest(Digest Digest, string MediaType, string File);

/// <summary>What became of a pushed manifest: at most one of the two says why it was not taken.</summary>
internal readonly record struct PutOutcome(Digest? MissingBlob = null, bool Overtaken = false);

internal sealed partial class RegistryFolder
{
    public bool HasRepository(string name) => Directory.Exists(Paths.Manifests(name));

    /// <summary>A manifest by tag or digest.</summary>
    public FoundManifest? FindManifest(string name, string reference)
        => Digest.Parse(reference).Succeeded(out var digest, out _) || TryFindTag(name, reference, out digest) ? FindManifest(name, digest) : null;

    public FoundManifest? FindManifest(string name, Digest digest)
        => ReadSmall(Paths.Manifest(name, digest)) is { } mediaType ? new FoundManifest(digest, mediaType, Paths.Content(digest)) : null;

    /// <summary>Stores a manifest whose blobs are all there, its place among its subject's referrers, and its tag.</summary>
    /// <param name="name">The repository.</param>
    /// <param name="manifest">What was pushed.</param>
    /// <param name="tag">The tag to give it, if any.</param>
    /// <param name="mayReplace">Whether what the tag means now may be replaced.</param>
    /// <param name="cancellation">Ends the waiting for a collection, not the writing.</param>
    public async Task<PutOutcome> PutManifest(string name, PushedManifest manifest, Tag? tag, Func<Digest?, bool> mayReplace, CancellationToken cancellation)
    {
        using var commit = await Gate.Share(cancellation);
        foreach (var blob in manifest.Blobs)
        {
            if (FindBlob(name, blob) is null)
                return new PutOutcome(MissingBlob: blob);
        }

        foreach (var mentioned in manifest.Mentioned.Append(manifest.Digest))
            Record(mentioned);

        // A crash after the content leaves bytes that no repository has.
        if (!File.Exists(Paths.Content(manifest.Digest)))
            _files.Write(Paths.Content(manifest.Digest), manifest.Bytes.Span);

        // A crash after the entry leaves one whose manifest is not there: lists leave it out.
        if (manifest.Subject is { } subject)
            _files.Write(Paths.Referrer(name, subject, manifest.Digest), manifest.ReferrerEntry().Span);

        lock (TagLock(name))
        {
            if (tag is { } wanted && !mayReplace(TryFindTag(name, wanted.ToString(), out var present) ? present : null))
                return new PutOutcome(Overtaken: true);

            // This makes it visible, by digest and among the referrers; a crash after it leaves it without its new tag.
            _files.Write(Paths.Manifest(name, manifest.Digest), manifest.MediaType);
            if (tag is { } tagged)
                _files.Write(Paths.Tag(name, tagged.ToString()), manifest.Digest.ToString());
        }

        return default;
    }

    public bool DeleteTag(string name, Tag tag)
    {
        lock (TagLock(name))
            return _files.Delete(Paths.Tag(name, tag.ToString()));
    }

    /// <summary>Takes a manifest, its tags and its entry in its subject's list out of a repository. The content stays.</summary>
    public bool DeleteManifest(string name, Digest digest, Digest? subject)
    {
        lock (TagLock(name))
        {
            if (!File.Exists(Paths.Manifest(name, digest)))
                return false;

            // A crash among the tags leaves some of them; the manifest is whole as long as its link is.
            foreach (var tag in Tags(name).Where(tag => TryFindTag(name, tag, out var present) && present == digest))
                _ = _files.Delete(Paths.Tag(name, tag));
            var found = _files.Delete(Paths.Manifest(name, digest));

            // A crash before leaves an entry without a manifest: lists leave it out, and the collector removes it.
            if (subject is { } listed)
                _ = _files.Delete(Paths.Referrer(name, listed, digest));
            return found;
        }
    }

    /// <summary>All tags in the order of their bytes.</summary>
    public IReadOnlyList<string> Tags(string name) => Sorted(Paths.Tags(name));

    /// <summary>The manifests that are attached to a subject, in a lasting order, beginning after <paramref name="last"/>.</summary>
    public IEnumerable<(string Name, byte[] Entry)> Referrers(string name, Digest subject, string last)
    {
        var folder = Paths.Referrers(name, subject);
        foreach (var entry in Sorted(folder).Where(entry => string.CompareOrdinal(entry, last) > 0))
        {
            // Deleted between the listing and here: then it is not listed.
            if (RegistryPaths.DigestOfName(entry) is { } digest && File.Exists(Paths.Manifest(name, digest))
                && ReadBytes(Path.Combine(folder, entry)) is { } bytes)
                yield return (entry, bytes);
        }
    }

    /// <summary>The names of all repositories, in the order of their bytes.</summary>
    public IReadOnlyList<string> Names() => [.. RepositoryTree.Names(Paths, kind => kind == "_manifests").Order(StringComparer.Ordinal)];

    private bool TryFindTag(string name, string tag, [NotNullWhen(true)] out Digest digest)
    {
        digest = default;
        return Tag.Parse(tag).Succeeded(out _, out _) && ReadSmall(Paths.Tag(name, tag)) is { } text && Digest.Parse(text).Succeeded(out digest, out _);
    }

    private Lock TagLock(string name) => _tagLocks[(uint)StringComparer.Ordinal.GetHashCode(name) % _tagLocks.Length];

    private static string[] Sorted(string folder)
        => [.. RepositoryTree.Files(folder).Select(file => Path.GetFileName(file)).Where(file => !RegistryPaths.IsUnfinished(file)).Order(StringComparer.Ordinal)];

    private static string? ReadSmall(string path) => ReadBytes(path) is { } bytes ? System.Text.Encoding.UTF8.GetString(bytes) : null;

    private static byte[]? ReadBytes(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllBytes(path) : null;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
