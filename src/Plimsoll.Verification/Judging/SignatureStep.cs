using System.Collections.Immutable;
using Plimsoll.Envelopes;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.Verification.Policy;

namespace Plimsoll.Verification.Judging;

/// <summary>A statement over which enough identities of the policy signed.</summary>
/// <param name="Payload">The statement's bytes, as they were signed.</param>
/// <param name="Signers">Who counted.</param>
internal sealed record GoodStatement(Verified<ReadOnlyMemory<byte>> Payload, ImmutableArray<Signer> Signers);

/// <summary>
/// Step 5. Each envelope is looked at by itself: one that is foreign or broken is reported and does not count, so nobody can
/// veto an image by attaching junk to it.
/// </summary>
internal static class SignatureStep
{
    private const int MostReported = 8;

    public static Result<IReadOnlyList<GoodStatement>> FindGood(Evidence evidence, ImageRule rule, DateTimeOffset now, Findings findings)
    {
        var counted = new List<IdentitySignature>();
        var refused = evidence.Unread.Select(failure => new RefusedSignature(Progress.Fetched, "", failure)).ToList();
        foreach (var envelope in evidence.Envelopes.Take(Evidence.MostEnvelopes))
            Open(envelope, evidence, rule, now, counted, refused);

        // Most telling first; junk is bounded in what it prints as well.
        refused.Sort((one, other) => other.Progress.CompareTo(one.Progress));
        foreach (var (_, where, failure) in refused.Take(MostReported))
            findings.Ignored(Step.Signatures, "signature", where, failure);
        if (refused.Count > MostReported)
            findings.Ignored(Step.Signatures, "signature", "", TooMany(refused.Count - MostReported));

        var good = counted.GroupBy(signature => signature.Statement)
            .Where(group => Threshold.Reached([.. group]) >= rule.Threshold)
            .Select(group => new GoodStatement(group.First().Payload, [.. group.Select(signature => signature.Signer)]))
            .ToList();
        if (good.Count == 0)
            return Refuse(evidence, rule, counted, refused);

        foreach (var signer in good.SelectMany(statement => statement.Signers))
            findings.Ok(Step.Signatures, "identity", Describe(signer));
        if (rule.Signatures.Any(alternative => alternative.Provider.Binding == ClaimBinding.Gq))
            findings.Unsafe(Step.Signatures, "binding", "gq without a log: another program that saw the job's ID token could have signed as well");
        return good;
    }

    private static void Open(
        AttachedEnvelope envelope, Evidence evidence, ImageRule rule, DateTimeOffset now, List<IdentitySignature> counted, List<RefusedSignature> refused)
    {
        var where = $"{envelope.Manifest.ToString()[..19]}…: ";
        if (!DsseEnvelope.Parse(envelope.Bytes).Succeeded(out var dsse, out var failure))
        {
            refused.Add(new RefusedSignature(Progress.Fetched, where, failure));
            return;
        }

        var reader = new OpenPubkeySignature(envelope.Manifest, dsse, rule, evidence, now);
        foreach (var signature in dsse.Signatures)
            reader.Verify(signature, counted.Add, (progress, why) => refused.Add(new RefusedSignature(progress, where, why)));
    }

    private static Failure Refuse(Evidence evidence, ImageRule rule, List<IdentitySignature> counted, List<RefusedSignature> refused)
    {
        if (counted.Count > 0)
        {
            var best = counted.GroupBy(signature => signature.Statement).MaxBy(group => Threshold.Reached([.. group]))!;
            return new Failure(
                Refusal.Untrusted, "signature.threshold",
                $"{Threshold.Reached([.. best])} of the {rule.Threshold} needed: have {string.Join("; ", best.Select(signature => Describe(signature.Signer)).Distinct())}",
                "have the others that the policy names sign the same statement");
        }

        if (refused.Count > 0)
            return refused[0].Failure;
        var root = evidence.Root.Succeeded(out var bytes, out _) ? bytes.Digest.ToString() : evidence.Reference.ToString();
        return new Failure(
            Refusal.Missing, "signature.none", $"nothing signed is attached to {root}",
            "sign it with `plimsoll sign`; if it was signed, its attachments were lost when it was copied");
    }

    private static string Describe(Signer signer)
        => $"{string.Join(", ", signer.Claims.Select(pair => $"{pair.Claim} {pair.Value}"))}  ({signer.Provider}, {signer.Issuer})";

    private static Failure TooMany(int more) => new(
        Refusal.Malformed, "signature.more-ignored", $"{more} more attachments do not count", "remove what nobody needs from the registry");

    private sealed record RefusedSignature(Progress Progress, string Where, Failure Failure);
}

/// <summary>How far a signature came before it was refused: the farthest one says most about what is wrong.</summary>
internal enum Progress
{
    Fetched,
    Read,
    KnownIssuer,
    HasKeys,
    Signed,
}
