using Plimsoll.OpenPubkey.Gq;

namespace Plimsoll.Tests.OpenPubkey.Gq;

public sealed class GqModulusTests
{
    [Fact]
    public void Leading_zeroes_of_a_key_do_not_count()
    {
        var vector = GqVector.Named("gq-2048-f4");

        Assert.True(GqModulus.Create([0, 0, .. vector.Modulus], [0, .. vector.Exponent]).Succeeded(out var key, out _));

        Assert.Equal((2048, 256, 16), (key.BitLength, key.ByteLength, key.Rounds));
        Assert.True(GqProof.Verify(key, vector.Identity, vector.Message, vector.Proof));
    }

    [Fact]
    public void A_1024_bit_key_is_refused_unless_a_published_example_asks_for_it()
    {
        var vector = GqVector.Named("gq-1024-f4");

        Refuses(vector.Modulus, vector.Exponent);
        Assert.True(GqModulus.Create(vector.Modulus, vector.Exponent, leastBits: 1024).Succeeded(out _, out _));
    }

    [Fact]
    public void A_modulus_that_is_even_empty_or_longer_than_4096_bits_is_refused()
    {
        var even = GqVector.Named("gq-2048-f4").Modulus.ToArray();
        even[^1] &= 0xfe;
        var tooLong = Enumerable.Repeat((byte)0xff, 513).ToArray();

        foreach (var modulus in new[] { even, tooLong, [], [0], new byte[256] })
            Refuses(modulus, [1, 0, 1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("01")]
    [InlineData("02")]
    [InlineData("010000")]
    [InlineData("01000000000000000000000000000000000000000000000000000000000000000001")]
    public void An_exponent_that_is_even_below_3_or_too_long_is_refused(string exponent) =>
        Refuses(GqVector.Named("gq-2048-f4").Modulus, Convert.FromHexString(exponent));

    private static void Refuses(byte[] modulus, byte[] exponent)
    {
        Assert.False(GqModulus.Create(modulus, exponent).Succeeded(out _, out var failure));
        Assert.Equal("gq.key", failure.Code);
    }
}
