using System.Numerics;
using System.Runtime.InteropServices;

namespace Plimsoll.Primitives.Arithmetic;

/// <summary>The set-up arithmetic of a modulus, all of it on public numbers.</summary>
internal static class Radix
{
    /// <summary>Cuts a number into limbs of the given width, least significant first.</summary>
    public static ulong[] Split(BigInteger value, int bits, int limbs)
    {
        // Room for the word behind the last one that a limb begins in.
        var words = new ulong[(bits * limbs / 64) + 2];
        _ = value.TryWriteBytes(MemoryMarshal.AsBytes(words.AsSpan()), out _, isUnsigned: true);

        var result = new ulong[limbs];
        var mask = ulong.MaxValue >> (64 - bits);
        for (var i = 0; i < limbs; i++)
        {
            var (word, shift) = Math.DivRem(i * bits, 64);
            // Two shifts, because a shift by 64 would be a shift by nothing.
            result[i] = ((words[word] >> shift) | (words[word + 1] << 1 << (63 - shift))) & mask;
        }

        return result;
    }

    /// <summary>The number whose product with an odd number is -1 modulo 2^64.</summary>
    public static ulong NegativeInverse(ulong odd)
    {
        // Newton: right to three bits at first, then each step doubles the bits that are right.
        var inverse = odd;
        for (var right = 3; right < 64; right *= 2)
            inverse *= 2 - (odd * inverse);
        return 0 - inverse;
    }
}
