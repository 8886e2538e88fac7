using System.Text;
using Plimsoll.Client.Files;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Server.Registry;

/// <summary>
/// What a registry holds, as files. Content lies once under its digest; small files say which repository has what:
/// <code>
/// content/ALGORITHM/HEX                      blobs and manifests
/// uploads/ID                                 what is not whole yet
/// repositories/NAME/_blobs/ALGORITHM/HEX     empty: the repository has this blob
/// repositories/NAME/_manifests/ALGORITHM/HEX the manifest's media type
/// repositories/NAME/_tags/TAG                the digest
/// repositories/NAME/_referrers/SUBJECT/DIGEST a descriptor, for the list of SUBJECT
/// </code>
/// A name's components never begin with an underscore. Whatever points is written after what it points to, and each file
/// appears whole or not at all, so a crash leaves at worst something that nothing points to.
/// </summary>
internal sealed class RegistryFolder
{
    private readonly string _root;
    private readonly Lock _tagLock = new();

    public RegistryFolder(string root)
    {
        _root = Path.GetFullPath(root);
        Uploads = Path.Combine(_root, "uploads");

        // An upload's state lived in the process that is gone.
        if (Directory.Exists(Uploads))
            Directory.Delete(Uploads, recursive: true);
        _ = Directory.CreateDirectory(Uploads);
    }

    public string Uploads { get; }

    public bool HasRepository(string name) => Directory.Exists(Repository(name, "_manifests"));

    public FileInfo? FindBlob(string name, Digest digest)
        => File.Exists(InRepository(name, "_blobs", digest)) && new FileInfo(Content(digest)) is { Exists: true } content ? content : null;

    /// <summary>Takes a finished file in; it is gone from its old place then.</summary>
    public void TakeBlob(string name, Digest digest, string file)
    {
        Place(file, Content(digest));
        LinkBlob(name, digest);
    }

    /// <summary>Lets a repository have a blob that is there already.</summary>
    public void LinkBlob(string name, Digest digest) => Write(InRepository(name, "_blobs", digest), "");

    public (Digest Digest, string MediaType, string File)? FindManifest(string name, string reference)
    {
        if (!Digest.Parse(reference).Succeeded(out var digest, out _) && !FindTag(name, reference).HasValue(out digest))
            return null;
        var link = InRepository(name, "_manifests", digest);
        return File.Exists(link) ? (digest, File.ReadAllText(link), Content(digest)) : null;
    }

    public bool HasManifest(string name, Digest digest) => File.Exists(InRepository(name, "_manifests", digest));

    /// <summary>Stores a manifest, its entry in its subject's list, and its tag; false if the tag has changed since it was read.</summary>
    public bool PutManifest(string name, PushedManifest manifest, Tag? tag, string? ifMatch)
    {
        // A crash after the content leaves bytes that no repository has; after the link an untagged manifest; after the
        // list's entry one without its tag. Each is a state that the pusher finds again by pushing again.
        Write(Content(manifest.Digest), manifest.Bytes.Span);
        Write(InRepository(name, "_manifests", manifest.Digest), manifest.MediaType);
        if (manifest.Subject is { } subject)
            Write(Path.Combine(ReferrersFolder(name, subject), FileName(manifest.Digest)), manifest.ReferrerEntry().Span);
        if (tag is not { } tagged)
            return true;

        lock (_tagLock)
        {
            if (ifMatch is not null && (!FindTag(name, tagged.ToString()).HasValue(out var present) || ifMatch != $"\"{present}\""))
                return false;
            Write(Repository(name, "_tags", tagged.ToString()), manifest.Digest.ToString());
            return true;
        }
    }

    public bool DeleteTag(string name, Tag tag)
    {
        var file = Repository(name, "_tags", tag.ToString());
        lock (_tagLock)
        {
            var found = File.Exists(file);
            File.Delete(file);
            return found;
        }
    }

    /// <summary>Takes a manifest, its tags and its entry in its subject's list out of a repository. The content stays.</summary>
    public bool DeleteManifest(string name, Digest digest, Digest? subject)
    {
        var link = InRepository(name, "_manifests", digest);
        if (!File.Exists(link))
            return false;
        foreach (var tag in Tags(name).Where(tag => FindTag(name, tag).HasValue(out var present) && present == digest))
            File.Delete(Repository(name, "_tags", tag));
        if (subject is { } listed && Directory.Exists(ReferrersFolder(name, listed)))
            File.Delete(Path.Combine(ReferrersFolder(name, listed), FileName(digest)));
        File.Delete(link);
        return true;
    }

    /// <summary>All tags in the order that the distribution specification wants.</summary>
    public IReadOnlyList<string> Tags(string name) => Sorted(Repository(name, "_tags"));

    /// <summary>The names of the entries in a subject's list, in a lasting order.</summary>
    public IReadOnlyList<string> Referrers(string name, Digest subject) => Sorted(ReferrersFolder(name, subject));

    public byte[] ReadReferrer(string name, Digest subject, string entry) => File.ReadAllBytes(Path.Combine(ReferrersFolder(name, subject), entry));

    private Digest? FindTag(string name, string tag)
        => Tag.Parse(tag).Succeeded(out _, out _) && File.Exists(Repository(name, "_tags", tag))
            && Digest.Parse(File.ReadAllText(Repository(name, "_tags", tag))).Succeeded(out var digest, out _)
            ? digest
            : null;

    private static string[] Sorted(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Where(IsWhole).Order(StringComparer.Ordinal)]
        : [];

    // What AtomicFile had not finished when the machine stopped; neither a tag nor a digest has a tilde.
    private static bool IsWhole(string file) => !file.Contains('~', StringComparison.Ordinal);

    private static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    private static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, bytes);
    }

    private static void Place(string file, string path)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Move(file, path, overwrite: true);
    }

    private string Content(Digest digest) => Path.Combine(_root, "content", digest.Algorithm, digest.Hex);

    private string Repository(string name, params ReadOnlySpan<string> parts) => Path.Combine([_root, "repositories", name, .. parts]);

    private string InRepository(string name, string kind, Digest digest) => Repository(name, kind, digest.Algorithm, digest.Hex);

    private string ReferrersFolder(string name, Digest subject) => Repository(name, "_referrers", FileName(subject));

    private static string FileName(Digest digest) => $"{digest.Algorithm}-{digest.Hex}";
}

internal static class NullableDigest
{
    public static bool HasValue(this Digest? digest, out Digest value)
    {
        value = digest.GetValueOrDefault();
        return digest is not null;
    }
}
