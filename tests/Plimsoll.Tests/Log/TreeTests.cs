using System.Security.Cryptography;
using System.Text;
using Plimsoll.Log.Tiles;
using Plimsoll.Log.Tree;

namespace Plimsoll.Tests.Log;

/// <summary>Trees of every size up to a few hundred against the definition in RFC 6962 2.1, word for word.</summary>
public sealed class TreeTests
{
    private const int Largest = 270;

    private static readonly Hash[] Leaves = [.. Enumerable.Range(0, Largest).Select(at => TreeHashing.Leaf(Encoding.ASCII.GetBytes($"leaf-{at}")))];

    private static readonly ulong[] Sizes = [0, 1, 2, 3, 7, 8, 9, 31, 64, 100, 255, 256, 257, 270];

    [Fact]
    public void A_growing_range_has_the_root_that_the_definition_gives()
    {
        var range = new CompactRange();
        for (var size = 0; size < Largest; size++)
        {
            Assert.Equal(Naive(Leaves.AsSpan(0, size)), range.Root);
            Assert.Equal(range.Root, CompactRange.Of(range.Size, range.Complete).Root);
            range.Append(Leaves[size]);
        }
    }

    [Fact]
    public void Every_leaf_is_proven_by_the_tiles_and_by_nothing_else()
    {
        foreach (var size in Sizes.Where(size => size > 0))
        {
            var root = Naive(Leaves.AsSpan(0, (int)size));
            for (var index = 0UL; index < size; index++)
            {
                var proof = ReadFromTiles(ProofPaths.Inclusion(index, size), size);

                MerkleProofs.VerifyInclusion(Leaves[index], index, size, proof, root).ShouldSucceed();
                MerkleProofs.VerifyInclusion(Leaves[(index + 1) % Largest], index, size, proof, root).ShouldFailWith("log.not-included");
                MerkleProofs.VerifyInclusion(Leaves[index], index, size, [.. proof, root], root).ShouldFailWith("log.not-included");
                if (proof.Count > 0)
                    MerkleProofs.VerifyInclusion(Leaves[index], index, size, [.. proof.Skip(1)], root).ShouldFailWith("log.not-included");
                if (size > 1)
                    MerkleProofs.VerifyInclusion(Leaves[index], (index + 1) % size, size, proof, root).ShouldFailWith("log.not-included");
            }
        }
    }

    [Fact]
    public void Every_tree_is_proven_to_continue_every_smaller_one_and_no_other()
    {
        foreach (var size in Sizes)
        {
            var root = Naive(Leaves.AsSpan(0, (int)size));
            for (var older = 0UL; older <= size; older++)
            {
                var olderRoot = Naive(Leaves.AsSpan(0, (int)older));
                var proof = ReadFromTiles(ProofPaths.Consistency(older, size), size);

                MerkleProofs.VerifyConsistency(older, olderRoot, size, root, proof).ShouldSucceed();
                if (older > 0)
                    MerkleProofs.VerifyConsistency(older, olderRoot, size, Flip(root), proof).ShouldFailWith("log.not-consistent");
                MerkleProofs.VerifyConsistency(older, Flip(olderRoot), size, root, proof).ShouldFailWith("log.not-consistent");
                MerkleProofs.VerifyConsistency(older, olderRoot, size, root, [.. proof, root]).ShouldFailWith("log.not-consistent");
            }
        }
    }

    [Fact]
    public void A_smaller_tree_never_continues_a_larger_one()
        => MerkleProofs.VerifyConsistency(8, Naive(Leaves.AsSpan(0, 8)), 7, Naive(Leaves.AsSpan(0, 7)), []).ShouldFailWith("log.not-consistent");

    [Fact]
    public void A_changed_hash_of_a_proof_is_refused()
    {
        var root = Naive(Leaves.AsSpan(0, 100));
        var proof = ReadFromTiles(ProofPaths.Inclusion(41, 100), 100);
        for (var at = 0; at < proof.Count; at++)
        {
            var changed = proof.ToArray();
            changed[at] = Flip(changed[at]);

            MerkleProofs.VerifyInclusion(Leaves[41], 41, 100, changed, root).ShouldFailWith("log.not-included");
        }
    }

    [Fact]
    public void A_leaf_is_never_taken_for_a_node()
    {
        var (left, right) = (Leaves[0], Leaves[1]);
        var node = TreeHashing.Node(left, right);

        Assert.NotEqual(node, TreeHashing.Leaf([.. left.ToArray(), .. right.ToArray()]));
    }

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(4, 6, true)]
    [InlineData(4, 8, true)]
    [InlineData(2, 6, false)]
    [InlineData(3, 3, false)]
    [InlineData(6, 11, false)]
    public void A_subtree_begins_at_a_multiple_of_its_rounded_size(ulong start, ulong end, bool holds)
        => Assert.Equal(holds, new Subtree(start, end).IsWithin(10));

    private static List<Hash> ReadFromTiles(IReadOnlyList<Subtree> subtrees, ulong size)
    {
        var tiles = TreeTiles.Needed(subtrees, size).ToDictionary(path => path, path => Tile(path, (int)size));
        return [.. subtrees.Select(subtree => TreeTiles.HashOf(subtree, size, tiles).ShouldSucceed())];
    }

    private static HashTile Tile(TilePath path, int size)
    {
        var width = 1 << (8 * path.Level);
        var first = (int)path.Index * TilePath.FullWidth;
        var bytes = Enumerable.Range(first, path.Width).SelectMany(at => Naive(Leaves.AsSpan(at * width, width)).ToArray()).ToArray();
        Assert.True((first + path.Width) * width <= size);
        return HashTile.Parse(bytes, path.Width).ShouldSucceed();
    }

    private static Hash Naive(ReadOnlySpan<Hash> leaves)
    {
        if (leaves.IsEmpty)
            return new Hash(SHA256.HashData([]));
        if (leaves.Length == 1)
            return leaves[0];
        var split = 1;
        while (2 * split < leaves.Length)
            split *= 2;
        return new Hash(SHA256.HashData([1, .. Naive(leaves[..split]).ToArray(), .. Naive(leaves[split..]).ToArray()]));
    }

    private static Hash Flip(Hash hash)
    {
        var bytes = hash.ToArray();
        bytes[7] ^= 1;
        return new Hash(bytes);
    }
}
