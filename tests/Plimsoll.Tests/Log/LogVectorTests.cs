using Plimsoll.Log.Conformance;

namespace Plimsoll.Tests.Log;

public sealed class LogVectorTests
{
    /// <summary>How many cases of a file may go unrun: those that need the platform's ML-DSA, and those about what is decided elsewhere here.</summary>
    private static readonly Dictionary<string, int> Skippable = new(StringComparer.Ordinal)
    {
        ["cosignature/checkpoints.json"] = 3,
        ["cosignature/mldsa44-subtree.json"] = 5,
        ["proofs/tlog-proof.json"] = 1,
        ["proofs/merkle-consistency.json"] = 5,
        ["proofs/merkle-subtree-consistency.json"] = 7,
    };

    public static TheoryData<string> Ours => [.. LogVectors.Files.Where(file => File.Exists(Path.Combine(TestData.Vectors("tlog"), file)))];

    public static TheoryData<string> Everything => [.. LogVectors.Files];

    [Theory]
    [MemberData(nameof(Ours))]
    public void Every_case_of_ours_is_judged_as_it_says(string file) => Agree(file, TestData.Vectors($"tlog/{file}"));

    [Theory]
    [MemberData(nameof(Everything))]
    public void Every_case_of_other_implementations_is_judged_as_it_says(string file) => Agree(file, TestData.SkipIfAbsent($"vectors/tlog/{file}"));

    private static void Agree(string file, string path)
    {
        var lines = LogVectors.Run(file, File.ReadAllBytes(path)).ShouldSucceed();

        Assert.Empty(lines.Where(line => line.Outcome == VectorOutcome.Differed).Select(line => line.Line));
        Assert.NotEmpty(lines);
        var skipped = lines.Count(line => line.Outcome == VectorOutcome.Skipped);
        Assert.True(skipped <= Skippable.GetValueOrDefault(file), $"{skipped} cases of {file} were not run");
    }
}
