using Plimsoll.Log.Checkpoints;
using Plimsoll.Log.Notes;
using Plimsoll.Log.Proofs;
using Plimsoll.Log.Tree;

namespace Plimsoll.Log.Policy;

/// <summary>A log that a policy names, and where it is asked.</summary>
public sealed record PolicyLog(VerifierKey Key, Uri? Address);

/// <summary>A witness that a policy names, and where it takes checkpoints.</summary>
public sealed record PolicyWitness(string Name, VerifierKey Key, Uri? Address);

/// <summary>
/// Which logs are trusted, which witnesses there are, and how many of them have to cosign (c2sp.org/tlog-policy). Well formed;
/// <see cref="Admit"/> says whether its quorum can be relied on.
/// </summary>
public sealed class LogPolicy
{
    /// <summary>Largest policy that is read.</summary>
    public const int MostBytes = 256 * 1024;

    private readonly Quorum? _quorum;

    internal LogPolicy(ImmutableArray<PolicyLog> logs, ImmutableArray<PolicyWitness> witnesses, Quorum? quorum)
    {
        Logs = logs;
        Witnesses = witnesses;
        _quorum = quorum;
    }

    /// <summary>The trusted logs; the name of a key is its log's origin.</summary>
    public ImmutableArray<PolicyLog> Logs { get; }

    /// <summary>The witnesses.</summary>
    public ImmutableArray<PolicyWitness> Witnesses { get; }

    /// <summary>
    /// The least number of witnesses that any two quorums have in common, counting a witness once; zero where two quorums
    /// can be apart, or none is asked for.
    /// </summary>
    public int LeastOverlap => _quorum?.LeastOverlap ?? 0;

    /// <summary>Reads a policy.</summary>
    public static Result<LogPolicy> Parse(ReadOnlyMemory<byte> bytes) => new PolicyParser().Parse(bytes);

    /// <summary>
    /// Gives the policy back if any two of its quorums share an honest witness while <paramref name="faulty"/> of them may lie.
    /// Otherwise the log could show two trees to two people, each of them well witnessed.
    /// </summary>
    public Result<LogPolicy> Admit(int faulty = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(faulty);
        return LeastOverlap > faulty
            ? this
            : Refused.Malformed(
                "log.quorum-overlap", $"two quorums of the policy may share as few as {LeastOverlap} witnesses, and {faulty} may lie",
                "ask for more witnesses: of n of which f may lie, more than (n + f) / 2");
    }

    /// <summary>Whether the witnesses of these names are a quorum.</summary>
    public bool IsQuorum(IReadOnlySet<string> witnesses) => _quorum?.IsMetBy(witnesses) ?? true;

    /// <summary>Verifies that a trusted log holds the leaf, under a checkpoint that a quorum of witnesses cosigned.</summary>
    public Result<ProvenEntry> Verify(LogProof proof, Hash leaf)
    {
        Failure? first = null;
        foreach (var log in Logs)
        {
            if (!proof.Verify(leaf, log.Key, [.. Witnesses.Select(witness => witness.Key)]).Succeeded(out var entry, out var failure))
                first ??= failure;
            else
                return RequireQuorum(entry.Checkpoint).Select(_ => entry);
        }

        return first ?? Refused.Missing("log.no-log", "the policy names no log", "add a line 'log' with its verifier key");
    }

    /// <summary>Gives the checkpoint back if enough witnesses cosigned it.</summary>
    public Result<VerifiedCheckpoint> RequireQuorum(VerifiedCheckpoint checkpoint)
    {
        var names = Witnesses.Where(witness => checkpoint.Cosignatures.Any(signature => signature.Key == witness.Key)).Select(witness => witness.Name).ToHashSet();
        return IsQuorum(names)
            ? checkpoint
            : Refused.Untrusted(
                "log.quorum", $"{names.Count} of the {Witnesses.Length} witnesses cosigned the checkpoint: have {(names.Count == 0 ? "none" : string.Join(", ", names.Order(StringComparer.Ordinal)))}, and that is no quorum",
                "wait until more witnesses have seen the checkpoint, and get a newer proof");
    }
}

/// <summary>So many of these members: witnesses or groups.</summary>
internal sealed record Quorum(int Threshold, ImmutableArray<Quorum> Members, string? Witness)
{
    /// <summary>
    /// Two choices of k of n members share at least 2k - n of them, and nothing forces them to share others; so it is the sum
    /// over that many of the members that share least.
    /// </summary>
    public int LeastOverlap => Witness is not null
        ? 1
        : Members.Select(member => member.LeastOverlap).Order().Take(Math.Max(0, (2 * Threshold) - Members.Length)).Sum();

    public static Quorum Of(string witness) => new(1, [], witness);

    public bool IsMetBy(IReadOnlySet<string> witnesses)
        => Witness is not null ? witnesses.Contains(Witness) : Members.Count(member => member.IsMetBy(witnesses)) >= Threshold;
}
