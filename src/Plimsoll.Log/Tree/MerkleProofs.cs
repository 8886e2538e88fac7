namespace Plimsoll.Log.Tree;

/// <summary>
/// Verifies that a leaf is in a tree, and that a tree continues another. A proof has exactly the hashes that it needs: one
/// more or less is refused.
/// </summary>
public static class MerkleProofs
{
    /// <summary>Most hashes of a proof: the height of the tallest tree.</summary>
    public const int MostHashes = 64;

    /// <summary>Gives the leaf back if it stands at this index of the tree (RFC 9162 2.1.3.2).</summary>
    public static Result<Hash> VerifyInclusion(Hash leaf, ulong index, ulong size, IReadOnlyList<Hash> proof, Hash root)
    {
        if (index >= size)
            return NotIncluded($"index {index} is not below the tree's size {size}");

        var (at, last, computed) = (index, size - 1, leaf);
        foreach (var hash in proof)
        {
            if (last == 0)
                return NotIncluded($"the proof has more hashes than a tree of {size} leaves needs");
            if ((at & 1) == 1 || at == last)
            {
                computed = TreeHashing.Node(hash, computed);
                while ((at & 1) == 0 && at != 0)
                    (at, last) = (at >> 1, last >> 1);
            }
            else
            {
                computed = TreeHashing.Node(computed, hash);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        if (last != 0)
            return NotIncluded($"the proof has fewer hashes than a tree of {size} leaves needs");
        return computed == root ? leaf : NotIncluded($"the proof leads to root {computed}, and the tree has {root}");
    }

    /// <summary>
    /// Gives the newer root back if the newer tree continues the older one (RFC 9162 2.1.4.2). Every tree continues the empty
    /// one, without a proof.
    /// </summary>
    public static Result<Hash> VerifyConsistency(ulong olderSize, Hash olderRoot, ulong size, Hash root, IReadOnlyList<Hash> proof)
    {
        if (olderSize > size)
            return NotConsistent($"a tree of {size} leaves cannot continue one of {olderSize}");
        if (olderSize > 0)
            return VerifySubtree(new Subtree(0, olderSize), olderRoot, size, root, proof);
        if (proof.Count > 0)
            return NotConsistent("nothing has to be proven about the empty tree");
        return olderRoot == TreeHashing.EmptyRoot && (size > 0 || root == olderRoot)
            ? root
            : NotConsistent("the root of an empty tree is not the hash of no bytes");
    }

    /// <summary>Gives the tree's root back if the subtree is a part of it (draft-ietf-plants-merkle-tree-certs, Subtree Consistency Proofs).</summary>
    public static Result<Hash> VerifySubtree(Subtree subtree, Hash subtreeRoot, ulong size, Hash root, IReadOnlyList<Hash> proof)
    {
        if (!subtree.IsWithin(size))
            return NotConsistent($"[{subtree.Start}, {subtree.End}) is not a subtree of a tree of {size} leaves");

        var (first, last, end) = (subtree.Start, subtree.End - 1, size - 1);
        if (last == end)
        {
            // It reaches the tree's edge: both end in the same, perhaps incomplete, node.
            while (first != last)
                (first, last, end) = (first >> 1, last >> 1, end >> 1);
        }
        else
        {
            // Up to the root of the last complete subtree.
            while (first != last && (last & 1) == 1)
                (first, last, end) = (first >> 1, last >> 1, end >> 1);
        }

        var next = 0;
        var whole = first == last;
        if (!whole && proof.Count == 0)
            return NotConsistent("the proof is empty, and the trees differ in size");
        var inner = whole ? subtreeRoot : proof[next++];
        var outer = inner;
        for (; next < proof.Count; next++)
        {
            if (end == 0)
                return NotConsistent($"the proof has more hashes than trees of {subtree.End} and {size} leaves need");
            if ((last & 1) == 1 || last == end)
            {
                if (first < last)
                    inner = TreeHashing.Node(proof[next], inner);
                outer = TreeHashing.Node(proof[next], outer);
                while ((last & 1) == 0 && last != 0)
                    (first, last, end) = (first >> 1, last >> 1, end >> 1);
            }
            else
            {
                outer = TreeHashing.Node(outer, proof[next]);
            }

            (first, last, end) = (first >> 1, last >> 1, end >> 1);
        }

        if (end != 0)
            return NotConsistent($"the proof has fewer hashes than trees of {subtree.End} and {size} leaves need");
        if (inner != subtreeRoot)
            return NotConsistent($"the proof leads to the older root {inner}, and {subtreeRoot} was given");
        return outer == root ? root : NotConsistent($"the proof leads to the newer root {outer}, and {root} was given");
    }

    private static Failure NotIncluded(string what) => Refused.Untrusted(
        "log.not-included", what, "get a new proof; if it stays, the log does not hold this entry, or shows different trees");

    private static Failure NotConsistent(string what) => Refused.Untrusted(
        "log.not-consistent", what, "keep both checkpoints: if the log signed them, together they prove that it shows different trees");
}
