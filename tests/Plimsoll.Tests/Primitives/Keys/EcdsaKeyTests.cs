using Plimsoll.Primitives.Keys;

namespace Plimsoll.Tests.Primitives.Keys;

public sealed class EcdsaKeyTests
{
    public static TheoryData<string, byte[], byte[]> Keys { get; } = new()
    {
        { "P-256", OpenSslKeys.EcP256, OpenSslKeys.EcP256Signature },
        { "P-384", OpenSslKeys.EcP384, OpenSslKeys.EcP384Signature },
        { "P-521", OpenSslKeys.EcP521, OpenSslKeys.EcP521Signature },
    };

    public static TheoryData<string> Curves { get; } = ["P-256", "P-384", "P-521"];

    [Theory]
    [MemberData(nameof(Keys))]
    public void What_OpenSSL_signed_is_accepted(string curve, byte[] spki, byte[] signature)
    {
        var key = PublicKeys.ImportSpki(spki, EcdsaEncoding.Der).ShouldSucceed();

        Assert.Equal(EllipticCurve.Named(curve)!.Algorithm, key.Algorithm);
        Assert.Equal(spki, key.SubjectPublicKeyInfo.ToArray());
        Assert.Equal(OpenSslKeys.Message.ToArray(), key.Verify(OpenSslKeys.Message, signature).ShouldSucceed().Value.ToArray());
    }

    // RFC 6979 A.2.5, SHA-256 over "sample".
    [Fact]
    public void The_signature_of_the_RFC_is_accepted()
    {
        var key = EcdsaVerificationKey.Import(
            EllipticCurve.P256,
            Convert.FromHexString("60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"),
            Convert.FromHexString("7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"),
            EcdsaEncoding.Joined).ShouldSucceed();
        var signature = Convert.FromHexString(
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8");

        key.Verify("sample"u8.ToArray(), signature).ShouldSucceed();
        key.Verify("Sample"u8.ToArray(), signature).ShouldFailWith("signature.invalid");
    }

    [Theory]
    [MemberData(nameof(Curves))]
    public void Each_encoding_is_accepted_by_keys_for_it_and_refused_by_the_other(string name)
    {
        using var signing = EcdsaSigningKey.Create(EllipticCurve.Named(name)!);
        var der = PublicKeys.ImportSpki(signing.SubjectPublicKeyInfo.Span, EcdsaEncoding.Der).ShouldSucceed();
        var joined = signing.PublicJwk.Import(signing.Algorithm).ShouldSucceed();
        var message = "message"u8.ToArray();

        Assert.Equal(der.KeyId, joined.KeyId);
        Assert.Equal(signing.KeyId, der.KeyId);
        der.Verify(message, signing.Sign(message, EcdsaEncoding.Der)).ShouldSucceed();
        joined.Verify(message, signing.Sign(message, EcdsaEncoding.Joined)).ShouldSucceed();
        der.Verify(message, signing.Sign(message, EcdsaEncoding.Joined)).ShouldFailWith("signature.invalid");
        joined.Verify(message, signing.Sign(message, EcdsaEncoding.Der)).ShouldFailWith("signature.invalid");
    }

    [Fact]
    public void One_flipped_bit_anywhere_is_refused()
    {
        var key = PublicKeys.ImportSpki(OpenSslKeys.EcP256, EcdsaEncoding.Der).ShouldSucceed();

        Flips.AllRefused(key, OpenSslKeys.EcP256Signature);
        Flips.AllRefused(PublicKeys.ImportSpki(OpenSslKeys.EcP521, EcdsaEncoding.Joined).ShouldSucceed(), OpenSslKeys.EcP521Joined);
    }

    [Fact]
    public void Signatures_of_zeros_of_other_lengths_and_with_bytes_around_them_are_refused()
    {
        var der = PublicKeys.ImportSpki(OpenSslKeys.EcP256, EcdsaEncoding.Der).ShouldSucceed();
        var joined = PublicKeys.ImportSpki(OpenSslKeys.EcP521, EcdsaEncoding.Joined).ShouldSucceed();
        var good = OpenSslKeys.EcP256Signature;

        foreach (var signature in new byte[][] { [], [0], [.. good, 0], [0, .. good], good[..^1], [0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00], [0x30, 0x80, .. good[2..], 0, 0] })
            der.Verify(OpenSslKeys.Message, signature).ShouldFailWith("signature.invalid");
        foreach (var signature in new byte[][] { [], new byte[132], new byte[131], new byte[133], [.. OpenSslKeys.EcP521Joined, 0], [.. OpenSslKeys.EcP521Joined.AsSpan(0, 66), .. new byte[66]] })
            joined.Verify(OpenSslKeys.Message, signature).ShouldFailWith("signature.invalid");
    }

    [Fact]
    public void A_longer_spelling_of_a_DER_signature_is_refused()
    {
        var key = PublicKeys.ImportSpki(OpenSslKeys.EcP256, EcdsaEncoding.Der).ShouldSucceed();
        var good = OpenSslKeys.EcP256Signature;
        var longLength = new byte[] { 0x30, 0x81, good[1] }.Concat(good[2..]).ToArray();
        var paddedInteger = new byte[] { 0x30, (byte)(good[1] + 1), 0x02, (byte)(good[3] + 1), 0x00 }.Concat(good[4..]).ToArray();

        key.Verify(OpenSslKeys.Message, longLength).ShouldFailWith("signature.invalid");
        key.Verify(OpenSslKeys.Message, paddedInteger).ShouldFailWith("signature.invalid");
    }

    [Theory]
    [MemberData(nameof(Curves))]
    public void A_point_off_the_curve_is_refused(string name)
    {
        var curve = EllipticCurve.Named(name)!;
        using var signing = EcdsaSigningKey.Create(curve);
        var (x, y) = (signing.PublicJwk.First.ToArray(), signing.PublicJwk.Second.ToArray());
        EcdsaVerificationKey.Import(curve, x, y, EcdsaEncoding.Der).ShouldSucceed();

        y[^1] ^= 1;

        EcdsaVerificationKey.Import(curve, x, y, EcdsaEncoding.Der).ShouldFailWith("key.malformed");
        EcdsaVerificationKey.Import(curve, new byte[curve.FieldBytes], new byte[curve.FieldBytes], EcdsaEncoding.Der).ShouldFailWith("key.malformed");
        EcdsaVerificationKey.Import(curve, [.. Enumerable.Repeat((byte)0xFF, curve.FieldBytes)], y, EcdsaEncoding.Der).ShouldFailWith("key.malformed");
    }

    [Fact]
    public void Coordinates_of_another_length_are_refused()
    {
        using var signing = EcdsaSigningKey.Create(EllipticCurve.P256);
        var (x, y) = (signing.PublicJwk.First.ToArray(), signing.PublicJwk.Second.ToArray());

        EcdsaVerificationKey.Import(EllipticCurve.P256, [0, .. x], y, EcdsaEncoding.Der).ShouldFailWith("key.malformed");
        EcdsaVerificationKey.Import(EllipticCurve.P256, x, y.AsSpan(1), EcdsaEncoding.Der).ShouldFailWith("key.malformed");
        EcdsaVerificationKey.Import(EllipticCurve.P256, [], [], EcdsaEncoding.Der).ShouldFailWith("key.malformed");
    }

    [Fact]
    public void One_key_serves_many_threads()
    {
        using var signing = EcdsaSigningKey.Create(EllipticCurve.P256);
        var key = signing.PublicJwk.Import(SignatureAlgorithm.ES256).ShouldSucceed();

        var accepted = 0;
        Parallel.For(0, 200, at =>
        {
            var message = BitConverter.GetBytes(at);
            var signature = signing.Sign(message, EcdsaEncoding.Joined);
            if (key.Verify(message, signature).Succeeded(out _, out _) && !key.Verify(BitConverter.GetBytes(at + 1), signature).Succeeded(out _, out _))
                Interlocked.Increment(ref accepted);
        });

        Assert.Equal(200, accepted);
    }
}

internal static class Flips
{
    /// <summary>Every bit of the signature, and every bit of the message.</summary>
    public static void AllRefused(VerificationKey key, byte[] signature)
    {
        key.Verify(OpenSslKeys.Message, signature).ShouldSucceed();
        for (var bit = 0; bit < signature.Length * 8; bit++)
            key.Verify(OpenSslKeys.Message, Flipped(signature, bit)).ShouldFailWith("signature.invalid");
        for (var bit = 0; bit < OpenSslKeys.Message.Length * 8; bit++)
            key.Verify(Flipped(OpenSslKeys.Message.ToArray(), bit), signature).ShouldFailWith("signature.invalid");
    }

    public static byte[] Flipped(byte[] bytes, int bit)
    {
        var changed = (byte[])bytes.Clone();
        changed[bit / 8] ^= (byte)(1 << (bit % 8));
        return changed;
    }
}
