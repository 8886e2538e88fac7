using System.Numerics;

namespace Plimsoll.Log.Tree;

/// <summary>
/// All that a writer has to keep to append to a tree and to know its root: the roots of the largest complete subtrees, from
/// left to right, at most 64 of them.
/// </summary>
public sealed class CompactRange
{
    private readonly List<Hash> _complete = [];

    /// <summary>An empty tree.</summary>
    public CompactRange()
    {
    }

    private CompactRange(ulong size, IEnumerable<Hash> complete)
    {
        Size = size;
        _complete.AddRange(complete);
    }

    /// <summary>How many leaves the tree has.</summary>
    public ulong Size { get; private set; }

    /// <summary>The roots of the complete subtrees, the largest first.</summary>
    public IReadOnlyList<Hash> Complete => _complete;

    /// <summary>The tree's root hash.</summary>
    public Hash Root
    {
        get
        {
            if (_complete.Count == 0)
                return TreeHashing.EmptyRoot;
            var root = _complete[^1];
            for (var at = _complete.Count - 2; at >= 0; at--)
                root = TreeHashing.Node(_complete[at], root);
            return root;
        }
    }

    /// <summary>A tree of this size from the roots of its complete subtrees, one for each bit of the size.</summary>
    public static CompactRange Of(ulong size, IReadOnlyList<Hash> complete)
        => complete.Count == BitOperations.PopCount(size)
            ? new CompactRange(size, complete)
            : throw new ArgumentException($"a tree of {size} leaves has {BitOperations.PopCount(size)} complete subtrees, not {complete.Count}", nameof(complete));

    /// <summary>Appends a leaf.</summary>
    /// <param name="leaf">The hash of the entry.</param>
    /// <param name="completed">Is told each node that is complete now: its level (0 is the leaf itself), its index on that level, its hash.</param>
    public void Append(Hash leaf, Action<int, ulong, Hash>? completed = null)
    {
        completed?.Invoke(0, Size, leaf);
        var node = leaf;
        for (var level = 0; (Size >> level & 1) == 1; level++)
        {
            node = TreeHashing.Node(_complete[^1], node);
            _complete.RemoveAt(_complete.Count - 1);
            completed?.Invoke(level + 1, Size >> (level + 1), node);
        }

        _complete.Add(node);
        Size++;
    }
}
