using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Plimsoll.OpenPubkey.Gq;
using Plimsoll.Primitives.Arithmetic;
using Plimsoll.Tests.Primitives.Arithmetic;

namespace Plimsoll.Tests.OpenPubkey.Gq;

public sealed class GqProofTests
{
    [Fact]
    public void Every_recorded_proof_gets_the_recorded_verdict_from_every_multiplier()
    {
        foreach (var kind in Kinds.Supported)
        {
            // The GQ header's own algorithm name is the token's business; the proof of that case is genuine.
            foreach (var vector in GqVector.Tokens.Where(vector => vector.Id != "gq-neg-alg"))
                Assert.True(vector.Valid == GqProof.Verify(vector.Key(kind), vector.Identity, vector.Message, vector.Proof), $"{vector.Id} {kind}");
        }
    }

    [Theory]
    [InlineData("gq-2048-f4-open")]
    [InlineData("gq-3072-f4-open")]
    public void A_signer_fed_with_the_recorded_random_numbers_makes_the_recorded_proof(string id)
    {
        var vector = GqVector.Named(id);
        foreach (var kind in Kinds.Supported)
        {
            var random = new Recorded(vector.OpenNumbers("r"));

            var signed = GqSigner.Sign(vector.Key(kind), vector.Signature, vector.Identity, vector.Message, random.Fill);

            Assert.True(signed.Succeeded(out var proof, out var failure), failure?.What);
            Assert.Equal(vector.Proof, proof);
            Assert.Equal([.. vector.OpenBytes("R"), .. vector.OpenBytes("S")], proof);
        }
    }

    [Theory]
    [InlineData("gq-2048-f4-open")]
    [InlineData("gq-3072-f4-open")]
    public void The_steps_in_between_are_the_recorded_ones(string id)
    {
        var vector = GqVector.Named(id);
        foreach (var kind in Kinds.Supported)
        {
            var key = vector.Key(kind);
            var encoded = new byte[key.ByteLength];
            var inverse = new byte[key.ByteLength];
            var commitments = new byte[key.NumbersBytes];

            GqHashing.EncodeIdentity(vector.Identity, encoded);
            Assert.True(key.Numbers.TryInvertRoot(vector.Signature, key.Exponent, encoded, inverse));
            key.Numbers.Raise(vector.OpenNumbers("r"), key.Exponent, commitments);

            Assert.Equal(vector.OpenBytes("G"), encoded);
            Assert.Equal(vector.OpenBytes("Q"), inverse);
            Assert.Equal(vector.OpenNumbers("W"), commitments);
        }
    }

    [Fact]
    public void The_example_of_ISO_14888_2_comes_out_as_printed()
    {
        var example = GqVector.Iso14888;
        byte[] Number(string name) => Convert.FromHexString(example.GetProperty(name).GetString()!);
        var message = Encoding.ASCII.GetBytes(example.GetProperty("message").GetString()!);
        var (challenge, answer) = (Number("signature")[..10], Number("signature")[10..]);
        var exponent = Number("v");

        foreach (var kind in Kinds.Supported)
        {
            var numbers = ModulusContext.Create(Number("n"), kind);
            var commitment = new byte[numbers.ByteLength];
            var response = new byte[numbers.ByteLength];
            var rebuilt = new byte[numbers.ByteLength];

            numbers.Raise(Number("r"), new PublicExponent(exponent), commitment);
#pragma warning disable CA5350 // The example is from a time when SHA-1 was good.
            var found = SHA1.HashData([.. commitment, .. message])[..10];
#pragma warning restore CA5350
            numbers.MultiplyByPowers(Number("r"), Number("Q"), challenge, response);
            numbers.RaiseWithCommon(answer, new PublicExponent(exponent), Number("G"), challenge, rebuilt);

            Assert.Equal(challenge, found);
            Assert.Equal(answer, response);
            Assert.Equal(commitment, rebuilt);
        }
    }

    [Theory]
    [InlineData("gq-2048-f4", 16, 2, 4128)]
    [InlineData("gq-3072-f4-open", 16, 2, 6176)]
    [InlineData("gq-2048-e17", 64, 1, 16448)]
    [InlineData("gq-2048-e3", 256, 1, 65792)]
    [InlineData("gq-2050-f4", 16, 2, 4144)]
    public void The_exponent_decides_rounds_and_sizes(string id, int rounds, int challengeBytes, int proofBytes)
    {
        var key = GqVector.Named(id).Key(MultiplierKind.Scalar);

        Assert.Equal((rounds, challengeBytes, proofBytes), (key.Rounds, key.ChallengeBytes, key.ProofBytes));
    }

    [Fact]
    public void A_proof_with_any_flipped_bit_is_refused()
    {
        var vector = GqVector.Named("gq-2048-f4");
        var key = vector.Key(ModulusContext.BestKind);

        for (var position = 0; position < vector.Proof.Length; position += 37)
        {
            var flipped = vector.Proof.ToArray();
            flipped[position] ^= (byte)(1 << (position % 8));
            Assert.False(GqProof.Verify(key, vector.Identity, vector.Message, flipped), $"byte {position}");
        }

        Assert.True(GqProof.Verify(key, vector.Identity, vector.Message, vector.Proof));
    }

    [Fact]
    public void A_proof_moved_to_another_message_or_identity_is_refused()
    {
        var vector = GqVector.Named("gq-2048-f4");
        var key = vector.Key(ModulusContext.BestKind);

        Assert.False(GqProof.Verify(key, vector.Identity, [.. vector.Message, (byte)'A'], vector.Proof));
        Assert.False(GqProof.Verify(key, [.. vector.Identity, (byte)'A'], vector.Message, vector.Proof));
    }

    [Fact]
    public void A_proof_in_the_format_before_0_25_is_refused()
    {
        // There the proof covered the original header, so the identity was the message as well.
        var vector = GqVector.Named("gq-2048-f4-open");
        var key = vector.Key(ModulusContext.BestKind);
        var old = GqSigner.Sign(key, vector.Signature, vector.Identity, vector.Identity, RandomNumberGenerator.Fill);

        Assert.True(old.Succeeded(out var proof, out _));
        Assert.False(GqProof.Verify(key, vector.Identity, vector.Message, proof));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(-258)]
    public void A_proof_of_another_length_is_refused(int change)
    {
        var vector = GqVector.Named("gq-2048-f4");
        var resized = vector.Proof.ToArray();
        Array.Resize(ref resized, resized.Length + change);

        Assert.False(GqProof.Verify(vector.Key(ModulusContext.BestKind), vector.Identity, vector.Message, resized));
        Assert.False(GqProof.Verify(vector.Key(ModulusContext.BestKind), vector.Identity, vector.Message, []));
    }

    [Fact]
    public void An_answer_with_the_modulus_added_is_refused_although_it_is_congruent()
    {
        // 2050 bits in 257 bytes leave room for S + n.
        var vector = GqVector.Named("gq-2050-f4");
        var key = vector.Key(ModulusContext.BestKind);
        var proof = vector.Proof.ToArray();
        var last = proof.AsSpan(proof.Length - key.ByteLength);
        var sum = new BigInteger(last, isUnsigned: true, isBigEndian: true) + new BigInteger(key.Modulus, isUnsigned: true, isBigEndian: true);
        Assert.True(sum.TryWriteBytes(last, out var written, isUnsigned: true, isBigEndian: true) && written == last.Length);

        Assert.False(GqProof.Verify(key, vector.Identity, vector.Message, proof));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    public void An_answer_of_zero_or_of_the_modulus_is_refused(int round)
    {
        var vector = GqVector.Named("gq-2048-f4");
        var key = vector.Key(ModulusContext.BestKind);
        var proof = vector.Proof.ToArray();
        var answer = proof.AsSpan(key.ChallengesBytes + (round * key.ByteLength), key.ByteLength);

        answer.Clear();
        Assert.False(GqProof.Verify(key, vector.Identity, vector.Message, proof));
        key.Modulus.CopyTo(answer);
        Assert.False(GqProof.Verify(key, vector.Identity, vector.Message, proof));
    }

    [Fact]
    public void A_forger_who_answers_zero_in_every_round_is_refused()
    {
        // With S = 0 every commitment would be zero, whatever the challenge.
        var vector = GqVector.Named("gq-2048-f4");
        var key = vector.Key(ModulusContext.BestKind);
        var proof = new byte[key.ProofBytes];
        GqHashing.Challenge(new byte[key.NumbersBytes], vector.Message, proof.AsSpan(0, key.ChallengesBytes));

        Assert.False(GqProof.Verify(key, vector.Identity, vector.Message, proof));
    }
}

/// <summary>Gives recorded numbers for random ones, in order.</summary>
internal sealed class Recorded(byte[] numbers)
{
    private int _given;

    public void Fill(Span<byte> destination)
    {
        numbers.AsSpan(_given, destination.Length).CopyTo(destination);
        _given += destination.Length;
    }
}
