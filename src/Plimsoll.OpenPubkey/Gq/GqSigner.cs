using System.Security.Cryptography;
using Plimsoll.Primitives;

namespace Plimsoll.OpenPubkey.Gq;

/// <summary>Fills a span with random bytes, such as <see cref="RandomNumberGenerator.Fill"/>.</summary>
public delegate void RandomSource(Span<byte> destination);

/// <summary>Turns an RSA signature into a GQ256 proof that does not show it.</summary>
public static class GqSigner
{
    // A candidate is below the modulus with a chance of at least a half.
    private const int MostDraws = 256;

    /// <summary>
    /// Proves knowledge of the signature over the identity, signing the message with the proof. The signature is checked
    /// first. The caller zeroes its own copy afterwards; nothing of it stays here.
    /// </summary>
    /// <param name="key">The key that made the signature.</param>
    /// <param name="signature">The PKCS #1 v1.5 signature with SHA-256 over the identity: secret from now on.</param>
    /// <param name="identity">The ID token's header and payload texts, joined by a dot.</param>
    /// <param name="message">The GQ header and payload texts, joined by a dot.</param>
    /// <param name="random">The source of the rounds' secrets. One that repeats itself gives the signature away.</param>
    public static Result<byte[]> Sign(
        GqModulus key, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> identity, ReadOnlySpan<byte> message, RandomSource random)
    {
        if (!key.Numbers.Contains(signature))
            return NotSigned($"the signature is not a number below the modulus in {key.ByteLength} bytes");

        Span<byte> encoded = stackalloc byte[key.ByteLength];
        GqHashing.EncodeIdentity(identity, encoded);

        // The secrets live on the stack, or in arrays that never move, so that zeroing them leaves no copy.
        Span<byte> inverse = stackalloc byte[key.ByteLength];
        var secrets = GC.AllocateUninitializedArray<byte>(key.NumbersBytes, pinned: true);
        try
        {
            if (!key.Numbers.TryInvertRoot(signature, key.Exponent, encoded, inverse))
                return NotSigned("the signature does not fit the identity and the key");
            if (!Draw(key, random, secrets))
                return NoRandom;
            return Prove(key, inverse, secrets, message);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(inverse);
            CryptographicOperations.ZeroMemory(secrets);
        }
    }

    private static byte[] Prove(GqModulus key, ReadOnlySpan<byte> inverse, ReadOnlySpan<byte> secrets, ReadOnlySpan<byte> message)
    {
        var proof = new byte[key.ProofBytes];
        var challenges = proof.AsSpan(0, key.ChallengesBytes);
        var numbers = proof.AsSpan(key.ChallengesBytes);

        // W_i = r_i^e, kept for a moment where the answers will stand.
        key.Numbers.Raise(secrets, key.Exponent, numbers);
        GqHashing.Challenge(numbers, message, challenges);

        // S_i = r_i * Q^R_i, with Q = signature^-1
        key.Numbers.MultiplyByPowers(secrets, inverse, challenges, numbers);
        return proof;
    }

    // Uniform in [1, n): candidates as long as n, all at once and those that do not fit again. How often is all that the
    // time tells.
    private static bool Draw(GqModulus key, RandomSource random, Span<byte> secrets)
    {
        var mask = (byte)(0xff >> ((8 * key.ByteLength) - key.BitLength));
        random(secrets);
        for (var start = 0; start < secrets.Length; start += key.ByteLength)
        {
            var secret = secrets.Slice(start, key.ByteLength);
            secret[0] &= mask;
            for (var draws = 1; !key.Numbers.Contains(secret); draws++)
            {
                if (draws == MostDraws)
                    return false;
                random(secret);
                secret[0] &= mask;
            }
        }

        return true;
    }

    private static Failure NotSigned(string what) => new(
        Refusal.Untrusted, "gq.signature", what, "ask the identity provider for a new ID token, and for its current keys");

    private static Failure NoRandom => new(
        Refusal.Malformed, "gq.random", $"{MostDraws} random numbers in a row were out of range", "do not sign on this machine: its random source is broken");
}
