using System.Security.Cryptography;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Tests.Primitives.Keys;

public sealed class PublicKeysTests
{
    public static TheoryData<string, byte[]> Good { get; } = new()
    {
        { "P-256", OpenSslKeys.EcP256 },
        { "P-384", OpenSslKeys.EcP384 },
        { "P-521", OpenSslKeys.EcP521 },
        { "RSA", OpenSslKeys.Rsa },
        { "Ed25519", OpenSslKeys.Ed25519 },
    };

    public static TheoryData<string, byte[]> Bad { get; } = new()
    {
        { "a compressed point", OpenSslKeys.EcP256Compressed },
        { "a curve that is spelt out", OpenSslKeys.EcP256Explicit },
        { "secp256k1", OpenSslKeys.EcSecp256k1 },
        { "1024 bits", OpenSslKeys.Rsa1024 },
        { "id-RSASSA-PSS", OpenSslKeys.RsaPssOnly },
        { "X25519", OpenSslKeys.X25519 },
        { "nothing", [] },
        { "zeros", new byte[91] },
        { "more than is looked at", new byte[PublicKeys.MostSpkiBytes + 1] },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void A_key_is_read_and_written_as_the_same_bytes(string kind, byte[] spki)
    {
        var key = PublicKeys.ImportSpki(spki, EcdsaEncoding.Der).ShouldSucceed();

        Assert.True(key.SubjectPublicKeyInfo.Span.SequenceEqual(spki), kind);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(spki)), key.KeyId);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_key_of_another_kind_or_spelling_is_refused(string what, byte[] spki)
        => Assert.NotEmpty(what + PublicKeys.ImportSpki(spki, EcdsaEncoding.Der).ShouldFailWith("key.malformed").What);

    [Theory]
    [MemberData(nameof(Good))]
    public void Bytes_after_or_missing_from_a_key_are_refused(string kind, byte[] spki)
    {
        Assert.NotEmpty(kind);
        PublicKeys.ImportSpki([.. spki, 0], EcdsaEncoding.Der).ShouldFailWith("key.malformed");
        for (var length = 0; length < spki.Length; length++)
            PublicKeys.ImportSpki(spki.AsSpan(0, length), EcdsaEncoding.Der).ShouldFailWith("key.malformed");
    }

    [Theory]
    [MemberData(nameof(Good))]
    public void A_flipped_bit_never_gives_the_same_key(string kind, byte[] spki)
    {
        var keyId = PublicKeys.ImportSpki(spki, EcdsaEncoding.Der).ShouldSucceed().KeyId;

        // Of RSA every seventh bit, so each place of a byte: an import takes its time.
        for (var bit = 0; bit < spki.Length * 8; bit += kind == "RSA" ? 7 : 1)
        {
            if (PublicKeys.ImportSpki(Flips.Flipped(spki, bit), EcdsaEncoding.Der).Succeeded(out var other, out _))
                Assert.True(other.KeyId != keyId, $"{kind}, bit {bit}");
        }
    }

    [Theory]
    [MemberData(nameof(Good))]
    public void A_PEM_block_is_read(string kind, byte[] spki)
    {
        var pem = PemEncoding.WriteString("PUBLIC KEY", spki);

        Assert.NotEmpty(kind);
        PublicKeys.ImportPem(pem, EcdsaEncoding.Der).ShouldSucceed();
        PublicKeys.ImportPem($"\n{pem}\r\n\n", EcdsaEncoding.Der).ShouldSucceed();
    }

    [Fact]
    public void Other_blocks_and_text_around_a_block_are_refused()
    {
        var pem = PemEncoding.WriteString("PUBLIC KEY", OpenSslKeys.EcP256);

        foreach (var text in new[]
        {
            "", "PUBLIC KEY", pem + pem, pem + "\n" + pem, "note\n" + pem, pem + "\nnote", pem[..^1],
            PemEncoding.WriteString("PRIVATE KEY", OpenSslKeys.EcP256),
            PemEncoding.WriteString("CERTIFICATE", OpenSslKeys.EcP256),
            PemEncoding.WriteString("PRIVATE KEY", [1]) + "\n" + pem,
            PemEncoding.WriteString("PUBLIC KEY", []),
            PemEncoding.WriteString("PUBLIC KEY", [.. OpenSslKeys.EcP256, 0]),
            pem + new string(' ', PublicKeys.MostPemCharacters),
        })
        {
            PublicKeys.ImportPem(text, EcdsaEncoding.Der).ShouldFailWith("key.malformed");
        }
    }
}
