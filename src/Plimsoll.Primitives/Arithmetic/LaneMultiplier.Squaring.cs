using System.Runtime.CompilerServices;

namespace Plimsoll.Primitives.Arithmetic;

/// <content>
/// Squaring: a product of two different limbs is made once and counted twice, which saves a quarter of all products.
/// </content>
internal sealed unsafe partial class LaneMultiplier<TVector, TLanes>
{
    public override void Square(ulong* result, ulong* value, ulong* scratch)
    {
        new Span<ulong>(scratch, BatchWords).Clear();
        fixed (ulong* modulus = _limbsOfModulus)
        {
            for (var row = 0; row < _used; row += Rows)
            {
                AddSquareRows(scratch + (row * TLanes.Count), value + (row * TLanes.Count), _used - row);
                DivideRows(scratch, modulus, _negativeInverse, _bits, _used);
            }
        }

        Settle(result, scratch, _bits, _used);
    }

    // Adds the products of limbs 0 to 3 with themselves, once, and with each other and all higher limbs, twice.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddSquareRows(ulong* sum, ulong* value, int count)
    {
        var width = TLanes.Count;
        var v0 = TLanes.Load(value);
        var v1 = TLanes.Load(value + width);
        var v2 = TLanes.Load(value + (2 * width));
        var v3 = TLanes.Load(value + (3 * width));
        // Twice a limb still fits the 32 bits that a product reads.
        var a0 = TLanes.Add(v0, v0);
        var a1 = TLanes.Add(v1, v1);
        var a2 = TLanes.Add(v2, v2);
        var a3 = TLanes.Add(v3, v3);
        AddTo(sum, TLanes.Multiply(v0, v0));
        AddTo(sum + width, TLanes.Multiply(a0, v1));
        AddTo(sum + (2 * width), Add(TLanes.Multiply(a0, v2), v1, v1));
        AddTo(sum + (3 * width), Add(TLanes.Multiply(a0, v3), a1, v2));

        var b0 = TLanes.Load(value + (4 * width));
        AddTo(sum + (4 * width), Add(Add(TLanes.Multiply(a0, b0), a1, v3), v2, v2));
        var b3 = TLanes.Load(value + (5 * width));
        AddTo(sum + (5 * width), Add(Add(TLanes.Multiply(a0, b3), a1, b0), a2, v3));
        var b2 = TLanes.Load(value + (6 * width));
        AddTo(sum + (6 * width), Add(Add(Add(TLanes.Multiply(a0, b2), a1, b3), a2, b0), v3, v3));
        var b1 = TLanes.Load(value + (7 * width));
        AddTo(sum + (7 * width), Add(Add(Add(TLanes.Multiply(a0, b1), a1, b2), a2, b3), a3, b0));

        // As in AddRows, b1 to b3 are the three limbs before the one in turn.
        for (var j = 8; j < count + Rows; j += 4)
        {
            var b = value + (j * width);
            var t = sum + (j * width);
            b0 = TLanes.Load(b);
            TLanes.Store(t, Add4(TLanes.Load(t), a0, b0, a1, b1, a2, b2, a3, b3));
            b3 = TLanes.Load(b + width);
            TLanes.Store(t + width, Add4(TLanes.Load(t + width), a0, b3, a1, b0, a2, b1, a3, b2));
            b2 = TLanes.Load(b + (2 * width));
            TLanes.Store(t + (2 * width), Add4(TLanes.Load(t + (2 * width)), a0, b2, a1, b3, a2, b0, a3, b1));
            b1 = TLanes.Load(b + (3 * width));
            TLanes.Store(t + (3 * width), Add4(TLanes.Load(t + (3 * width)), a0, b1, a1, b2, a2, b3, a3, b0));
        }
    }

    // sum = (sum + 4 factors * modulus) / 2^(4 * bits); the factors make the division exact.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DivideRows(ulong* sum, ulong* modulus, ulong negativeInverse, int bits, int used)
    {
        var width = TLanes.Count;
        var mask = TLanes.Spread((1UL << bits) - 1);
        var inverse = TLanes.Spread(negativeInverse);
        var n3 = TLanes.Spread(modulus[0]);
        var n2 = TLanes.Spread(modulus[1]);
        var n1 = TLanes.Spread(modulus[2]);
        var n0 = TLanes.Spread(modulus[3]);

        var column = TLanes.Load(sum);
        var m0 = TLanes.And(TLanes.Multiply(column, inverse), mask);
        column = TLanes.ShiftRight(Add(column, m0, n3), bits);

        column = Add(TLanes.Add(column, TLanes.Load(sum + width)), m0, n2);
        var m1 = TLanes.And(TLanes.Multiply(column, inverse), mask);
        column = TLanes.ShiftRight(Add(column, m1, n3), bits);

        column = Add(Add(TLanes.Add(column, TLanes.Load(sum + (2 * width))), m0, n1), m1, n2);
        var m2 = TLanes.And(TLanes.Multiply(column, inverse), mask);
        column = TLanes.ShiftRight(Add(column, m2, n3), bits);

        column = Add(Add(Add(TLanes.Add(column, TLanes.Load(sum + (3 * width))), m0, n0), m1, n1), m2, n2);
        var m3 = TLanes.And(TLanes.Multiply(column, inverse), mask);
        AddTo(sum + (4 * width), TLanes.ShiftRight(Add(column, m3, n3), bits));

        (n3, n2, n1) = (n2, n1, n0);
        for (var j = 4; j < used + Rows; j += 4)
        {
            var n = modulus + j;
            var t = sum + (j * width);
            n0 = TLanes.Spread(n[0]);
            TLanes.Store(t - (4 * width), Add4(TLanes.Load(t), m0, n0, m1, n1, m2, n2, m3, n3));
            n3 = TLanes.Spread(n[1]);
            TLanes.Store(t - (3 * width), Add4(TLanes.Load(t + width), m0, n3, m1, n0, m2, n1, m3, n2));
            n2 = TLanes.Spread(n[2]);
            TLanes.Store(t - (2 * width), Add4(TLanes.Load(t + (2 * width)), m0, n2, m1, n3, m2, n0, m3, n1));
            n1 = TLanes.Spread(n[3]);
            TLanes.Store(t - width, Add4(TLanes.Load(t + (3 * width)), m0, n1, m1, n2, m2, n3, m3, n0));
        }

        // What moved down leaves zeroes behind.
        for (var i = used; i < used + Rows; i++)
            TLanes.Store(sum + (i * width), default);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(ulong* column, TVector value) => TLanes.Store(column, TLanes.Add(TLanes.Load(column), value));
}
