using System.Collections.Immutable;
using Plimsoll.OpenPubkey.Conformance;

namespace Plimsoll.Tests.OpenPubkey;

public sealed class ConformanceTests
{
    /// <summary>Vectors in which an implementation may find another fault first, and which one we find.</summary>
    private static readonly Dictionary<string, string> OtherFaultFirst = new(StringComparer.Ordinal)
    {
        // The thumbprint is compared before the proof is computed: it is a thousand times cheaper.
        ["gq-header-jkt-changed"] = "op-key-lookup",
    };

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(TestData.Vectors("openpubkey"), "*.json").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_vector_has_the_strict_verdict_and_the_computed_values(string file)
    {
        var differing = Run(file).Where(outcome => !outcome.Agreed).Select(outcome => $"{outcome.ToLine()}\t{outcome.Detail}");

        Assert.Empty(differing);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_refusal_names_the_fault_that_the_vector_has(string file)
    {
        var misnamed = Run(file)
            .Where(outcome => outcome is { Valid: false, ExpectedReason: not null })
            .Where(outcome => Reason(outcome.Code) != OtherFaultFirst.GetValueOrDefault(outcome.Id, outcome.ExpectedReason!))
            .Select(outcome => $"{outcome.Id}: expected {outcome.ExpectedReason}, found {outcome.Code} ({outcome.Detail})");

        Assert.Empty(misnamed);
    }

    private static string Reason(string code) => code switch
    {
        "json.duplicate-member" => "duplicate-member",
        "openpubkey.token" or "encoding.base64" => "parse",
        "openpubkey.jkt" or "gq.key" => "op-key-lookup",
        _ when code.StartsWith("json.", StringComparison.Ordinal) => "parse",
        _ => code.Replace("openpubkey.", "", StringComparison.Ordinal),
    };

    private static ImmutableArray<VectorOutcome> Run(string file)
        => OpenPubkeyVectors.Run(File.ReadAllBytes(TestData.Vectors($"openpubkey/{file}"))).Succeeded(out var outcomes, out var failure)
            ? outcomes
            : throw new InvalidOperationException(failure.ToString());
}
