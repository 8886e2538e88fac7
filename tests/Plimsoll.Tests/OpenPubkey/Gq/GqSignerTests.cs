using System.Security.Cryptography;
using Plimsoll.OpenPubkey.Gq;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Arithmetic;
using Plimsoll.Tests.Primitives.Arithmetic;

namespace Plimsoll.Tests.OpenPubkey.Gq;

public sealed class GqSignerTests
{
    private static readonly byte[] Identity = "eyJhbGciOiJSUzI1NiJ9.e30"u8.ToArray();
    private static readonly byte[] Message = "eyJhbGciOiJHUTI1NiJ9.e30"u8.ToArray();

    [Theory]
    [InlineData("gq-1024-f4")]
    [InlineData("gq-2048-f4")]
    [InlineData("gq-2048-e17")]
    [InlineData("gq-2048-e3")]
    [InlineData("gq-2050-f4")]
    [InlineData("gq-3072-f4-open")]
    public void What_the_signer_makes_the_verifier_accepts_with_every_pair_of_multipliers(string id)
    {
        var vector = GqVector.Named(id);
        foreach (var kind in Kinds.Supported)
        {
            var signed = GqSigner.Sign(vector.Key(kind), vector.Signature, vector.Identity, vector.Message, RandomNumberGenerator.Fill);

            Assert.True(signed.Succeeded(out var proof, out var failure), failure?.What);
            foreach (var other in Kinds.Supported)
                Assert.True(GqProof.Verify(vector.Key(other), vector.Identity, vector.Message, proof), $"{kind} {other}");
        }
    }

    [Fact]
    public void A_4096_bit_key_signs_and_verifies()
    {
        using var rsa = RSA.Create(4096);
        var key = Key(rsa);
        var signature = rsa.SignData(Identity, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        var signed = GqSigner.Sign(key, signature, Identity, Message, RandomNumberGenerator.Fill);

        Assert.True(signed.Succeeded(out var proof, out var failure), failure?.What);
        Assert.Equal(8224, proof.Length);
        Assert.True(GqProof.Verify(key, Identity, Message, proof));
    }

    [Fact]
    public void Two_proofs_of_the_same_signature_share_no_number()
    {
        var vector = GqVector.Named("gq-2048-f4");
        var key = vector.Key(ModulusContext.BestKind);

        Assert.True(GqSigner.Sign(key, vector.Signature, vector.Identity, vector.Message, RandomNumberGenerator.Fill).Succeeded(out var first, out _));
        Assert.True(GqSigner.Sign(key, vector.Signature, vector.Identity, vector.Message, RandomNumberGenerator.Fill).Succeeded(out var second, out _));

        var numbers = first.Skip(key.ChallengesBytes).Chunk(key.ByteLength).Concat(second.Skip(key.ChallengesBytes).Chunk(key.ByteLength));
        Assert.Equal(2 * key.Rounds, numbers.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public void The_proof_does_not_show_the_signature()
    {
        var vector = GqVector.Named("gq-2048-f4");

        Assert.True(GqSigner.Sign(vector.Key(ModulusContext.BestKind), vector.Signature, vector.Identity, vector.Message, RandomNumberGenerator.Fill)
            .Succeeded(out var proof, out _));

        Assert.Equal(-1, proof.AsSpan().IndexOf(vector.Signature.AsSpan(0, 16)));
    }

    [Fact]
    public void A_signature_over_something_else_is_refused_before_anything_is_proved()
    {
        using var rsa = RSA.Create(2048);
        var other = rsa.SignData("another identity"u8, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var pss = rsa.SignData(Identity, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
        foreach (var signature in new[] { other, pss })
            Refuses("gq.signature", GqSigner.Sign(Key(rsa), signature, Identity, Message, RandomNumberGenerator.Fill));
    }

    [Fact]
    public void A_signature_out_of_range_or_of_the_wrong_length_is_refused()
    {
        using var rsa = RSA.Create(2048);
        var key = Key(rsa);
        foreach (var signature in new[] { [], new byte[256], new byte[255], new byte[257], key.Modulus.ToArray() })
            Refuses("gq.signature", GqSigner.Sign(key, signature, Identity, Message, RandomNumberGenerator.Fill));
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0xff)]
    public void A_random_source_that_is_stuck_ends_in_a_refusal_and_not_in_a_loop(byte stuck)
    {
        var vector = GqVector.Named("gq-2048-f4");
        Refuses("gq.random", GqSigner.Sign(
            vector.Key(ModulusContext.BestKind), vector.Signature, vector.Identity, vector.Message, destination => destination.Fill(stuck)));
    }

    [Fact]
    public void Random_numbers_out_of_range_are_drawn_again()
    {
        // The third and the last are out of range, and so is what is drawn first in place of the third.
        var vector = GqVector.Named("gq-2048-f4-open");
        var numbers = vector.OpenNumbers("r").Chunk(256).ToArray();
        var random = new Recorded(
            [.. numbers[..2].SelectMany(n => n), .. vector.Modulus, .. numbers[3..15].SelectMany(n => n), .. new byte[256],
            .. Enumerable.Repeat((byte)0xff, 256), .. numbers[2], .. numbers[15]]);

        Assert.True(GqSigner.Sign(vector.Key(ModulusContext.BestKind), vector.Signature, vector.Identity, vector.Message, random.Fill)
            .Succeeded(out var proof, out _));

        Assert.Equal(vector.Proof, proof);
    }

    private static GqModulus Key(RSA rsa)
    {
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        Assert.True(GqModulus.Create(parameters.Modulus, parameters.Exponent).Succeeded(out var key, out var failure), failure?.What);
        return key;
    }

    private static void Refuses(string code, Result<byte[]> result)
    {
        Assert.False(result.Succeeded(out _, out var failure));
        Assert.Equal(code, failure.Code);
    }
}
