using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Envelopes;

/// <summary>One platform's image in a release: all of it is what the root's entry and the image's manifest say.</summary>
/// <param name="Digest">The platform's manifest.</param>
/// <param name="Size">The manifest's bytes.</param>
/// <param name="MediaType">The manifest's media type.</param>
/// <param name="Platform">The platform in its normal form, such as <c>linux/arm/v6</c>.</param>
/// <param name="Config">The configuration that the manifest names.</param>
public sealed record ReleaseChild(Digest Digest, long Size, string MediaType, string Platform, Digest Config);

/// <summary>An unsigned statement that the release vouches for by digest, so that it stays as the builder wrote it.</summary>
/// <param name="Digest">The statement's bytes.</param>
/// <param name="PredicateType">Its predicate type, as the statement says.</param>
/// <param name="Child">The platform's manifest that it is about.</param>
public sealed record ReleasedStatement(Digest Digest, string PredicateType, Digest Child);

/// <summary>
/// What a publisher signs, once for a whole image: this digest is that repository's release under these tags, it consists of
/// these children, and these statements belong to it (docs/formats.md, Release statement).
/// </summary>
public sealed record ReleaseStatement
{
    /// <summary>The predicate type.</summary>
    public const string PredicateType = "https://plimsoll.dev/release/v1";

    /// <summary>The name in the artifact type and layer type of its envelope, <c>application/vnd.in-toto.release+dsse</c>.</summary>
    public const string EnvelopeName = "release";

    /// <summary>Most tags, children, and members of <see cref="Build"/>.</summary>
    public const int MostEntries = 1024;

    /// <summary>Most statements.</summary>
    public const int MostStatements = 8192;

    /// <summary>Longest string in it.</summary>
    public const int MostCharacters = 1024;

    /// <summary>The bounds of its bytes.</summary>
    public static StatementLimits Limits { get; } = new(Bytes: 4 * 1024 * 1024, Values: 100_000, Subjects: 1);

    /// <summary>The repository, normalised, host included.</summary>
    public required string Repository { get; init; }

    /// <summary>The index, or the single manifest.</summary>
    public required Digest Root { get; init; }

    /// <summary>The root's media type.</summary>
    public required string RootMediaType { get; init; }

    /// <summary>The root's size in bytes.</summary>
    public required long RootSize { get; init; }

    /// <summary>The tags under which the publisher means it to be found; may be none.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>The images: every entry of the index that is no attestation manifest, in its order; of a single manifest, itself.</summary>
    public required ImmutableArray<ReleaseChild> Children { get; init; }

    /// <summary>The statements about the children.</summary>
    public ImmutableArray<ReleasedStatement> Statements { get; init; } = [];

    /// <summary>What the build environment says about itself: for reading, never for a decision.</summary>
    public ImmutableSortedDictionary<string, string> Build { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Reads a release statement from a payload, which should be a verified one.</summary>
    public static Result<ReleaseStatement> Parse(ReadOnlyMemory<byte> bytes) => InTotoStatement.Parse(bytes, Limits).Then(Parse);

    /// <summary>Reads a statement of this predicate type; another one is refused.</summary>
    public static Result<ReleaseStatement> Parse(InTotoStatement statement)
        => statement.PredicateType == PredicateType && statement is { Type: InTotoStatement.TypeV1, Predicate: { } predicate }
            ? ReleaseReader.Read(statement, predicate)
            : Refused.Malformed(
                "release.predicate-type", $"a {Refused.Shorten(statement.PredicateType)} in {Refused.Shorten(statement.Type)} is no release statement",
                "sign the image with plimsoll sign");

    /// <summary>
    /// The canonical bytes (RFC 8785) to be signed: the same release gives the same bytes. They are read again first, so
    /// that nothing is signed that a verifier would not accept.
    /// </summary>
    public Result<byte[]> ToBytes()
    {
        var bytes = ReleaseWriter.Write(this);
        return Parse(bytes).Select(_ => bytes);
    }
}
