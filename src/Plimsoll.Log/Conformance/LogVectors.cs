using System.Text;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Log.Conformance;

/// <summary>
/// Runs files of transparency-log test vectors (<c>{"meta": …, "cases": […]}</c>) through this implementation. What a file is
/// about is told by its name within the folder, such as <c>proofs/tlog-proof.json</c>.
/// </summary>
public static class LogVectors
{
    /// <summary>Most bytes of a vector file.</summary>
    public const int MostBytes = 64 * 1024 * 1024;

    private static readonly JsonLimits Limits = new(MostBytes, Depth: 24, Values: 2_000_000);

    private static readonly Dictionary<string, Func<JsonValue, VectorFinding>> Kinds = new(StringComparer.Ordinal)
    {
        ["signed-note/notes.json"] = NoteVectors.Note,
        ["signed-note/vkeys.json"] = NoteVectors.Key,
        ["checkpoint/bodies.json"] = NoteVectors.Body,
        ["cosignature/checkpoints.json"] = NoteVectors.Cosigned,
        ["cosignature/ed25519-signing.json"] = NoteVectors.Signing,
        ["cosignature/mldsa44-subtree.json"] = NoteVectors.Subtree,
        ["tiles/paths.json"] = TileVectors.Path,
        ["tiles/tiles-for-size.json"] = TileVectors.Rows,
        ["tiles/big-roots.json"] = TileVectors.Root,
        ["tiles/big-tiles.json"] = TileVectors.Tile,
        ["proofs/merkle-inclusion.json"] = ProofVectors.Inclusion,
        ["proofs/merkle-consistency.json"] = ProofVectors.Consistency,
        ["proofs/merkle-subtree-consistency.json"] = ProofVectors.OfSubtree,
        ["proofs/big-inclusion.json"] = ProofVectors.Inclusion,
        ["proofs/big-consistency.json"] = ProofVectors.Consistency,
        ["proofs/tlog-proof.json"] = ProofVectors.Proof,
        ["policy/policies.json"] = PolicyVectors.Check,
        ["equivocation/pairs.json"] = PolicyVectors.Pair,
    };

    /// <summary>The names of the files that can be run, in the order in which they are.</summary>
    public static ImmutableArray<string> Files { get; } = [.. Kinds.Keys];

    /// <summary>Runs all cases of a file.</summary>
    /// <param name="name">One of <see cref="Files"/>.</param>
    /// <param name="bytes">The file.</param>
    /// <returns>A line for each case, <c>file/id</c>, result and code with tabs between; and what came of it.</returns>
    public static Result<ImmutableArray<(string Line, VectorOutcome Outcome)>> Run(string name, ReadOnlyMemory<byte> bytes)
    {
        if (!Kinds.TryGetValue(name, out var check))
            return Malformed($"'{Refused.Shorten(name)}' is no file of vectors that is known here");
        if (!StrictJson.Parse(bytes, Limits).Succeeded(out var json, out var failure))
            return failure;
        return json.Member("cases") is { Kind: JsonKind.Array } cases
            ? cases.Elements().Select(one => ToLine(name, one, check(one))).ToImmutableArray()
            : Malformed($"{name} has no array 'cases'");
    }

    private static (string Line, VectorOutcome Outcome) ToLine(string name, JsonValue one, VectorFinding finding)
    {
        var file = name[..^".json".Length];
        return finding.Skipped is { } why
            ? ($"{file}/{one.Text("id")}\tskipped\t{why}", VectorOutcome.Skipped)
            : ($"{file}/{one.Text("id")}\t{(finding.Refused is null ? "valid" : "refused")}\t{finding.Refused?.Code ?? finding.Difference ?? "ok"}", finding.Agreed ? VectorOutcome.Agreed : VectorOutcome.Differed);
    }

    internal static Failure Malformed(string what) => Refused.Malformed("log.vectors", what, "name a folder of vectors in this format");
}

/// <summary>What came of a case.</summary>
public enum VectorOutcome
{
    /// <summary>Verdict or computed values are the case's.</summary>
    Agreed,

    /// <summary>They are not.</summary>
    Differed,

    /// <summary>The platform lacks what the case needs, or the case is about something that is decided elsewhere here.</summary>
    Skipped,
}

/// <summary>What was found of a case: refused or not, as the case expects, and the first computed value that differs from its.</summary>
internal readonly record struct VectorFinding(Failure? Refused, bool ExpectedValid, string? Difference = null, string? Skipped = null)
{
    public bool Agreed => Difference is null && Refused is null == ExpectedValid;

    public static VectorFinding Of<T>(Result<T> result, bool expectedValid)
        where T : notnull
        => result.Succeeded(out _, out var failure) ? new VectorFinding(null, expectedValid) : new VectorFinding(failure, expectedValid);

    public VectorFinding Compare(string what, string computed, string expected)
        => Refused is not null || Difference is not null || computed == expected ? this : this with { Difference = $"{what}-differs" };
}

/// <summary>Reading vector files: any member may be absent, which reads as an empty text or list.</summary>
internal static class VectorMembers
{
    public static string Text(this JsonValue value, string name) => value.Member(name) is { Kind: JsonKind.String or JsonKind.Number } member ? member.Text : "";

    public static byte[] Utf8(this JsonValue value, string name) => Encoding.UTF8.GetBytes(value.Text(name));

    public static bool Is(this JsonValue value, string name) => value.Member(name) is { Kind: JsonKind.True };

    public static ulong Number(this JsonValue value, string name) => ulong.TryParse(value.Text(name), out var number) ? number : 0;

    public static ImmutableArray<string> Texts(this JsonValue value, string name)
        => value.Member(name) is { Kind: JsonKind.Array } list ? [.. list.Elements().Select(element => element.Text)] : [];
}
