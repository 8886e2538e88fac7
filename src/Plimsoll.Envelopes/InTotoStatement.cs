using System.Buffers;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Envelopes;

/// <summary>How large a statement may be. BuildKit caps its statements at 40 MiB.</summary>
/// <param name="Bytes">Most bytes.</param>
/// <param name="Values">Most JSON values: an SBOM of 40 MiB has about two million.</param>
/// <param name="Subjects">Most subjects.</param>
public sealed record StatementLimits(int Bytes = 40 * 1024 * 1024, int Values = 2_500_000, int Subjects = 10_000)
{
    /// <summary>The usual bounds.</summary>
    public static StatementLimits Default { get; } = new();

    internal JsonLimits Json => new(Bytes, Depth: 64, Values);
}

/// <summary>An in-toto statement, version 0.1 or 1: a predicate about subjects. Any predicate type is read.</summary>
/// <param name="Type">The version, one of <see cref="TypeV01"/> and <see cref="TypeV1"/>.</param>
/// <param name="Subjects">What the statement is about; empty only from <see cref="ParseAttached"/>.</param>
/// <param name="PredicateType">What kind of claim it is.</param>
public sealed record InTotoStatement(string Type, ImmutableArray<StatementSubject> Subjects, string PredicateType)
{
    /// <summary>The type of version 0.1, which BuildKit writes.</summary>
    public const string TypeV01 = "https://in-toto.io/Statement/v0.1";

    /// <summary>The type of version 1.</summary>
    public const string TypeV1 = "https://in-toto.io/Statement/v1";

    /// <summary>Longest predicate type.</summary>
    public const int MostTypeCharacters = 1024;

    /// <summary>The claim itself; null only in version 0.1, which lets it be absent.</summary>
    public JsonValue? Predicate { get; init; }

    /// <summary>The statement's bytes as they arrived.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Reads a statement that names its subjects.</summary>
    public static Result<InTotoStatement> Parse(ReadOnlyMemory<byte> bytes, StatementLimits? limits = null)
        => Parse(bytes, limits ?? StatementLimits.Default, mayBeAboutNothing: false);

    /// <summary>
    /// Reads a statement as BuildKit attaches it: its subjects may be missing, and then only the attachment says what it is about.
    /// </summary>
    public static Result<InTotoStatement> ParseAttached(ReadOnlyMemory<byte> bytes, StatementLimits? limits = null)
        => Parse(bytes, limits ?? StatementLimits.Default, mayBeAboutNothing: true);

    private static Result<InTotoStatement> Parse(ReadOnlyMemory<byte> bytes, StatementLimits limits, bool mayBeAboutNothing)
    {
        if (!StrictJson.Parse(bytes, limits.Json).Succeeded(out var root, out var failure))
            return failure;

        var members = root.ReadObject("intoto.statement");
        var type = members.String("_type");
        var predicateType = members.NonEmptyString("predicateType");
        var predicate = members.OptionalObject("predicate") is null ? null : members.OptionalValue("predicate");
        var none = mayBeAboutNothing && members.OptionalValue("subject") is null or { Kind: JsonKind.Null };
        var subjects = none ? [] : members.Array("subject");
        members.NoCaseVariants();

        if (type is not (TypeV01 or TypeV1))
            members.Fail("_type", $"is '{Refused.Shorten(type)}', neither {TypeV01} nor {TypeV1}");
        if (predicate is null && type == TypeV1)
            members.Fail("predicate", "is missing");
        if (predicateType.Length > MostTypeCharacters)
            members.Fail("predicateType", $"has {predicateType.Length} characters, more than {MostTypeCharacters}");
        if (subjects.Count > limits.Subjects || (subjects.Count == 0 && !mayBeAboutNothing))
            members.Fail("subject", $"has {subjects.Count} entries, not between 1 and {limits.Subjects}");
        if (members.Failed(out failure))
            return failure;

        var read = ImmutableArray.CreateBuilder<StatementSubject>(subjects.Count);
        foreach (var subject in subjects)
        {
            if (!StatementSubject.Read(subject).Succeeded(out var one, out failure))
                return failure;
            read.Add(one);
        }

        return new InTotoStatement(type, read.MoveToImmutable(), predicateType) { Predicate = predicate, Bytes = bytes };
    }
}

/// <summary>One thing that a statement is about.</summary>
/// <param name="Name">Its name, if it has one; what it means is the predicate's affair.</param>
/// <param name="Digests">Its digests by algorithm; at least one. Values of unknown algorithms are not looked at.</param>
public sealed record StatementSubject(string? Name, ImmutableSortedDictionary<string, string> Digests)
{
    private const int MostDigests = 32;
    private const int MostNameCharacters = 4096;
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>Whether the subject has this digest. Other digests it has are not computed; see <see cref="FitsBytes"/>.</summary>
    public bool Fits(Digest digest) => !digest.IsEmpty && Digests.GetValueOrDefault(digest.Algorithm) == digest.Hex;

    /// <summary>Whether every digest that can be computed here, and at least one, is that of these bytes.</summary>
    public bool FitsBytes(ReadOnlyMemory<byte> bytes)
    {
        var known = Digests.Where(digest => LengthOf(digest.Key) > 0).ToArray();
        return known.Length > 0 && known.All(digest => Digest.Parse($"{digest.Key}:{digest.Value}").Then(parsed => parsed.Verify(bytes)).Succeeded(out _, out _));
    }

    internal static Result<StatementSubject> Read(JsonValue value)
    {
        var members = value.ReadObject("intoto.subject");
        var name = members.OptionalString("name");
        var digests = members.OptionalStringMap("digest");
        members.NoCaseVariants();
        if (digests.Count is 0 or > MostDigests)
            members.Fail("digest", $"has {digests.Count} entries, not between 1 and {MostDigests}");
        if (name?.Length > MostNameCharacters)
            members.Fail("name", $"has {name.Length} characters, more than {MostNameCharacters}");
        foreach (var (algorithm, hex) in digests)
        {
            if (LengthOf(algorithm) is not 0 and var length && (hex.Length != length || hex.AsSpan().ContainsAnyExcept(LowerHex)))
                members.Fail($"digest.{Refused.Shorten(algorithm)}", $"is '{Refused.Shorten(hex)}', not the lower-case hex of such a digest");
        }

        return members.Failed(out var failure) ? failure : new StatementSubject(name, digests);
    }

    // SHA256 would be an unknown name to us and the known one to a lenient reader: no value is long enough for it.
    private static int LengthOf(string algorithm) => algorithm.ToLowerInvariant() switch
    {
        "sha256" => algorithm == "sha256" ? 64 : -1,
        "sha512" => algorithm == "sha512" ? 128 : -1,
        _ => 0,
    };
}
