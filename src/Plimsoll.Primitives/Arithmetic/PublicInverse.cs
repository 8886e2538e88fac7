using System.Numerics;
using System.Runtime.CompilerServices;

namespace Plimsoll.Primitives.Arithmetic;

/// <summary>
/// Inverses modulo a public odd number by Bernstein and Yang's division steps (safegcd, 2019), 59 steps at a time on
/// signed 62-bit limbs. It stops as soon as it is done, so the value must be public.
/// </summary>
internal sealed class PublicInverse
{
    private const int LimbBits = 62;
    private const long LimbMask = (1L << LimbBits) - 1;

    private readonly long[] _modulus;
    private readonly ulong _modulusInverse;

    public PublicInverse(BigInteger modulus)
    {
        // Two bits more than the modulus: intermediate values lie between -2n and n.
        var limbs = (((int)modulus.GetBitLength() + 2) / LimbBits) + 1;
        _modulus = new long[limbs];
        var split = Radix.Split(modulus, LimbBits, limbs);
        for (var i = 0; i < limbs; i++)
            _modulus[i] = (long)split[i];
        _modulusInverse = 0 - Radix.NegativeInverse((ulong)(modulus & ulong.MaxValue));
    }

    /// <summary>Inverts a big-endian number below the modulus; false if it shares a factor with it.</summary>
    public bool TryInvert(ReadOnlySpan<byte> value, Span<byte> inverse)
    {
        var limbs = _modulus.Length;
        Span<long> memory = stackalloc long[4 * limbs];
        memory.Clear();
        var f = memory[..limbs];
        var g = memory.Slice(limbs, limbs);
        var d = memory.Slice(2 * limbs, limbs);
        var e = memory.Slice(3 * limbs, limbs);
        _modulus.CopyTo(f);
        ReadLimbs(value, g);
        e[0] = 1;

        // Invariant: d * value = f and e * value = g modulo n, up to the same power of two, which Advance divides out.
        long zeta = -1;
        while (g.ContainsAnyExcept(0L))
        {
            var step = DivisionSteps.Take59(ref zeta, (ulong)f[0], (ulong)g[0]);
            Advance(d, e, step);
            Divide(f, g, step);
        }

        if (!IsOne(f, out var sign))
            return false;

        Normalize(d, sign);
        WriteLimbs(d, inverse);
        return true;
    }

    // (f, g) = step * (f, g) / 2^62, which is exact.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Divide(Span<long> f, Span<long> g, DivisionSteps step)
    {
        var first = default(SignedSum);
        var second = default(SignedSum);
        for (var i = 0; i < f.Length; i++)
        {
            first.Add(step.U, f[i]);
            first.Add(step.V, g[i]);
            second.Add(step.Q, f[i]);
            second.Add(step.R, g[i]);
            var low = first.Shift();
            var high = second.Shift();
            if (i == 0)
                continue;
            f[i - 1] = low;
            g[i - 1] = high;
        }

        f[^1] = first.Low;
        g[^1] = second.Low;
    }

    // (d, e) = step * (d, e) / 2^62 modulo n; multiples of n make the division exact.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Advance(Span<long> d, Span<long> e, DivisionSteps step)
    {
        var negativeD = d[^1] >> 63;
        var negativeE = e[^1] >> 63;
        var forD = (step.U & negativeD) + (step.V & negativeE);
        var forE = (step.Q & negativeD) + (step.R & negativeE);
        var lowD = (step.U * d[0]) + (step.V * e[0]);
        var lowE = (step.Q * d[0]) + (step.R * e[0]);
        forD -= (long)((_modulusInverse * (ulong)lowD) + (ulong)forD) & LimbMask;
        forE -= (long)((_modulusInverse * (ulong)lowE) + (ulong)forE) & LimbMask;

        var first = default(SignedSum);
        var second = default(SignedSum);
        for (var i = 0; i < d.Length; i++)
        {
            first.Add(step.U, d[i]);
            first.Add(step.V, e[i]);
            first.Add(forD, _modulus[i]);
            second.Add(step.Q, d[i]);
            second.Add(step.R, e[i]);
            second.Add(forE, _modulus[i]);
            var low = first.Shift();
            var high = second.Shift();
            if (i == 0)
                continue;
            d[i - 1] = low;
            e[i - 1] = high;
        }

        d[^1] = first.Low;
        e[^1] = second.Low;
    }

    // From (-2n, n), and perhaps negated, to [0, n).
    private void Normalize(Span<long> value, long sign)
    {
        AddModulusIfNegative(value);
        long carry = 0;
        for (var i = 0; i < value.Length; i++)
            value[i] = Carry((value[i] ^ sign) - sign, i, value.Length, ref carry);
        AddModulusIfNegative(value);
    }

    private void AddModulusIfNegative(Span<long> value)
    {
        var negative = value[^1] >> 63;
        long carry = 0;
        for (var i = 0; i < value.Length; i++)
            value[i] = Carry(value[i] + (_modulus[i] & negative), i, value.Length, ref carry);
    }

    private static long Carry(long limb, int index, int limbs, ref long carry)
    {
        limb += carry;
        if (index == limbs - 1)
            return limb;
        carry = limb >> LimbBits;
        return limb & LimbMask;
    }

    private static bool IsOne(ReadOnlySpan<long> value, out long sign)
    {
        // -1 has all bits of every limb set, and the highest limb carries the sign.
        sign = value[^1] >> 63;
        if (value[0] != (sign == 0 ? 1 : LimbMask) || value[^1] != sign)
            return false;
        return !value[1..^1].ContainsAnyExcept(sign & LimbMask);
    }

    private static void ReadLimbs(ReadOnlySpan<byte> bigEndian, Span<long> limbs)
    {
        for (var bit = 0; bit < bigEndian.Length * 8; bit += 8)
        {
            var part = (long)bigEndian[^((bit / 8) + 1)];
            var (limb, shift) = (bit / LimbBits, bit % LimbBits);
            limbs[limb] |= (part << shift) & LimbMask;
            if (shift > LimbBits - 8)
                limbs[limb + 1] |= part >> (LimbBits - shift);
        }
    }

    private static void WriteLimbs(ReadOnlySpan<long> limbs, Span<byte> bigEndian)
    {
        for (var bit = 0; bit < bigEndian.Length * 8; bit += 8)
        {
            var (limb, shift) = (bit / LimbBits, bit % LimbBits);
            var part = limbs[limb] >> shift;
            if (shift > LimbBits - 8)
                part |= limbs[limb + 1] << (LimbBits - shift);
            bigEndian[^((bit / 8) + 1)] = (byte)part;
        }
    }
}
