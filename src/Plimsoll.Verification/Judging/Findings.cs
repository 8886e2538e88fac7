using System.Collections.Immutable;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Verification.Judging;

/// <summary>Collects a verdict's lines and makes the verdict of them.</summary>
internal sealed class Findings(Evidence evidence)
{
    /// <summary>What no verdict can prove without a log and a trust repository; each says so, accepted or refused.</summary>
    private static readonly ImmutableArray<Finding> NotProven =
    [
        new(Step.TrustState, Outcome.Unsafe, "time", "not proven: nobody but the signer says when this was signed"),
        new(Step.TrustState, Outcome.Unsafe, "log", "none: a signature made in secret would not be noticed"),
        new(Step.TrustState, Outcome.Unsafe, "catalogue", "none: whether this is what the tag should be now is not proven"),
        new(Step.TrustState, Outcome.Unsafe, "keys", "live: the identity providers' keys are those that they serve now"),
    ];

    private readonly ImmutableArray<Finding>.Builder _lines = ImmutableArray.CreateBuilder<Finding>();

    public void Ok(Step step, string subject, string what) => _lines.Add(new Finding(step, Outcome.Ok, subject, what));

    public void Unsafe(Step step, string subject, string what) => _lines.Add(new Finding(step, Outcome.Unsafe, subject, what));

    public void Ignored(Step step, string subject, string prefix, Failure failure)
        => _lines.Add(new Finding(step, Outcome.Ignored, subject, prefix + failure.What, failure));

    public Verdict Refuse(Step step, string subject, Failure failure)
    {
        _lines.Add(new Finding(step, Outcome.Refused, subject, failure.What, failure));
        return Verdict(accepted: false);
    }

    public Verdict Accept(Digest? manifest, ImmutableArray<Signer> signers)
        => Verdict(accepted: true) with { Manifest = manifest, Signers = signers };

    private Verdict Verdict(bool accepted) => new()
    {
        Accepted = accepted,
        Image = evidence.Reference.ToString(),
        Root = evidence.Root.Succeeded(out var root, out _) ? root.Digest : null,
        Platform = evidence.Platform,
        Findings = [.. _lines.Concat(NotProven).OrderBy(line => line.Step)],
    };
}
