using System.Numerics;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Tests.Primitives.Keys;

public sealed class Ed25519KeyTests
{
    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;

    // RFC 8032 7.1, tests 1 to 3.
    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void The_vectors_of_the_RFC_hold(string seed, string publicKey, string message, string signature)
    {
        using var signing = Ed25519SigningKey.FromSeed(Convert.FromHexString(seed));
        var key = Ed25519VerificationKey.Import(Convert.FromHexString(publicKey)).ShouldSucceed();
        var bytes = Convert.FromHexString(message);

        Assert.Equal(publicKey, Convert.ToHexStringLower(signing.PublicJwk.First.Span));
        Assert.Equal(signature, Convert.ToHexStringLower(signing.Sign(bytes, EcdsaEncoding.Joined)));
        Assert.Equal(signing.KeyId, key.KeyId);
        key.Verify(bytes, Convert.FromHexString(signature)).ShouldSucceed();
        key.Verify(new byte[] { 1 }, Convert.FromHexString(signature)).ShouldFailWith("signature.invalid");
    }

    [Fact]
    public void What_OpenSSL_signed_is_accepted_and_one_flipped_bit_is_not()
    {
        var key = PublicKeys.ImportSpki(OpenSslKeys.Ed25519, EcdsaEncoding.Der).ShouldSucceed();

        Assert.Equal(SignatureAlgorithm.EdDSA, key.Algorithm);
        Assert.Equal(OpenSslKeys.Ed25519, key.SubjectPublicKeyInfo.ToArray());
        Flips.AllRefused(key, OpenSslKeys.Ed25519Signature);
    }

    [Fact]
    public void Signatures_of_other_lengths_are_refused()
    {
        var key = PublicKeys.ImportSpki(OpenSslKeys.Ed25519, EcdsaEncoding.Der).ShouldSucceed();
        var good = OpenSslKeys.Ed25519Signature;

        foreach (var signature in new byte[][] { [], good[..63], [.. good, 0], [0, .. good], new byte[64] })
            key.Verify(OpenSslKeys.Message, signature).ShouldFailWith("signature.invalid");
    }

    // RFC 8032 5.1.7: S in the range 0 <= S < L; S + L would verify as well.
    [Fact]
    public void A_signature_whose_S_was_raised_by_the_groups_order_is_refused()
    {
        var key = PublicKeys.ImportSpki(OpenSslKeys.Ed25519, EcdsaEncoding.Der).ShouldSucceed();
        var order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493");
        var raised = new BigInteger(OpenSslKeys.Ed25519Signature.AsSpan(32), isUnsigned: true) + order;
        byte[] signature = [.. OpenSslKeys.Ed25519Signature[..32], .. LittleEndian(raised)];

        key.Verify(OpenSslKeys.Message, signature).ShouldFailWith("signature.invalid");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Keys_of_other_lengths_are_refused(int length)
    {
        Ed25519VerificationKey.Import(new byte[length]).ShouldFailWith("key.malformed");
        Assert.Throws<ArgumentException>(() => Ed25519SigningKey.FromSeed(new byte[length]));
    }

    [Fact]
    public void Points_of_small_order_are_refused_for_they_sign_everything()
    {
        foreach (var point in SmallOrderPoints())
        {
            Ed25519VerificationKey.Import(point).ShouldFailWith("key.malformed");
            point[31] ^= 0x80;
            Ed25519VerificationKey.Import(point).ShouldFailWith("key.malformed");
        }
    }

    [Fact]
    public void A_second_spelling_of_a_key_is_refused()
    {
        for (var above = 0; above < 19; above++)
        {
            var spelling = LittleEndian(P + above);
            Ed25519VerificationKey.Import(spelling).ShouldFailWith("key.malformed");
            spelling[31] |= 0x80;
            Ed25519VerificationKey.Import(spelling).ShouldFailWith("key.malformed");
        }

        Ed25519VerificationKey.Import(LittleEndian(P - 3)).ShouldSucceed();
    }

    [Fact]
    public void One_key_serves_many_threads()
    {
        using var signing = Ed25519SigningKey.Create();
        var key = signing.PublicJwk.Import(SignatureAlgorithm.EdDSA).ShouldSucceed();

        var accepted = 0;
        Parallel.For(0, 200, at =>
        {
            var message = BitConverter.GetBytes(at);
            if (key.Verify(message, signing.Sign(message, EcdsaEncoding.Joined)).Succeeded(out _, out _))
                Interlocked.Increment(ref accepted);
        });

        Assert.Equal(200, accepted);
    }

    // The points (x, y) with 8(x, y) = 0, from the curve's equation: y = 0, 1, -1, and y^2 = (1 +- sqrt(1 + d)) / d of those with
    // x = +-y * sqrt(-1) or x = +-y (order 8 doubles to order 4, where y = 0, so x^2 = -y^2).
    private static IEnumerable<byte[]> SmallOrderPoints()
    {
        yield return LittleEndian(0);
        yield return LittleEndian(1);
        yield return LittleEndian(P - 1);

        // Doubled y is (y^2 + x^2) / (1 - d x^2 y^2) = 0, so x^2 = -y^2; in -x^2 + y^2 = 1 + d x^2 y^2 that is d y^4 + 2 y^2 - 1 = 0.
        var d = Mod(-121665 * Inverse(121666));
        var root = Root(Mod(1 + d)) ?? throw new InvalidOperationException("1 + d is a square");
        foreach (var square in new[] { Mod((-1 + root) * Inverse(d)), Mod((-1 - root) * Inverse(d)) })
        {
            if (Root(square) is not { } y)
                continue;
            yield return LittleEndian(y);
            yield return LittleEndian(P - y);
        }
    }

    private static BigInteger Mod(BigInteger number) => ((number % P) + P) % P;

    private static BigInteger Inverse(BigInteger number) => BigInteger.ModPow(number, P - 2, P);

    // p = 5 mod 8.
    private static BigInteger? Root(BigInteger square)
    {
        var candidate = BigInteger.ModPow(square, (P + 3) / 8, P);
        var other = Mod(candidate * BigInteger.ModPow(2, (P - 1) / 4, P));
        return Mod(candidate * candidate) == square ? candidate : Mod(other * other) == square ? other : null;
    }

    private static byte[] LittleEndian(BigInteger number)
    {
        var bytes = new byte[32];
        Assert.True(number.TryWriteBytes(bytes, out _, isUnsigned: true));
        return bytes;
    }
}
