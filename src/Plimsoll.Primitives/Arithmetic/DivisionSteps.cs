using System.Runtime.CompilerServices;

namespace Plimsoll.Primitives.Arithmetic;

/// <summary>
/// What 59 division steps do to a pair of numbers: a matrix, times 2^62. The variant starts at a half and not at one
/// (delta = 1/2), as Wuille found it for libsecp256k1.
/// </summary>
internal readonly record struct DivisionSteps(long U, long V, long Q, long R)
{
    /// <summary>Takes the steps on the low words, which decide them.</summary>
    /// <param name="zeta">-(delta + 1/2), kept from one call to the next; -1 at first.</param>
    /// <param name="f">The low word of the odd number.</param>
    /// <param name="g">The low word of the other number.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static DivisionSteps Take59(ref long zeta, ulong f, ulong g)
    {
        // Three steps short of 62: the matrix starts as eight times the identity.
        ulong u = 8, v = 0, q = 0, r = 8;
        for (var i = 3; i < 62; i++)
        {
            var swap = (ulong)(zeta >> 63);
            var odd = 0 - (g & 1);
            g += ((f ^ swap) - swap) & odd;
            q += ((u ^ swap) - swap) & odd;
            r += ((v ^ swap) - swap) & odd;
            swap &= odd;
            zeta = (zeta ^ (long)swap) - 1;
            f += g & swap;
            u += q & swap;
            v += r & swap;
            g >>= 1;
            u <<= 1;
            v <<= 1;
        }

        return new DivisionSteps((long)u, (long)v, (long)q, (long)r);
    }
}

/// <summary>A signed 128-bit sum of products.</summary>
internal struct SignedSum
{
    private ulong _low;
    private long _high;

    /// <summary>The low word.</summary>
    public readonly long Low => (long)_low;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long left, long right)
    {
        var high = Math.BigMul(left, right, out long low);
        _low += (ulong)low;
        _high += high + (long)Words.Below(_low, (ulong)low);
    }

    /// <summary>Takes the low 62 bits and divides the rest by 2^62.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Shift()
    {
        var limb = (long)_low & ((1L << 62) - 1);
        _low = (_low >> 62) | ((ulong)_high << 2);
        _high >>= 62;
        return limb;
    }
}
