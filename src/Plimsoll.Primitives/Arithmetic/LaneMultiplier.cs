using System.Numerics;
using System.Runtime.CompilerServices;

namespace Plimsoll.Primitives.Arithmetic;

/// <summary>
/// As many residues at a time as a vector has lanes, on limbs of 27 or 28 bits. A column of 64 bits takes all products of
/// a multiplication without a carry; carries are settled once, at the end.
/// </summary>
/// <remarks>
/// Residues stay below twice the modulus from one multiplication to the next, which needs no comparison: with operands
/// below 2n and a radix R above 4n, (2n * 2n + R * n) / R is below 2n (Walter 1999).
/// </remarks>
internal sealed unsafe partial class LaneMultiplier<TVector, TLanes> : Multiplier
    where TVector : struct
    where TLanes : struct, ILanes<TVector>
{
    // Rows of the multiplication that one pass over the columns serves.
    private const int Rows = 4;

    private readonly int _byteLength;
    private readonly int _words;
    private readonly int _used;
    private readonly int _bits;
    private readonly ulong[] _limbsOfModulus;
    private readonly ulong[] _wordsOfModulus;
    private readonly ulong[] _one;
    private readonly ulong[] _entrance;
    private readonly ulong _negativeInverse;

    public LaneMultiplier(BigInteger modulus)
    {
        var length = (int)modulus.GetBitLength();
        _byteLength = (length + 7) / 8;
        // One word more than the modulus: values are below twice the modulus before they are reduced.
        _words = (length / 64) + 2;
        _bits = LimbBits(length);
        _used = UsedLimbs(length, _bits);
        _limbsOfModulus = Radix.Split(modulus, _bits, Limbs);
        _wordsOfModulus = Radix.Split(modulus, 64, _words);
        _one = Radix.Split(BigInteger.Remainder(BigInteger.One << (_bits * _used), modulus), _bits, Limbs);
        _entrance = Radix.Split(BigInteger.Remainder(BigInteger.One << (2 * _bits * _used), modulus), _bits, Limbs);
        _negativeInverse = Radix.NegativeInverse(_wordsOfModulus[0]) & ((1UL << _bits) - 1);
    }

    public override int Lanes => TLanes.Count;

    // The highest limbs stay zero: they let the last columns be summed like all others.
    public override int Limbs => _used + Rows;

    public override int ScratchWords => BatchWords + _words;

    public override ReadOnlySpan<ulong> One => _one;

    public override ReadOnlySpan<ulong> Entrance => _entrance;

    public override void Multiply(ulong* result, ulong* left, ulong* right, ulong* scratch)
    {
        new Span<ulong>(scratch, BatchWords).Clear();
        fixed (ulong* modulus = _limbsOfModulus)
        {
            for (var row = 0; row < _used; row += Rows)
                AddRows(scratch, left + (row * TLanes.Count), right, modulus, _negativeInverse, _bits, _used);
        }

        Settle(result, scratch, _bits, _used);
    }

    public override void Load(ulong* result, ReadOnlySpan<byte> values, ulong* scratch)
    {
        new Span<ulong>(result, BatchWords).Clear();
        var words = scratch + BatchWords;
        var mask = (1UL << _bits) - 1;
        for (var lane = 0; lane * _byteLength < values.Length; lane++)
        {
            Words.Read(values.Slice(lane * _byteLength, _byteLength), words, _words);
            for (var limb = 0; limb * _bits < 64 * (_words - 1); limb++)
            {
                var (word, shift) = Math.DivRem(limb * _bits, 64);
                // Two shifts, because a shift by 64 would be a shift by nothing.
                result[(limb * TLanes.Count) + lane] = ((words[word] >> shift) | (words[word + 1] << 1 << (63 - shift))) & mask;
            }
        }
    }

    public override void Store(ulong* batch, Span<byte> values, ulong* scratch)
    {
        var words = scratch + BatchWords;
        for (var lane = 0; lane * _byteLength < values.Length; lane++)
        {
            new Span<ulong>(words, _words).Clear();
            for (var limb = 0; limb * _bits < 64 * (_words - 1); limb++)
            {
                var (word, shift) = Math.DivRem(limb * _bits, 64);
                var value = batch[(limb * TLanes.Count) + lane];
                words[word] |= value << shift;
                words[word + 1] |= value >> 1 >> (63 - shift);
            }

            fixed (ulong* modulus = _wordsOfModulus)
                Words.ReduceOnce(words, modulus, _words);
            Words.Write(words, values.Slice(lane * _byteLength, _byteLength));
        }
    }

    // A column takes two products for each limb, and a carry: 2 * limbs * (2^bits - 1)^2 must stay below 2^64.
    private static int LimbBits(int length) => 2 * UsedLimbs(length, 28) <= 252 ? 28 : 27;

    private static int UsedLimbs(int length, int bits)
    {
        // R > 4n, and whole groups of rows.
        var limbs = (length + 2 + bits - 1) / bits;
        return (limbs + Rows - 1) / Rows * Rows;
    }

    // sum = (sum + 4 limbs of left * right + 4 factors * modulus) / 2^(4 * bits); the factors make the division exact.
    // Compiled at its best from the first call on: a command that verifies once would else do it all in the slow first form.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRows(ulong* sum, ulong* left, ulong* right, ulong* modulus, ulong negativeInverse, int bits, int used)
    {
        var width = TLanes.Count;
        var mask = TLanes.Spread((1UL << bits) - 1);
        var inverse = TLanes.Spread(negativeInverse);
        var a0 = TLanes.Load(left);
        var a1 = TLanes.Load(left + width);
        var a2 = TLanes.Load(left + (2 * width));
        var a3 = TLanes.Load(left + (3 * width));

        var b3 = TLanes.Load(right);
        var n3 = TLanes.Spread(modulus[0]);
        var column = Add(TLanes.Load(sum), a0, b3);
        var m0 = TLanes.And(TLanes.Multiply(column, inverse), mask);
        column = TLanes.ShiftRight(Add(column, m0, n3), bits);

        var b2 = TLanes.Load(right + width);
        var n2 = TLanes.Spread(modulus[1]);
        column = Add(Add(Add(TLanes.Add(column, TLanes.Load(sum + width)), a0, b2), a1, b3), m0, n2);
        var m1 = TLanes.And(TLanes.Multiply(column, inverse), mask);
        column = TLanes.ShiftRight(Add(column, m1, n3), bits);

        var b1 = TLanes.Load(right + (2 * width));
        var n1 = TLanes.Spread(modulus[2]);
        column = Add(Add(Add(TLanes.Add(column, TLanes.Load(sum + (2 * width))), a0, b1), a1, b2), a2, b3);
        column = Add(Add(column, m0, n1), m1, n2);
        var m2 = TLanes.And(TLanes.Multiply(column, inverse), mask);
        column = TLanes.ShiftRight(Add(column, m2, n3), bits);

        var b0 = TLanes.Load(right + (3 * width));
        var n0 = TLanes.Spread(modulus[3]);
        column = Add(Add(Add(Add(TLanes.Add(column, TLanes.Load(sum + (3 * width))), a0, b0), a1, b1), a2, b2), a3, b3);
        column = Add(Add(Add(column, m0, n0), m1, n1), m2, n2);
        var m3 = TLanes.And(TLanes.Multiply(column, inverse), mask);
        column = TLanes.ShiftRight(Add(column, m3, n3), bits);
        TLanes.Store(sum + (4 * width), TLanes.Add(column, TLanes.Load(sum + (4 * width))));

        // b1 to b3 and n1 to n3 are the limbs before the one in turn; the names move on by one each time.
        (b3, b2, b1) = (b2, b1, b0);
        (n3, n2, n1) = (n2, n1, n0);
        for (var j = 4; j < used + 4; j += 4)
        {
            var b = right + (j * width);
            var n = modulus + j;
            var t = sum + (j * width);
            b0 = TLanes.Load(b);
            n0 = TLanes.Spread(n[0]);
            TLanes.Store(t - (4 * width), Add4(Add4(TLanes.Load(t), a0, b0, a1, b1, a2, b2, a3, b3), m0, n0, m1, n1, m2, n2, m3, n3));
            b3 = TLanes.Load(b + width);
            n3 = TLanes.Spread(n[1]);
            TLanes.Store(t - (3 * width), Add4(Add4(TLanes.Load(t + width), a0, b3, a1, b0, a2, b1, a3, b2), m0, n3, m1, n0, m2, n1, m3, n2));
            b2 = TLanes.Load(b + (2 * width));
            n2 = TLanes.Spread(n[2]);
            TLanes.Store(t - (2 * width), Add4(Add4(TLanes.Load(t + (2 * width)), a0, b2, a1, b3, a2, b0, a3, b1), m0, n2, m1, n3, m2, n0, m3, n1));
            b1 = TLanes.Load(b + (3 * width));
            n1 = TLanes.Spread(n[3]);
            TLanes.Store(t - width, Add4(Add4(TLanes.Load(t + (3 * width)), a0, b1, a1, b2, a2, b3, a3, b0), m0, n1, m1, n2, m2, n3, m3, n0));
            // Now b1, b2, b3 stand for limbs j+3, j+2, j+1: the last three, the latest first.
        }
    }

    // Carries from column to column until each holds one limb.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Settle(ulong* result, ulong* sum, int bits, int used)
    {
        var mask = TLanes.Spread((1UL << bits) - 1);
        var carry = default(TVector);
        for (var i = 0; i < used * TLanes.Count; i += TLanes.Count)
        {
            var column = TLanes.Add(TLanes.Load(sum + i), carry);
            TLanes.Store(result + i, TLanes.And(column, mask));
            carry = TLanes.ShiftRight(column, bits);
        }

        for (var i = used * TLanes.Count; i < (used + Rows) * TLanes.Count; i += TLanes.Count)
            TLanes.Store(result + i, default);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Add(TVector sum, TVector left, TVector right) => TLanes.Add(sum, TLanes.Multiply(left, right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Add4(
        TVector sum, TVector a, TVector b, TVector c, TVector d, TVector e, TVector f, TVector g, TVector h) =>
        TLanes.Add(
            TLanes.Add(sum, TLanes.Add(TLanes.Multiply(a, b), TLanes.Multiply(c, d))),
            TLanes.Add(TLanes.Multiply(e, f), TLanes.Multiply(g, h)));
}
