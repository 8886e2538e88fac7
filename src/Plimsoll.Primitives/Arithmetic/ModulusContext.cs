using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Plimsoll.Primitives.Arithmetic;

/// <summary>
/// An odd public modulus with all that is computed once for it. Make one for each key and keep it: it never changes and
/// serves any number of threads.
/// </summary>
/// <remarks>
/// Numbers go in and out big-endian, each <see cref="ByteLength"/> bytes, several one after the other. Bases, factors and
/// roots may be secret: no branch and no address depends on them, and the memory that held them is zeroed. Exponents are
/// public (docs/adr/0002-gq-arithmetic.md).
/// </remarks>
public sealed class ModulusContext
{
    /// <summary>The shortest modulus; whoever trusts a key asks for more (1024 bits are for published examples).</summary>
    public const int MinimumBits = 1024;

    /// <summary>The longest modulus.</summary>
    public const int MaximumBits = 4096;

    private readonly byte[] _modulus;
    private readonly Multiplier _multiplier;
    private readonly PublicInverse _inverse;

    private ModulusContext(BigInteger modulus, MultiplierKind kind)
    {
        BitLength = (int)modulus.GetBitLength();
        _modulus = modulus.ToByteArray(isUnsigned: true, isBigEndian: true);
        _inverse = new PublicInverse(modulus);
        Kind = kind;
        _multiplier = kind switch
        {
            MultiplierKind.Scalar => new ScalarMultiplier(modulus),
            MultiplierKind.Avx2 when Avx2.IsSupported => new LaneMultiplier<Vector256<ulong>, Avx2Lanes>(modulus),
            MultiplierKind.Avx512 when Avx512F.IsSupported => new LaneMultiplier<Vector512<ulong>, Avx512Lanes>(modulus),
            _ => throw new PlatformNotSupportedException($"this machine has no {kind} instructions"),
        };
    }

    /// <summary>The length of the modulus.</summary>
    public int BitLength { get; }

    /// <summary>The length of a number below the modulus, as every method reads and writes it.</summary>
    public int ByteLength => _modulus.Length;

    /// <summary>The modulus, big-endian, without leading zeroes.</summary>
    public ReadOnlySpan<byte> Modulus => _modulus;

    /// <summary>The instructions in use.</summary>
    public MultiplierKind Kind { get; }

    /// <summary>The best kind that this machine offers.</summary>
    public static MultiplierKind BestKind =>
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? MultiplierKind.Avx512
        : Avx2.IsSupported ? MultiplierKind.Avx2
        : MultiplierKind.Scalar;

    /// <summary>Prepares a modulus: odd, from <see cref="MinimumBits"/> to <see cref="MaximumBits"/> bits.</summary>
    public static ModulusContext Create(ReadOnlySpan<byte> modulus) => Create(modulus, BestKind);

    /// <summary>Prepares a modulus for chosen instructions, to compare them.</summary>
    public static ModulusContext Create(ReadOnlySpan<byte> modulus, MultiplierKind kind)
    {
        var value = new BigInteger(modulus, isUnsigned: true, isBigEndian: true);
        if (value.IsEven || value.GetBitLength() is < MinimumBits or > MaximumBits)
            throw new ArgumentException($"the modulus is not odd, or not {MinimumBits} to {MaximumBits} bits long", nameof(modulus));
        return new ModulusContext(value, kind);
    }

    /// <summary>Whether a number has the right length and lies between 1 and the modulus less one.</summary>
    /// <remarks>The time tells the answer and nothing more.</remarks>
    public bool Contains(ReadOnlySpan<byte> value)
    {
        if (value.Length != ByteLength)
            return false;

        // A borrow chain over all bytes, so that a secret candidate shows only on which side it fell.
        int borrow = 0, any = 0;
        for (var i = value.Length - 1; i >= 0; i--)
        {
            any |= value[i];
            borrow = (value[i] - _modulus[i] - borrow) >> 31 & 1;
        }

        return any != 0 & borrow != 0;
    }

    /// <summary>Computes base_i^exponent.</summary>
    public void Raise(ReadOnlySpan<byte> bases, PublicExponent exponent, Span<byte> results) =>
        Compute(bases, exponent, [], [], results);

    /// <summary>Computes base_i^exponent * common^c_i; all c_i have the same width.</summary>
    public void RaiseWithCommon(
        ReadOnlySpan<byte> bases, PublicExponent exponent, ReadOnlySpan<byte> common, ReadOnlySpan<byte> commonExponents, Span<byte> results) =>
        Compute(bases, exponent, common, commonExponents, results);

    /// <summary>Computes factor_i * common^c_i; all c_i have the same width.</summary>
    public void MultiplyByPowers(
        ReadOnlySpan<byte> factors, ReadOnlySpan<byte> common, ReadOnlySpan<byte> commonExponents, Span<byte> results) =>
        Compute(factors, PublicExponent.One, common, commonExponents, results);

    /// <summary>
    /// Inverts a secret root of a public power: root^-1 = root^(e-1) * power^-1. Only the public power goes through an
    /// inversion. False, and nothing written, unless root^exponent is the power and the power has an inverse.
    /// </summary>
    public bool TryInvertRoot(ReadOnlySpan<byte> root, PublicExponent exponent, ReadOnlySpan<byte> power, Span<byte> inverse)
    {
        RequireExponent(exponent, minimum: 3);
        RequireNumbers(root, 1);
        RequireNumbers(power, 1);
        RequireNumbers(inverse, 1);

        Span<byte> memory = stackalloc byte[3 * ByteLength];
        var powerInverse = memory[..ByteLength];
        var raised = memory.Slice(ByteLength, ByteLength);
        var rootInverse = memory[^ByteLength..];
        if (!_inverse.TryInvert(power, powerInverse))
            return false;

        using var chain = new PowerChain(_multiplier);
        chain.Load(root, exponent);
        chain.FinishBelow(exponent, powerInverse, rootInverse, raised);
        var holds = CryptographicOperations.FixedTimeEquals(raised, power);
        if (holds)
            rootInverse.CopyTo(inverse);
        CryptographicOperations.ZeroMemory(memory);
        return holds;
    }

    private void Compute(
        ReadOnlySpan<byte> bases, PublicExponent exponent, ReadOnlySpan<byte> common, ReadOnlySpan<byte> commonExponents, Span<byte> results)
    {
        var count = bases.Length / ByteLength;
        RequireExponent(exponent, commonExponents.IsEmpty ? 3 : 1);
        RequireNumbers(bases, count);
        RequireNumbers(results, count);
        if (count == 0)
            return;

        var width = commonExponents.Length / count;
        if (commonExponents.Length != width * count || common.Length != (width == 0 ? 0 : ByteLength))
            throw new ArgumentException("one exponent for each base, all of one width, and one common base", nameof(commonExponents));

        using var chain = new PowerChain(_multiplier);
        if (width > 0)
            chain.Prepare(common);

        for (var done = 0; done < count; done += _multiplier.Lanes)
        {
            var lanes = Math.Min(_multiplier.Lanes, count - done);
            chain.Load(bases.Slice(done * ByteLength, lanes * ByteLength), exponent);
            chain.Finish(
                exponent, commonExponents.Slice(done * width, lanes * width), width, results.Slice(done * ByteLength, lanes * ByteLength));
        }
    }

    private static void RequireExponent(PublicExponent exponent, int minimum)
    {
        if (!exponent.IsOdd || (minimum > 1 && exponent.BitLength < 2))
            throw new ArgumentException($"the exponent is not odd, or below {minimum}", nameof(exponent));
    }

    private void RequireNumbers(ReadOnlySpan<byte> values, int count)
    {
        if (values.Length != count * ByteLength)
            throw new ArgumentException($"a number modulo n takes {ByteLength} bytes", nameof(values));
    }
}
