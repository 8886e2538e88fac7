using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Plimsoll.Primitives.Arithmetic;

/// <summary>The vector instructions that <see cref="LaneMultiplier{TVector,TLanes}"/> is made of.</summary>
/// <typeparam name="TVector">64-bit lanes; a product reads only the low half of each.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>How many lanes a vector has.</summary>
    static abstract int Count { get; }

    static abstract TVector Load(ulong* source);

    static abstract void Store(ulong* target, TVector value);

    static abstract TVector Spread(ulong value);

    static abstract TVector Multiply(TVector left, TVector right);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector And(TVector left, TVector right);

    static abstract TVector ShiftRight(TVector value, int bits);
}

/// <summary>Eight lanes; vpmuludq of AVX-512F.</summary>
internal readonly unsafe struct Avx512Lanes : ILanes<Vector512<ulong>>
{
    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Load(ulong* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ulong* target, Vector512<ulong> value) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Spread(ulong value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Multiply(Vector512<ulong> left, Vector512<ulong> right) =>
        Avx512F.Multiply(left.AsUInt32(), right.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Add(Vector512<ulong> left, Vector512<ulong> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> And(Vector512<ulong> left, Vector512<ulong> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> ShiftRight(Vector512<ulong> value, int bits) => value >>> bits;
}

/// <summary>Four lanes; vpmuludq of AVX2.</summary>
internal readonly unsafe struct Avx2Lanes : ILanes<Vector256<ulong>>
{
    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Load(ulong* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ulong* target, Vector256<ulong> value) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Spread(ulong value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Multiply(Vector256<ulong> left, Vector256<ulong> right) =>
        Avx2.Multiply(left.AsUInt32(), right.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Add(Vector256<ulong> left, Vector256<ulong> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> And(Vector256<ulong> left, Vector256<ulong> right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> ShiftRight(Vector256<ulong> value, int bits) => value >>> bits;
}
