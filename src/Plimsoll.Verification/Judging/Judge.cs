using Plimsoll.Oci;
using Plimsoll.Verification.Policy;

namespace Plimsoll.Verification.Judging;

/// <summary>
/// The one pipeline. It takes its steps in order, adds findings for each, and stops at the first refusal; steps that need a log
/// or a trust repository say that there is none.
/// </summary>
public static class Judge
{
    /// <summary>Decides whether the image may run.</summary>
    /// <param name="evidence">What was found; nothing in it is trusted.</param>
    /// <param name="anchors">What the verifier trusts.</param>
    /// <param name="now">The verifier's time.</param>
    public static Verdict Decide(Evidence evidence, Anchors anchors, DateTimeOffset now)
    {
        var findings = new Findings(evidence);

        // 1. Reference: a name and bytes that have the digest they came under, and mean one thing.
        if (!OpenRoot(evidence).Succeeded(out var root, out var failure))
            return findings.Refuse(Step.Reference, "reference", failure);
        findings.Ok(Step.Reference, "reference", DescribeRoot(evidence, root));

        // 2. Trust state, and 4. Current: there is neither log nor trust repository, which every verdict says (Findings.NotProven).

        // 3. Coverage: no rule means refused.
        var repository = evidence.Reference.Repository.ToString();
        if (!Coverage.Find(anchors.Policy, repository).Succeeded(out var rule, out failure))
            return findings.Refuse(Step.Coverage, "policy", failure);
        findings.Ok(Step.Coverage, "policy", $"rule '{rule.Match}' asks for {rule.Threshold} of {rule.Signatures.Length}");

        // 5. Signatures: only statements that enough of the policy's identities signed go on from here.
        if (!SignatureStep.FindGood(evidence, rule, now, findings).Succeeded(out var good, out failure))
            return findings.Refuse(Step.Signatures, "signature", failure);

        // 6. Content: the image is the one that the statement speaks about.
        if (!ContentStep.Admit(evidence, root, good, findings).Succeeded(out var content, out failure))
            return findings.Refuse(Step.Content, "content", failure);
        findings.Ok(Step.Content, "content", content.Describe(evidence));

        // 8. Verdict.
        return findings.Accept(content.Manifest, content.Statement.Signers);
    }

    private static Result<ImageDocument> OpenRoot(Evidence evidence)
    {
        if (!evidence.Root.Succeeded(out var root, out var failure))
            return failure;
        if (evidence.Reference.Digest is { } asked && asked != root.Digest)
            return asked.Mismatch(root.Digest);
        return ImageDocument.Parse(root.Bytes, root.Digest);
    }

    private static string DescribeRoot(Evidence evidence, ImageDocument root)
    {
        var what = root is ImageIndex index
            ? $"an index for {string.Join(", ", index.Children.Select(child => child.Platform))}"
            : "a manifest";
        return evidence.Platform is { } platform ? $"{what}; asked for {platform}" : what;
    }
}
