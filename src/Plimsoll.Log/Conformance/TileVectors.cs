using System.Security.Cryptography;
using System.Text;
using Plimsoll.Log.Tiles;
using Plimsoll.Log.Tree;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Log.Conformance;

/// <summary>Vectors of tiles; the large tree has the texts <c>leaf-0</c>, <c>leaf-1</c> and so on as its entries.</summary>
internal static class TileVectors
{
    private const ulong MostLeaves = 1_000_000;

    public static VectorFinding Path(JsonValue one)
    {
        var parsed = TilePath.Parse(one.Text("path"));
        var finding = VectorFinding.Of(parsed, one.Is("valid"));
        return parsed.Succeeded(out var path, out _)
            ? finding.Compare("level", path.Level == TilePath.Entries ? "entries" : $"{path.Level}", one.Text("level"))
                .Compare("index", $"{path.Index}", one.Text("index")).Compare("width", $"{path.Width}", one.Text("width"))
            : finding;
    }

    public static VectorFinding Rows(JsonValue one)
    {
        var expected = one.Member("tiles") is { Kind: JsonKind.Array } rows
            ? string.Join(' ', rows.Elements().Select(row => $"{row.Text("level")}:{row.Text("full")}+{row.Text("partial")}"))
            : "";
        var computed = string.Join(' ', TreeTiles.Rows(one.Number("size")).Select(row => $"{row.Level}:{row.Full}+{row.Partial}"));
        return new VectorFinding(null, ExpectedValid: true).Compare("tiles", computed, expected);
    }

    public static VectorFinding Root(JsonValue one)
    {
        var range = new CompactRange();
        for (ulong at = 0; at < Math.Min(one.Number("size"), MostLeaves); at++)
            range.Append(Leaf(at));
        return new VectorFinding(null, ExpectedValid: true).Compare("root", $"{range.Root}", one.Text("root"));
    }

    public static VectorFinding Tile(JsonValue one)
    {
        var (level, index, size) = ((int)one.Number("level"), one.Number("index"), Math.Min(one.Number("size"), MostLeaves));
        var path = TreeTiles.At(level, index, size);
        using var tile = new MemoryStream();
        var range = new CompactRange();
        for (ulong at = 0; at < size; at++)
        {
            range.Append(Leaf(at), (nodeLevel, nodeIndex, hash) =>
            {
                if (nodeLevel == 8 * level && nodeIndex / TilePath.FullWidth == index)
                    tile.Write(hash.ToArray());
            });
        }

        return new VectorFinding(null, ExpectedValid: true).Compare("path", path.ToString(), one.Text("path"))
            .Compare("width", $"{path.Width}", one.Text("width")).Compare("tile", Convert.ToHexStringLower(SHA256.HashData(tile.ToArray())), one.Text("sha256"));
    }

    private static Hash Leaf(ulong index) => TreeHashing.Leaf(Encoding.ASCII.GetBytes($"leaf-{index}"));
}
