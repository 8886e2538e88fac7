namespace Plimsoll.Oci;

/// <summary>
/// Which image somebody asks for: a repository with a tag, a digest, or both (then the digest decides and the tag is a
/// claim about it). Text without either means <c>latest</c>.
/// </summary>
public sealed record Reference
{
    private const int MostCharacters = RepositoryName.MostCharacters + 1 + Oci.Tag.MostCharacters + 1 + 135;

    private Reference(RepositoryName repository, Tag? tag, Digest? digest)
    {
        Repository = repository;
        Tag = tag;
        Digest = digest;
    }

    /// <summary>The repository, normalised.</summary>
    public RepositoryName Repository { get; }

    /// <summary>The tag, if one was given or understood.</summary>
    public Tag? Tag { get; }

    /// <summary>The digest, if one was given.</summary>
    public Digest? Digest { get; }

    /// <summary>How people write it: <c>alpine:3.20</c> for <c>docker.io/library/alpine:3.20</c>.</summary>
    public string Familiar => Repository.Familiar + Suffix;

    private string Suffix => (Tag is { } tag ? $":{tag}" : "") + (Digest is { } digest ? $"@{digest}" : "");

    /// <summary>Reads and normalises a reference as Docker does.</summary>
    public static Result<Reference> Parse(string text)
    {
        if (text.Length > MostCharacters)
            return Malformed(text, $"is longer than {MostCharacters} characters");
        // Docker takes 64 hex characters for an image id, never for a name.
        if (text.Length == 64 && text.All(char.IsAsciiHexDigitLower))
            return Malformed(text, "is 64 hex characters: an image id of one machine, not a name");

        Digest? digest = null;
        if (text.IndexOf('@', StringComparison.Ordinal) is var at and >= 0)
        {
            if (!Primitives.Hashing.Digest.Parse(text[(at + 1)..]).Succeeded(out var parsed, out var failure))
                return failure;
            digest = parsed;
            text = text[..at];
        }

        Tag? tag = null;
        // A colon before the last slash belongs to a port.
        if (text.LastIndexOf(':') is var colon && colon > text.LastIndexOf('/'))
        {
            if (!Oci.Tag.Parse(text[(colon + 1)..]).Succeeded(out var parsed, out var failure))
                return failure;
            tag = parsed;
            text = text[..colon];
        }

        return RepositoryName.Parse(text).Select(repository => Of(repository, tag, digest));
    }

    /// <summary>A reference made of its parts; without tag and digest it means <c>latest</c>.</summary>
    public static Reference Of(RepositoryName repository, Tag? tag = null, Digest? digest = null)
        => repository.IsEmpty
            ? throw new ArgumentException("a reference needs a repository", nameof(repository))
            : new Reference(repository, tag is null && digest is null ? Oci.Tag.Latest : tag, digest);

    /// <summary>The same repository by digest, whatever the tag says: what an engine may be told after a verdict.</summary>
    public Reference Pinned(Digest digest) => new(Repository, Tag, digest);

    /// <summary>The normalised text.</summary>
    public override string ToString() => Repository + Suffix;

    private static Failure Malformed(string text, string what) => Refused.Malformed(
        "oci.reference", $"'{Refused.Shorten(text)}' {what}", "write the image as docker pull would take it: [HOST/]NAME[:TAG][@DIGEST]");
}
