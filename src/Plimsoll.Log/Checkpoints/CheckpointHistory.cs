using Plimsoll.Log.Tree;

namespace Plimsoll.Log.Checkpoints;

/// <summary>How a checkpoint stands to the one that is trusted.</summary>
public enum CheckpointRelation
{
    /// <summary>The same tree, or one that continues it.</summary>
    Consistent,

    /// <summary>A smaller tree: perhaps an honest one, and a step back all the same.</summary>
    Older,

    /// <summary>Not shown to continue it. With equal sizes the two are proof that the log shows different trees; else a proof may be missing.</summary>
    Inconsistent,
}

/// <summary>Compares checkpoints of one origin.</summary>
public static class CheckpointHistory
{
    /// <summary>How <paramref name="given"/> stands to <paramref name="trusted"/>, by a consistency proof from the trusted to the given size.</summary>
    public static CheckpointRelation Compare(Checkpoint trusted, Checkpoint given, IReadOnlyList<Hash> proof)
    {
        if (given.Size < trusted.Size)
            return CheckpointRelation.Older;
        return MerkleProofs.VerifyConsistency(trusted.Size, trusted.Root, given.Size, given.Root, proof).Succeeded(out _, out _)
            ? CheckpointRelation.Consistent
            : CheckpointRelation.Inconsistent;
    }
}
