using Plimsoll.Log.Tree;

namespace Plimsoll.Log.Tiles;

/// <summary>How many tiles of a level a tree has: so many full ones, and one of <paramref name="Partial"/> hashes behind them unless that is zero.</summary>
public readonly record struct TileRow(int Level, ulong Full, int Partial);

/// <summary>Which tiles a tree consists of, and the hashes of its subtrees as read from them.</summary>
public static class TreeTiles
{
    private const int Height = 8;

    /// <summary>The tiles of hashes of a tree of this size, by level.</summary>
    public static IEnumerable<TileRow> Rows(ulong size)
    {
        for (var (level, hashes) = (0, size); hashes > 0; level++, hashes >>= Height)
            yield return new TileRow(level, hashes >> Height, (int)(hashes & (TilePath.FullWidth - 1)));
    }

    /// <summary>The tile that a tree of this size has at a level and index: the full one, or the partial one at its edge.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree has no such tile.</exception>
    public static TilePath At(int level, ulong index, ulong size)
    {
        var hashes = size >> (Height * Math.Max(level, 0));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index << Height, hashes, nameof(index));
        return TilePath.Of(level, index, (int)Math.Min(hashes - (index << Height), TilePath.FullWidth));
    }

    /// <summary>The tiles that have to be read for the hashes of these subtrees, each once.</summary>
    public static IReadOnlyList<TilePath> Needed(IEnumerable<Subtree> subtrees, ulong size)
        => [.. subtrees.SelectMany(subtree => subtree.Complete()).Select(node => Locate(node, size).Tile).Distinct()];

    /// <summary>The hash of a subtree.</summary>
    /// <param name="subtree">A subtree of the tree.</param>
    /// <param name="size">The tree's size.</param>
    /// <param name="tiles">The tiles that <see cref="Needed"/> names, each with as many hashes as its width.</param>
    public static Result<Hash> HashOf(Subtree subtree, ulong size, IReadOnlyDictionary<TilePath, HashTile> tiles)
    {
        var roots = new Stack<Hash>();
        foreach (var node in subtree.Complete())
        {
            var (path, offset, count) = Locate(node, size);
            if (!tiles.TryGetValue(path, out var tile))
                return Refused.Missing("log.tile-missing", $"{path} is needed and was not read", "read the tile, or rebuild it from the level below");
            roots.Push(Fold(tile, offset, count));
        }

        var hash = roots.Pop();
        while (roots.TryPop(out var left))
            hash = TreeHashing.Node(left, hash);
        return hash;
    }

    private static (TilePath Tile, int Offset, int Count) Locate(Node node, ulong size)
    {
        var within = node.Level % Height;
        var first = node.Index << within;
        return (At(node.Level / Height, first >> Height, size), (int)(first & (TilePath.FullWidth - 1)), 1 << within);
    }

    private static Hash Fold(HashTile tile, int offset, int count)
        => count == 1 ? tile[offset] : TreeHashing.Node(Fold(tile, offset, count / 2), Fold(tile, offset + (count / 2), count / 2));
}

/// <summary>The hashes of one tile, as they lie in its file.</summary>
public readonly record struct HashTile
{
    private readonly ReadOnlyMemory<byte> _bytes;

    private HashTile(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>How many hashes it has.</summary>
    public int Width => _bytes.Length / Hash.Bytes;

    /// <summary>A hash of the tile.</summary>
    public Hash this[int at] => new(_bytes.Span.Slice(at * Hash.Bytes, Hash.Bytes));

    /// <summary>Reads a tile, which has to have exactly its width of hashes: a cut one is never taken for a partial one.</summary>
    public static Result<HashTile> Parse(ReadOnlyMemory<byte> bytes, int width)
        => bytes.Length == width * Hash.Bytes
            ? new HashTile(bytes)
            : Refused.Malformed("log.tile", $"a tile of {width} hashes has {width * Hash.Bytes} bytes, and this one {bytes.Length}");
}
