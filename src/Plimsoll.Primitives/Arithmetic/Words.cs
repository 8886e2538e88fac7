using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Plimsoll.Primitives.Arithmetic;

/// <summary>Little-endian 64-bit words of a number. Nothing here branches on, or indexes by, what the words hold.</summary>
internal static unsafe class Words
{
    /// <summary>One if <paramref name="left"/> is below <paramref name="right"/>, by a flag and not by a jump.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Below(ulong left, ulong right) => Unsafe.BitCast<bool, byte>(left < right);

    /// <summary>Reads a big-endian number and fills what is left of <paramref name="words"/> with zeroes.</summary>
    public static void Read(ReadOnlySpan<byte> bigEndian, ulong* words, int count)
    {
        var full = bigEndian.Length / sizeof(ulong);
        for (var i = 0; i < full; i++)
            words[i] = BinaryPrimitives.ReadUInt64BigEndian(bigEndian[^((i + 1) * sizeof(ulong))..]);

        for (var i = full; i < count; i++)
            words[i] = 0;

        var rest = bigEndian[..(bigEndian.Length - (full * sizeof(ulong)))];
        for (var i = 0; i < rest.Length; i++)
            words[full] = (words[full] << 8) | rest[i];
    }

    /// <summary>Writes the low bytes of a number, big-endian, as many as <paramref name="bigEndian"/> holds.</summary>
    public static void Write(ulong* words, Span<byte> bigEndian)
    {
        var full = bigEndian.Length / sizeof(ulong);
        for (var i = 0; i < full; i++)
            BinaryPrimitives.WriteUInt64BigEndian(bigEndian[^((i + 1) * sizeof(ulong))..], words[i]);

        var rest = bigEndian.Length - (full * sizeof(ulong));
        for (var i = 0; i < rest; i++)
            bigEndian[rest - 1 - i] = (byte)(words[full] >> (8 * i));
    }

    /// <summary>The borrow of <c>left - right</c>: one if and only if left is below right.</summary>
    public static ulong Borrow(ulong* left, ulong* right, int count)
    {
        ulong borrow = 0;
        for (var i = 0; i < count; i++)
            _ = Subtract(left[i], right[i], ref borrow);
        return borrow;
    }

    /// <summary>Subtracts the modulus where the value is not below it; the same work is done either way.</summary>
    public static void ReduceOnce(ulong* value, ulong* modulus, int count)
    {
        var keep = Borrow(value, modulus, count);
        var mask = keep - 1;
        ulong borrow = 0;
        for (var i = 0; i < count; i++)
            value[i] = Subtract(value[i], modulus[i] & mask, ref borrow);
    }

    /// <summary>A word of a subtraction; the borrow is zero or one, before and after.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Subtract(ulong left, ulong right, ref ulong borrow)
    {
        var difference = left - right;
        var under = Below(left, right);
        var result = difference - borrow;
        borrow = under | Below(difference, borrow);
        return result;
    }
}
