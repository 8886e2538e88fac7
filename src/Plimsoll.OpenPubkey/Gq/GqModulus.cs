using System.Numerics;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Arithmetic;

namespace Plimsoll.OpenPubkey.Gq;

/// <summary>
/// An RSA public key as GQ256 uses it: the modulus with its prepared arithmetic, the exponent, and the numbers that follow
/// from them. Preparing costs more than a proof, so keep one for each key; it never changes and serves any thread.
/// </summary>
public sealed class GqModulus
{
    /// <summary>Shorter moduli are refused, unless a test asks for a published example.</summary>
    public const int LeastBits = 2048;

    /// <summary>Longer moduli are refused: proofs of them are a way to keep a verifier busy.</summary>
    public const int MostBits = ModulusContext.MaximumBits;

    /// <summary>Exponents are at most this long (FIPS 186-5 A.1.1 sets the same bound).</summary>
    public const int MostExponentBits = 256;

    /// <summary>What a forger must guess right: all rounds together have at least this many challenge bits.</summary>
    public const int SecurityBits = 256;

    private readonly byte[] _exponent;

    private GqModulus(ModulusContext numbers, byte[] exponent, int exponentBits)
    {
        Numbers = numbers;
        _exponent = exponent;

        // A challenge is worth at most the bits of e: two challenges that are equal modulo e are one.
        var bitsPerRound = exponentBits - 1;
        Rounds = (SecurityBits + bitsPerRound - 1) / bitsPerRound;
        ChallengeBytes = (bitsPerRound + 7) / 8;
    }

    /// <summary>The length of the modulus in bits.</summary>
    public int BitLength => Numbers.BitLength;

    /// <summary>The length of a number modulo n.</summary>
    public int ByteLength => Numbers.ByteLength;

    /// <summary>How many times the proof is repeated.</summary>
    public int Rounds { get; }

    /// <summary>The length of one round's challenge.</summary>
    public int ChallengeBytes { get; }

    /// <summary>The exact length of every proof under this key.</summary>
    public int ProofBytes => Rounds * (ChallengeBytes + ByteLength);

    /// <summary>The modulus, big-endian, without leading zeroes.</summary>
    public ReadOnlySpan<byte> Modulus => Numbers.Modulus;

    internal ModulusContext Numbers { get; }

    internal int ChallengesBytes => Rounds * ChallengeBytes;

    internal int NumbersBytes => Rounds * ByteLength;

    internal PublicExponent Exponent => new(_exponent);

    /// <summary>
    /// Prepares a key given by big-endian numbers, as a JSON Web Key holds them. Refused: an even modulus or one that is
    /// too short or too long, an exponent that is even, below 3 or too long.
    /// </summary>
    /// <param name="modulus">n.</param>
    /// <param name="exponent">e.</param>
    /// <param name="leastBits">A lower bound than <see cref="LeastBits"/> is for published examples only.</param>
    public static Result<GqModulus> Create(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent, int leastBits = LeastBits) =>
        Create(modulus, exponent, leastBits, ModulusContext.BestKind);

    /// <summary>Prepares a key for chosen instructions, to compare them.</summary>
    public static Result<GqModulus> Create(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent, int leastBits, MultiplierKind kind)
    {
        var numberBits = BitLengthOf(modulus);
        var least = Math.Max(leastBits, ModulusContext.MinimumBits);
        if (numberBits < least || numberBits > MostBits)
            return Refused($"the modulus has {numberBits} bits, not {least} to {MostBits}");
        if ((modulus[^1] & 1) == 0)
            return Refused("the modulus is even");

        var exponentBits = BitLengthOf(exponent);
        if (exponentBits is < 2 or > MostExponentBits || (exponent[^1] & 1) == 0)
            return Refused($"the exponent is even, below 3 or longer than {MostExponentBits} bits");
        return new GqModulus(ModulusContext.Create(modulus, kind), exponent.TrimStart((byte)0).ToArray(), exponentBits);
    }

    private static int BitLengthOf(ReadOnlySpan<byte> bigEndian)
    {
        var number = bigEndian.TrimStart((byte)0);
        return number.IsEmpty ? 0 : (8 * number.Length) - (BitOperations.LeadingZeroCount(number[0]) - 24);
    }

    private static Failure Refused(string what) => new(
        Refusal.Malformed, "gq.key", what, "GQ256 needs an RSA key of 2048 to 4096 bits with an odd exponent; ask the identity provider which key it signs with");
}
