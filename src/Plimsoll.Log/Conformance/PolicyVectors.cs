using Plimsoll.Log.Checkpoints;
using Plimsoll.Log.Notes;
using Plimsoll.Log.Policy;
using Plimsoll.Log.Tree;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Log.Conformance;

/// <summary>Vectors of policies, and of pairs of checkpoints that may contradict each other.</summary>
internal static class PolicyVectors
{
    public static VectorFinding Check(JsonValue one)
    {
        var parsed = LogPolicy.Parse(one.Utf8("policy"));
        var finding = VectorFinding.Of(parsed, one.Is("valid"));
        if (!parsed.Succeeded(out var policy, out _))
            return finding;
        foreach (var evaluation in one.Member("evaluations") is { Kind: JsonKind.Array } list ? list.Elements() : default)
        {
            var met = policy.IsQuorum(evaluation.Texts("cosigned_by").ToHashSet(StringComparer.Ordinal));
            finding = finding.Compare("quorum", met ? "met" : "missed", evaluation.Is("satisfied") ? "met" : "missed");
        }

        return finding;
    }

    public static VectorFinding Pair(JsonValue one)
    {
        if (!VerifierKey.Parse(one.Text("log_vkey")).Succeeded(out var log, out var failure))
            return new VectorFinding(failure, ExpectedValid: true);
        return new VectorFinding(null, ExpectedValid: true).Compare("verdict", Compare(one, log), one.Text("verdict"));
    }

    private static string Compare(JsonValue one, VerifierKey log)
    {
        if (!Open(one.Utf8("a"), log).Succeeded(out var trusted, out _) || !Open(one.Utf8("b"), log).Succeeded(out var given, out _))
            return "not-evidence";
        var proof = new List<Hash>();
        foreach (var text in one.Texts("proof"))
        {
            if (Hash.ParseBase64(text).Succeeded(out var hash, out _))
                proof.Add(hash);
        }

        return CheckpointHistory.Compare(trusted.Value, given.Value, proof) switch
        {
            CheckpointRelation.Consistent => "consistent",
            CheckpointRelation.Older => "rollback",
            _ => "inconsistent",
        };
    }

    private static Result<VerifiedCheckpoint> Open(byte[] note, VerifierKey log) => SignedNote.Parse(note).Then(parsed => Checkpoint.Verify(parsed, log, origin: null, []));
}
