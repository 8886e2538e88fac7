using System.Numerics;

namespace Plimsoll.Tests.Primitives.Arithmetic;

/// <summary>Numbers for comparing arithmetic with <see cref="BigInteger"/>, all from one seed.</summary>
internal sealed class Numbers(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Moduli of a length that are random, and those whose limbs make the longest carries.</summary>
    public IEnumerable<BigInteger> Moduli(int bits)
    {
        var top = BigInteger.One << (bits - 1);
        yield return top | Below(top) | 1;
        yield return top + 1;
        yield return (top << 1) - 1;
        yield return (top << 1) - 159;
        yield return (top << 1) - (BigInteger.One << 64) + 1;
        yield return (top << 1) - (BigInteger.One << (bits / 2)) - 1;
    }

    /// <summary>Residues at the edges, then random ones, as many as are asked for.</summary>
    public IReadOnlyList<BigInteger> Residues(BigInteger modulus, int count)
    {
        var bits = (int)modulus.GetBitLength();
        BigInteger[] edges =
        [
            0, 1, 2, modulus - 1, modulus - 2, modulus / 2, (modulus / 2) + 1,
            // Powers of two around the Montgomery radices, and what they leave.
            (BigInteger.One << (bits - 1)) % modulus, (BigInteger.One << (64 * ((bits + 63) / 64))) % modulus,
            (BigInteger.One << (28 * 76)) % modulus, (BigInteger.One << (27 * 152)) % modulus, (BigInteger.One << bits) % modulus,
        ];
        return [.. edges.OrderBy(_ => _random.Next()).Concat(Enumerable.Range(0, count).Select(_ => Below(modulus))).Take(count)];
    }

    public BigInteger Below(BigInteger bound)
    {
        var bytes = new byte[bound.GetByteCount(isUnsigned: true) + 8];
        _random.NextBytes(bytes);
        return new BigInteger(bytes, isUnsigned: true) % bound;
    }

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    public static byte[] Write(BigInteger value, int length)
    {
        var bytes = new byte[length];
        var size = value.GetByteCount(isUnsigned: true);
        Assert.True(value.TryWriteBytes(bytes.AsSpan(length - size), out _, isUnsigned: true, isBigEndian: true));
        return bytes;
    }

    public static byte[] Write(IEnumerable<BigInteger> values, int length) => [.. values.SelectMany(value => Write(value, length))];

    public static BigInteger Read(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
}
