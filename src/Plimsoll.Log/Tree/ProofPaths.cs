using System.Numerics;

namespace Plimsoll.Log.Tree;

/// <summary>Which subtrees' hashes make a proof, in the proof's order.</summary>
public static class ProofPaths
{
    /// <summary>The inclusion proof of a leaf (RFC 6962 2.1.1): the leaf's sibling first.</summary>
    public static IReadOnlyList<Subtree> Inclusion(ulong index, ulong size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var path = new List<Subtree>();
        _ = Descend(path, new Subtree(0, size), at => at.Size == 1, index);
        path.Reverse();
        return path;
    }

    /// <summary>The consistency proof between two sizes (RFC 6962 2.1.2); none for equal sizes and for the empty tree.</summary>
    public static IReadOnlyList<Subtree> Consistency(ulong olderSize, ulong size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(olderSize, size);
        if (olderSize == 0)
            return [];

        // Down to the subtree that ends where the older tree does. If that is the older tree itself, its root is known.
        var path = new List<Subtree>();
        var edge = Descend(path, new Subtree(0, size), at => at.End == olderSize, olderSize - 1);
        if (edge.Start != 0)
            path.Add(edge);
        path.Reverse();
        return path;
    }

    // From the root towards a leaf; what branches off on the way is the path.
    private static Subtree Descend(List<Subtree> path, Subtree at, Predicate<Subtree> arrived, ulong leaf)
    {
        while (!arrived(at))
        {
            // The largest power of two below the size.
            var split = at.Start + (1UL << BitOperations.Log2(at.Size - 1));
            var (left, right) = (new Subtree(at.Start, split), new Subtree(split, at.End));
            path.Add(leaf < split ? right : left);
            at = leaf < split ? left : right;
        }

        return at;
    }
}
