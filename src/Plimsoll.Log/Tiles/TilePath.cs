using System.Globalization;

namespace Plimsoll.Log.Tiles;

/// <summary>
/// Where a tile of hashes or a bundle of entries lies (c2sp.org/tlog-tiles): <c>tile/LEVEL/INDEX[.p/WIDTH]</c>. One tile has
/// one path, and no path leads elsewhere.
/// </summary>
public readonly record struct TilePath
{
    /// <summary>Hashes of a full tile, entries of a full bundle.</summary>
    public const int FullWidth = 256;

    /// <summary>The level of bundles, which hold the entries themselves.</summary>
    public const int Entries = -1;

    private const int HighestLevel = 63;

    private TilePath(int level, ulong index, int width)
    {
        Level = level;
        Index = index;
        Width = width;
    }

    /// <summary>Zero for the leaves' hashes, one for the roots of full tiles of level zero, and so on; <see cref="Entries"/> for bundles.</summary>
    public int Level { get; }

    /// <summary>How many tiles of its level stand left of it.</summary>
    public ulong Index { get; }

    /// <summary>How many hashes or entries it holds, 1 to 256.</summary>
    public int Width { get; }

    /// <summary>The tile of a level and index.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The level is not -1 to 63, or the width not 1 to 256.</exception>
    public static TilePath Of(int level, ulong index, int width = FullWidth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, Entries);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, HighestLevel);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, FullWidth);
        return new TilePath(level, index, width);
    }

    /// <summary>Reads a path.</summary>
    public static Result<TilePath> Parse(string path)
    {
        var parts = path.Split('/');
        if (path.Length > 64 || parts is not ["tile", var level, _, ..] || !ParseLevel(level, out var parsed))
            return Malformed(path);

        var groups = parts.AsSpan(2);
        var width = FullWidth;
        if (groups.Length > 1 && groups[^2].EndsWith(".p", StringComparison.Ordinal))
        {
            if (!ParseNumber(groups[^1], FullWidth - 1, out var partial) || partial == 0)
                return Malformed(path);
            width = (int)partial;
            groups = groups[..^1];
            groups[^1] = groups[^1][..^2];
        }

        return ParseIndex(groups, out var index) && Of(parsed, index, width) is var tile && tile.ToString() == path ? tile : Malformed(path);
    }

    /// <summary>The path.</summary>
    public override string ToString()
    {
        var groups = new List<string>();
        for (var rest = Index; groups.Count == 0 || rest > 0; rest /= 1000)
            groups.Add(groups.Count == 0 ? $"{rest % 1000:d3}" : $"x{rest % 1000:d3}");
        groups.Reverse();
        var level = Level == Entries ? "entries" : Level.ToString(CultureInfo.InvariantCulture);
        return $"tile/{level}/{string.Join('/', groups)}{(Width == FullWidth ? "" : $".p/{Width}")}";
    }

    private static bool ParseLevel(string text, out int level)
    {
        level = Entries;
        if (text == "entries")
            return true;
        var parsed = ParseNumber(text, HighestLevel, out var number);
        level = (int)number;
        return parsed;
    }

    // Groups of three digits, all but the last behind an x; whether it is the shortest spelling is seen by writing it again.
    private static bool ParseIndex(ReadOnlySpan<string> groups, out ulong index)
    {
        index = 0;
        for (var at = 0; at < groups.Length; at++)
        {
            var digits = at < groups.Length - 1 ? groups[at] is ['x', .. var behind] ? behind : "" : groups[at];
            if (digits.Length != 3 || !ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || index > (ulong.MaxValue - number) / 1000)
                return false;
            index = (index * 1000) + number;
        }

        return true;
    }

    private static bool ParseNumber(string text, ulong most, out ulong number)
        => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most && text == $"{number}";

    private static Failure Malformed(string path) => Refused.Malformed(
        "log.tile-path", $"'{Refused.Shorten(path)}' is no path of a tile", "write it as tile/LEVEL/INDEX, such as tile/0/x001/234");
}
