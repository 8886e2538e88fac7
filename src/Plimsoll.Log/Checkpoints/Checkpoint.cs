using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Plimsoll.Log.Notes;
using Plimsoll.Log.Tree;

namespace Plimsoll.Log.Checkpoints;

/// <summary>The size and root hash that a log has signed for (c2sp.org/tlog-checkpoint).</summary>
/// <param name="Origin">The log's name for good; usually that of its key.</param>
/// <param name="Size">How many leaves the tree has.</param>
/// <param name="Root">The tree's root hash.</param>
public sealed record Checkpoint(string Origin, ulong Size, Hash Root)
{
    /// <summary>Longest body that is read.</summary>
    public const int MostBytes = 4096;

    /// <summary>Lines behind the root; nothing here reads them, and they are signed.</summary>
    public ImmutableArray<string> Extensions { get; init; } = [];

    /// <summary>Reads a body: origin, size and root hash, a line each, then extension lines.</summary>
    public static Result<Checkpoint> Parse(ReadOnlyMemory<byte> body)
    {
        if (body.Length > MostBytes)
            return Malformed($"has {body.Length} bytes, more than {MostBytes}");
        if (!Utf8.IsValid(body.Span))
            return Malformed("is not UTF-8");
        var text = Encoding.UTF8.GetString(body.Span);
        if (!text.EndsWith('\n') || text[..^1].Split('\n') is not [var origin, var size, var root, .. var more] || origin == "" || more.Contains(""))
            return Malformed("needs an origin, a size and a root hash, each on its own line, and no empty line");

        // tlog-checkpoint: decimal, "with no leading zeroes (unless the tree is empty)".
        if (!ulong.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var leaves) || size != $"{leaves}" || leaves > long.MaxValue)
            return Malformed($"says the size '{Refused.Shorten(size)}', which is no plain decimal number below 2^63");
        return Hash.ParseBase64(root).Succeeded(out var hash, out var failure)
            ? new Checkpoint(origin, leaves, hash) { Extensions = [.. more] }
            : failure;
    }

    /// <summary>Verifies a signed checkpoint of a log.</summary>
    /// <param name="note">The note as it arrived.</param>
    /// <param name="log">The log's key, which has to have signed it.</param>
    /// <param name="origin">The origin that the checkpoint has to name; null for the name of the log's key.</param>
    /// <param name="cosigners">Keys whose cosignatures are looked for besides.</param>
    public static Result<VerifiedCheckpoint> Verify(SignedNote note, VerifierKey log, string? origin, IReadOnlyCollection<VerifierKey> cosigners)
    {
        if (!note.Verify([log, .. cosigners]).Succeeded(out var verified, out var failure))
            return failure;
        if (verified.Signatures.All(signature => signature.Key != log))
            return Refused.Untrusted("log.checkpoint-unsigned", $"the log '{log.Name}' did not sign the checkpoint", "get it from the log itself");
        if (!Parse(verified.Text).Succeeded(out var checkpoint, out failure))
            return failure;

        var expected = origin ?? log.Name.ToString();
        return checkpoint.Origin == expected
            ? new VerifiedCheckpoint(checkpoint, note, [.. verified.Signatures.Where(signature => signature.Key != log)])
            : Refused.Untrusted(
                "log.checkpoint-origin", $"the checkpoint is of '{Refused.Shorten(checkpoint.Origin)}', not of '{expected}'",
                "get it from the log that the policy names; a key must not sign for two logs");
    }

    /// <summary>The body, as it is signed.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes($"{Origin}\n{Size}\n{Root}\n{string.Concat(Extensions.Select(line => $"{line}\n"))}");

    private static Failure Malformed(string what) => Refused.Malformed("log.checkpoint", $"the checkpoint {what}");
}

/// <summary>A checkpoint that its log signed, and who cosigned it.</summary>
/// <param name="Value">What it says.</param>
/// <param name="Note">The note as it arrived: two of them that do not fit are evidence.</param>
/// <param name="Cosignatures">The cosignatures that held.</param>
public sealed record VerifiedCheckpoint(Checkpoint Value, SignedNote Note, ImmutableArray<VerifiedSignature> Cosignatures);
