using System.Security.Cryptography;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.OpenPubkey.Gq;

/// <summary>The two hashes of GQ256: what the key owner signed, and what the challenges come from.</summary>
internal static class GqHashing
{
    // RFC 8017 9.2 note 1: the DigestInfo of SHA-256, up to the hash itself.
    private static ReadOnlySpan<byte> DigestInfo =>
        [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

    /// <summary>Writes G, the EMSA-PKCS1-v1_5 encoding of the identity (RFC 8017 9.2): 00 01 FF .. FF 00 DigestInfo hash.</summary>
    public static void EncodeIdentity(ReadOnlySpan<byte> identity, Span<byte> encoded)
    {
        encoded.Fill(0xff);
        encoded[0] = 0;
        encoded[1] = 1;
        var tail = encoded[^(DigestInfo.Length + SHA256.HashSizeInBytes)..];
        encoded[^(tail.Length + 1)] = 0;
        DigestInfo.CopyTo(tail);
        _ = SHA256.HashData(identity, tail[DigestInfo.Length..]);
    }

    /// <summary>Writes the challenges of all rounds: SHAKE256(W || M).</summary>
    public static void Challenge(ReadOnlySpan<byte> commitments, ReadOnlySpan<byte> message, Span<byte> challenges) =>
        Keccak.Shake256(commitments, message, challenges);
}
