using System.Buffers;
using System.Security.Cryptography;

namespace Plimsoll.OpenPubkey.Gq;

/// <summary>
/// GQ256: a proof that somebody knows the key owner's PKCS #1 v1.5 signature over the identity, without showing it, which
/// also signs a message. It is R || S: the challenges of all rounds, then the answers.
/// </summary>
public static class GqProof
{
    /// <summary>
    /// Whether this is a proof for the key, the identity and the message. Only one byte string of exactly
    /// <see cref="GqModulus.ProofBytes"/> is accepted for each choice of commitments: answers of zero, or not below the
    /// modulus, are refused.
    /// </summary>
    /// <param name="key">The key that signed the identity.</param>
    /// <param name="identity">What the hidden signature is over: the ID token's header and payload texts, joined by a dot.</param>
    /// <param name="message">What the proof signs: the GQ header and payload texts, joined by a dot.</param>
    /// <param name="proof">R || S.</param>
    public static bool Verify(GqModulus key, ReadOnlySpan<byte> identity, ReadOnlySpan<byte> message, ReadOnlySpan<byte> proof)
    {
        if (proof.Length != key.ProofBytes)
            return false;

        var challenges = proof[..key.ChallengesBytes];
        var answers = proof[key.ChallengesBytes..];
        for (var start = 0; start < answers.Length; start += key.ByteLength)
        {
            if (!key.Numbers.Contains(answers.Slice(start, key.ByteLength)))
                return false;
        }

        Span<byte> encoded = stackalloc byte[key.ByteLength];
        GqHashing.EncodeIdentity(identity, encoded);

        // W_i = S_i^e * G^R_i: the commitments, if the answers are right.
        var rented = ArrayPool<byte>.Shared.Rent(key.NumbersBytes);
        var commitments = rented.AsSpan(0, key.NumbersBytes);
        key.Numbers.RaiseWithCommon(answers, key.Exponent, encoded, challenges, commitments);

        Span<byte> expected = stackalloc byte[key.ChallengesBytes];
        GqHashing.Challenge(commitments, message, expected);
        ArrayPool<byte>.Shared.Return(rented);
        return CryptographicOperations.FixedTimeEquals(expected, challenges);
    }
}
