using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Plimsoll.Primitives.Hashing;

/// <summary>
/// SHA3-256 and SHAKE256 (FIPS 202): the platform's where it has them, else this managed Keccak, which is also what the
/// tests compare the platform's with.
/// </summary>
public static class Keccak
{
    private const int Rate = 136;
    private const byte Sha3Suffix = 0x06;
    private const byte ShakeSuffix = 0x1F;

    // FIPS 202 3.2.5: the constants of the 24 rounds.
    private static readonly ulong[] RoundConstants =
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B, 0x0000000080000001,
        0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
        0x000000000000800A, 0x800000008000000A, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    // FIPS 202 3.2.2 and 3.2.3, joined: where each lane goes and by how much it turns on the way.
    private static readonly (int Lane, int Turn)[] RhoPi =
    [
        (10, 1), (7, 3), (11, 6), (17, 10), (18, 15), (3, 21), (5, 28), (16, 36), (8, 45), (21, 55), (24, 2), (4, 14),
        (15, 27), (23, 41), (19, 56), (13, 8), (12, 25), (2, 43), (20, 62), (14, 18), (22, 39), (9, 61), (6, 20), (1, 44),
    ];

    /// <summary>SHA3-256 of <paramref name="data"/>, 32 bytes.</summary>
    public static byte[] Sha3(ReadOnlySpan<byte> data)
        => SHA3_256.IsSupported ? SHA3_256.HashData(data) : ManagedSha3(data);

    /// <summary>Fills <paramref name="output"/> with SHAKE256 of the two parts, one after the other.</summary>
    public static void Shake256(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> output)
    {
        if (!System.Security.Cryptography.Shake256.IsSupported)
        {
            ManagedShake256(first, second, output);
            return;
        }

        using var shake = new Shake256();
        shake.AppendData(first);
        shake.AppendData(second);
        shake.GetHashAndReset(output);
    }

    internal static byte[] ManagedSha3(ReadOnlySpan<byte> data)
    {
        var output = new byte[32];
        Sponge(data, [], Sha3Suffix, output);
        return output;
    }

    internal static void ManagedShake256(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> output)
        => Sponge(first, second, ShakeSuffix, output);

    private static void Sponge(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, byte suffix, Span<byte> output)
    {
        Span<ulong> state = stackalloc ulong[25];
        state.Clear();
        var position = Absorb(state, first, 0);
        position = Absorb(state, second, position);

        // FIPS 202 5.1 and 6.1: the domain's bits, then padding that ends with a one at the end of the block.
        Xor(state, position, suffix);
        Xor(state, Rate - 1, 0x80);

        Span<byte> block = stackalloc byte[Rate];
        while (!output.IsEmpty)
        {
            Permute(state);
            for (var lane = 0; lane < Rate / 8; lane++)
                BinaryPrimitives.WriteUInt64LittleEndian(block[(lane * 8)..], state[lane]);
            var length = Math.Min(Rate, output.Length);
            block[..length].CopyTo(output);
            output = output[length..];
        }
    }

    private static int Absorb(Span<ulong> state, ReadOnlySpan<byte> data, int position)
    {
        foreach (var value in data)
        {
            Xor(state, position++, value);
            if (position < Rate)
                continue;
            Permute(state);
            position = 0;
        }

        return position;
    }

    private static void Xor(Span<ulong> state, int position, byte value)
        => state[position / 8] ^= (ulong)value << (position % 8 * 8);

    private static void Permute(Span<ulong> state)
    {
        Span<ulong> column = stackalloc ulong[5];
        foreach (var constant in RoundConstants)
        {
            for (var x = 0; x < 5; x++)
                column[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
            for (var x = 0; x < 5; x++)
            {
                var mixed = column[(x + 4) % 5] ^ BitOperations.RotateLeft(column[(x + 1) % 5], 1);
                for (var y = 0; y < 25; y += 5)
                    state[x + y] ^= mixed;
            }

            var moving = state[1];
            foreach (var (lane, turn) in RhoPi)
                (state[lane], moving) = (BitOperations.RotateLeft(moving, turn), state[lane]);

            for (var y = 0; y < 25; y += 5)
            {
                state.Slice(y, 5).CopyTo(column);
                for (var x = 0; x < 5; x++)
                    state[y + x] = column[x] ^ (~column[(x + 1) % 5] & column[(x + 2) % 5]);
            }

            state[0] ^= constant;
        }
    }
}
