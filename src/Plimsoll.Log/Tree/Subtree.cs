using System.Numerics;

namespace Plimsoll.Log.Tree;

/// <summary>The leaves from <paramref name="Start"/> up to, but without, <paramref name="End"/>.</summary>
/// <param name="Start">The first leaf.</param>
/// <param name="End">The leaf after the last.</param>
public readonly record struct Subtree(ulong Start, ulong End)
{
    /// <summary>How many leaves it has.</summary>
    public ulong Size => End - Start;

    /// <summary>Whether it is a subtree of a tree of that size: not empty, and its beginning is a multiple of its size rounded up to a power of two.</summary>
    public bool IsWithin(ulong size)
        => Start < End && End <= size && (Start == 0 || (Size <= 1UL << 63 && Start % BitOperations.RoundUpToPowerOf2(Size) == 0));

    /// <summary>The complete subtrees that it falls into, from left to right.</summary>
    internal IEnumerable<Node> Complete()
    {
        for (var at = Start; at < End;)
        {
            var level = Math.Min(at == 0 ? 63 : BitOperations.TrailingZeroCount(at), BitOperations.Log2(End - at));
            yield return new Node(level, at >> level);
            at += 1UL << level;
        }
    }
}

/// <summary>A complete subtree of 2^<paramref name="Level"/> leaves, the <paramref name="Index"/>th of its level.</summary>
/// <param name="Level">Zero for a leaf.</param>
/// <param name="Index">How many of its size stand left of it.</param>
public readonly record struct Node(int Level, ulong Index);
