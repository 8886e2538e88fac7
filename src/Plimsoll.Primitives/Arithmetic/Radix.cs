using System.Numerics;

namespace Plimsoll.Primitives.Arithmetic;

/// <summary>The set-up arithmetic of a modulus, all of it on public numbers.</summary>
internal static class Radix
{
    /// <summary>Cuts a number into limbs of the given width, least significant first.</summary>
    public static ulong[] Split(BigInteger value, int bits, int limbs)
    {
        var result = new ulong[limbs];
        var mask = (BigInteger.One << bits) - 1;
        for (var i = 0; i < limbs; i++)
            result[i] = (ulong)((value >> (bits * i)) & mask);
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
