using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Server.Registry.Storage;

/// <summary>
/// Where a registry's folder keeps what (docs/formats.md, Registry folder):
/// <code>
/// format                                      "plimsoll registry 1"
/// lock                                        held by the process that writes
/// control                                     its socket for `plimsoll serve registry gc`
/// content/ALGORITHM/HEX                       blobs and manifests, each once
/// uploads/ID/                                 what is not whole yet
/// repositories/NAME/_blobs/ALGORITHM/HEX      empty: the repository has this blob; its time is its lease
/// repositories/NAME/_manifests/ALGORITHM/HEX  the manifest's media type
/// repositories/NAME/_tags/TAG                 the digest
/// repositories/NAME/_referrers/SUBJECT/DIGEST a descriptor, for the list of SUBJECT
/// </code>
/// No component of a repository's name begins with an underscore, and no name, tag or digest has a tilde.
/// </summary>
internal sealed class RegistryPaths(string root)
{
    public string Root { get; } = Path.GetFullPath(root);

    public string Format => Path.Combine(Root, "format");

    public string Lock => Path.Combine(Root, "lock");

    public string Control => Path.Combine(Root, "control");

    public string Uploads => Path.Combine(Root, "uploads");

    public string AllContent => Path.Combine(Root, "content");

    public string Repositories => Path.Combine(Root, "repositories");

    public string Content(Digest digest) => Path.Combine(AllContent, digest.Algorithm, digest.Hex);

    public string Repository(string name) => Path.Combine(Repositories, name);

    public string Blobs(string name) => Path.Combine(Repositories, name, "_blobs");

    public string Blob(string name, Digest digest) => Path.Combine(Blobs(name), digest.Algorithm, digest.Hex);

    public string Manifests(string name) => Path.Combine(Repositories, name, "_manifests");

    public string Manifest(string name, Digest digest) => Path.Combine(Manifests(name), digest.Algorithm, digest.Hex);

    public string Tags(string name) => Path.Combine(Repositories, name, "_tags");

    public string Tag(string name, string tag) => Path.Combine(Tags(name), tag);

    public string AllReferrers(string name) => Path.Combine(Repositories, name, "_referrers");

    public string Referrers(string name, Digest subject) => Path.Combine(AllReferrers(name), FileName(subject));

    public string Referrer(string name, Digest subject, Digest manifest) => Path.Combine(Referrers(name, subject), FileName(manifest));

    /// <summary>The digest of a file in an ALGORITHM/HEX folder.</summary>
    public static Digest? DigestOf(string file)
        => Digest.Parse($"{Path.GetFileName(Path.GetDirectoryName(file))}:{Path.GetFileName(file)}").Succeeded(out var digest, out _) ? digest : null;

    /// <summary>The digest of a file named ALGORITHM-HEX.</summary>
    public static Digest? DigestOfName(string name)
        => Digest.Parse(name.Replace('-', ':')).Succeeded(out var digest, out _) ? digest : null;

    /// <summary>What <see cref="LastingFiles"/> had not finished when the machine stopped.</summary>
    public static bool IsUnfinished(string file) => Path.GetFileName(file).Contains('~', StringComparison.Ordinal);

    private static string FileName(Digest digest) => $"{digest.Algorithm}-{digest.Hex}";
}
