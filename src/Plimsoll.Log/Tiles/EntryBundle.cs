using System.Buffers.Binary;

namespace Plimsoll.Log.Tiles;

/// <summary>A bundle of entries (tlog-tiles): the length of each in two bytes, then the entry.</summary>
public static class EntryBundle
{
    /// <summary>Largest entry that a bundle can hold.</summary>
    public const int MostEntryBytes = ushort.MaxValue;

    /// <summary>Reads a bundle of exactly so many entries. The bytes are kept, not copied.</summary>
    public static Result<ImmutableArray<ReadOnlyMemory<byte>>> Parse(ReadOnlyMemory<byte> bytes, int width)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, TilePath.FullWidth);
        var entries = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(width);
        while (entries.Count < width)
        {
            if (bytes.Length < 2)
                return Malformed($"ends before entry {entries.Count} of {width}");
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes.Span);
            if (bytes.Length - 2 < length)
                return Malformed($"says that entry {entries.Count} has {length} bytes, and has {bytes.Length - 2} more");
            entries.Add(bytes.Slice(2, length));
            bytes = bytes[(2 + length)..];
        }

        return bytes.IsEmpty ? entries.MoveToImmutable() : Malformed($"has {bytes.Length} bytes behind its last entry");
    }

    /// <summary>The bundle of these entries.</summary>
    public static byte[] Write(IReadOnlyCollection<ReadOnlyMemory<byte>> entries)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entries.Count, TilePath.FullWidth);
        var bytes = new byte[entries.Sum(entry => 2 + entry.Length)];
        var at = 0;
        foreach (var entry in entries)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), checked((ushort)entry.Length));
            entry.Span.CopyTo(bytes.AsSpan(at + 2));
            at += 2 + entry.Length;
        }

        return bytes;
    }

    private static Failure Malformed(string what) => Refused.Malformed("log.bundle", $"the bundle of entries {what}");
}
