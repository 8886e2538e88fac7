using System.Numerics;
using System.Runtime.CompilerServices;

namespace Plimsoll.Primitives.Arithmetic;

/// <summary>One residue at a time on 64-bit limbs: Koç, Acar and Kaliski's coarsely integrated operand scanning (CIOS).</summary>
internal sealed unsafe class ScalarMultiplier : Multiplier
{
    private readonly int _byteLength;
    private readonly ulong[] _modulus;
    private readonly ulong[] _one;
    private readonly ulong[] _entrance;
    private readonly ulong _negativeInverse;

    public ScalarMultiplier(BigInteger modulus)
    {
        var bits = (int)modulus.GetBitLength();
        _byteLength = (bits + 7) / 8;
        Limbs = (bits + 63) / 64;
        _modulus = Radix.Split(modulus, 64, Limbs);
        _one = Radix.Split(BigInteger.Remainder(BigInteger.One << (64 * Limbs), modulus), 64, Limbs);
        _entrance = Radix.Split(BigInteger.Remainder(BigInteger.One << (128 * Limbs), modulus), 64, Limbs);
        _negativeInverse = Radix.NegativeInverse(_modulus[0]);
    }

    public override int Lanes => 1;

    public override int Limbs { get; }

    public override int ScratchWords => Limbs + 2;

    public override ReadOnlySpan<ulong> One => _one;

    public override ReadOnlySpan<ulong> Entrance => _entrance;

    public override void Square(ulong* result, ulong* value, ulong* scratch) => Multiply(result, value, value, scratch);

    // Compiled at its best from the first call on: a command that verifies once would else do it all in the slow first form.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Multiply(ulong* result, ulong* left, ulong* right, ulong* scratch)
    {
        var limbs = Limbs;
        new Span<ulong>(scratch, limbs + 2).Clear();

        fixed (ulong* modulus = _modulus)
        {
            for (var i = 0; i < limbs; i++)
            {
                AddProduct(scratch, left[i], right, limbs);
                DivideByWord(scratch, scratch[0] * _negativeInverse, modulus, limbs);
            }

            Reduce(result, scratch, modulus, limbs);
        }
    }

    public override void Load(ulong* result, ReadOnlySpan<byte> values, ulong* scratch) =>
        Words.Read(values, result, Limbs);

    public override void Store(ulong* batch, Span<byte> values, ulong* scratch)
    {
        if (!values.IsEmpty)
            Words.Write(batch, values[.._byteLength]);
    }

    // sum += factor * value
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddProduct(ulong* sum, ulong factor, ulong* value, int limbs)
    {
        ulong carry = 0;
        for (var j = 0; j < limbs; j++)
            sum[j] = MultiplyAdd(factor, value[j], sum[j], ref carry);

        sum[limbs] += carry;
        sum[limbs + 1] = Words.Below(sum[limbs], carry);
    }

    // sum = (sum + factor * modulus) / 2^64, where the factor makes the division exact.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DivideByWord(ulong* sum, ulong factor, ulong* modulus, int limbs)
    {
        ulong carry = 0;
        _ = MultiplyAdd(factor, modulus[0], sum[0], ref carry);
        for (var j = 1; j < limbs; j++)
            sum[j - 1] = MultiplyAdd(factor, modulus[j], sum[j], ref carry);

        var top = sum[limbs] + carry;
        sum[limbs - 1] = top;
        sum[limbs] = sum[limbs + 1] + Words.Below(top, carry);
    }

    // The sum is below twice the modulus: subtract it once, or zero, with the same steps.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce(ulong* result, ulong* sum, ulong* modulus, int limbs)
    {
        var keep = Words.Borrow(sum, modulus, limbs) & ~sum[limbs];
        sum[limbs] = 0;
        var mask = (keep & 1) - 1;
        ulong borrow = 0;
        for (var j = 0; j < limbs; j++)
            result[j] = Words.Subtract(sum[j], modulus[j] & mask, ref borrow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MultiplyAdd(ulong left, ulong right, ulong addend, ref ulong carry)
    {
        // (2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1: the two carries never overflow the high word.
        var high = Math.BigMul(left, right, out var low);
        low += addend;
        high += Words.Below(low, addend);
        low += carry;
        high += Words.Below(low, carry);
        carry = high;
        return low;
    }
}
