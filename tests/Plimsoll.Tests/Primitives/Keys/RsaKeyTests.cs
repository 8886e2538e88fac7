using Plimsoll.Primitives.Keys;

namespace Plimsoll.Tests.Primitives.Keys;

public sealed class RsaKeyTests
{
    private static readonly byte[] F4 = [1, 0, 1];

    [Fact]
    public void What_OpenSSL_signed_is_accepted_under_its_own_padding_only()
    {
        var pkcs1 = PublicKeys.ImportSpki(OpenSslKeys.Rsa, EcdsaEncoding.Der).ShouldSucceed();
        var pss = PublicKeys.ImportSpki(OpenSslKeys.Rsa, EcdsaEncoding.Der, pss: true).ShouldSucceed();

        Assert.Equal((SignatureAlgorithm.RS256, SignatureAlgorithm.PS256), (pkcs1.Algorithm, pss.Algorithm));
        Assert.Equal(OpenSslKeys.Rsa, pkcs1.SubjectPublicKeyInfo.ToArray());
        pkcs1.Verify(OpenSslKeys.Message, OpenSslKeys.RsaPkcs1Signature).ShouldSucceed();
        pss.Verify(OpenSslKeys.Message, OpenSslKeys.RsaPssSignature).ShouldSucceed();
        pkcs1.Verify(OpenSslKeys.Message, OpenSslKeys.RsaPssSignature).ShouldFailWith("signature.invalid");
        pss.Verify(OpenSslKeys.Message, OpenSslKeys.RsaPkcs1Signature).ShouldFailWith("signature.invalid");
    }

    [Fact]
    public void One_flipped_bit_anywhere_is_refused()
    {
        Flips.AllRefused(PublicKeys.ImportSpki(OpenSslKeys.Rsa, EcdsaEncoding.Der).ShouldSucceed(), OpenSslKeys.RsaPkcs1Signature);
        Flips.AllRefused(PublicKeys.ImportSpki(OpenSslKeys.Rsa, EcdsaEncoding.Der, pss: true).ShouldSucceed(), OpenSslKeys.RsaPssSignature);
    }

    [Fact]
    public void A_signature_that_is_not_as_long_as_the_modulus_is_refused()
    {
        var key = PublicKeys.ImportSpki(OpenSslKeys.Rsa, EcdsaEncoding.Der).ShouldSucceed();
        var good = OpenSslKeys.RsaPkcs1Signature;

        foreach (var signature in new byte[][] { [], [0, .. good], [.. good, 0], good[1..], new byte[256], [.. Enumerable.Repeat((byte)0xFF, 256)] })
            key.Verify(OpenSslKeys.Message, signature).ShouldFailWith("signature.invalid");
    }

    [Theory]
    [InlineData(SignatureAlgorithm.RS256)]
    [InlineData(SignatureAlgorithm.PS256)]
    public void What_is_signed_here_is_accepted_here(SignatureAlgorithm algorithm)
    {
        using var signing = RsaSigningKey.Create(2048, algorithm);
        var message = "message"u8.ToArray();
        var key = signing.PublicJwk.Import(algorithm).ShouldSucceed();

        key.Verify(message, signing.Sign(message, EcdsaEncoding.Joined)).ShouldSucceed();
        Assert.Equal(signing.KeyId, key.KeyId);
    }

    [Theory]
    [InlineData(2040, false)]
    [InlineData(2047, false)]
    [InlineData(2048, true)]
    [InlineData(2049, true)]
    [InlineData(8192, true)]
    [InlineData(8193, false)]
    [InlineData(1024, false)]
    public void The_bounds_of_a_modulus_hold_on_both_sides(int bits, bool accepted)
    {
        var result = RsaVerificationKey.Import(Modulus(bits), F4, SignatureAlgorithm.RS256);

        if (accepted)
            result.ShouldSucceed();
        else
            result.ShouldFailWith("key.malformed");
    }

    [Theory]
    [InlineData("03", true)]
    [InlineData("05", true)]
    [InlineData("010001", true)]
    [InlineData("FFFFFFFFFFFFFFFF", true)]
    [InlineData("", false)]
    [InlineData("00", false)]
    [InlineData("01", false)]
    [InlineData("02", false)]
    [InlineData("010000", false)]
    [InlineData("00010001", false)]
    [InlineData("010000000000000001", false)]
    public void An_exponent_is_odd_at_least_three_and_bounded(string exponent, bool accepted)
    {
        var result = RsaVerificationKey.Import(Modulus(2048), Convert.FromHexString(exponent), SignatureAlgorithm.RS256);

        if (accepted)
            result.ShouldSucceed().Verify(OpenSslKeys.Message, new byte[256]).ShouldFailWith("signature.invalid");
        else
            result.ShouldFailWith("key.malformed");
    }

    [Fact]
    public void A_modulus_that_is_even_or_has_leading_zeros_is_refused()
    {
        var even = Modulus(2048);
        even[^1] ^= 1;

        RsaVerificationKey.Import(even, F4, SignatureAlgorithm.RS256).ShouldFailWith("key.malformed");
        RsaVerificationKey.Import(new byte[] { 0 }.Concat(Modulus(2048)).ToArray(), F4, SignatureAlgorithm.RS256).ShouldFailWith("key.malformed");
        RsaVerificationKey.Import(default, F4, SignatureAlgorithm.RS256).ShouldFailWith("key.malformed");
    }

    [Theory]
    [InlineData(SignatureAlgorithm.ES256)]
    [InlineData(SignatureAlgorithm.EdDSA)]
    [InlineData(SignatureAlgorithm.GQ256)]
    public void An_RSA_key_is_held_to_RSA_algorithms(SignatureAlgorithm algorithm)
        => RsaVerificationKey.Import(Modulus(2048), F4, algorithm).ShouldFailWith("key.malformed");

    [Fact]
    public void A_key_does_not_change_with_the_bytes_it_was_made_from()
    {
        var modulus = Modulus(2048);
        var key = RsaVerificationKey.Import(modulus, F4, SignatureAlgorithm.RS256).ShouldSucceed();

        modulus.AsSpan().Clear();

        Assert.Equal(Modulus(2048), key.Modulus.ToArray());
    }

    [Fact]
    public void One_key_serves_many_threads()
    {
        var key = PublicKeys.ImportSpki(OpenSslKeys.Rsa, EcdsaEncoding.Der).ShouldSucceed();

        var accepted = 0;
        Parallel.For(0, 500, at =>
        {
            var good = key.Verify(OpenSslKeys.Message, OpenSslKeys.RsaPkcs1Signature).Succeeded(out _, out _);
            var bad = key.Verify(BitConverter.GetBytes(at), OpenSslKeys.RsaPkcs1Signature).Succeeded(out _, out _);
            if (good && !bad)
                Interlocked.Increment(ref accepted);
        });

        Assert.Equal(500, accepted);
    }

    // Odd, with its highest bit set; nothing at import asks for its factors.
    private static byte[] Modulus(int bits)
    {
        var modulus = new byte[(bits + 7) / 8];
        modulus.AsSpan().Fill(0xA5);
        modulus[0] = (byte)(1 << ((bits - 1) % 8));
        return modulus;
    }
}
