using System.Security.Cryptography;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Tests.Primitives.Hashing;

public sealed class DigestTests
{
    private const string Empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Fact]
    public void A_digest_is_its_text_and_nothing_else()
    {
        var digest = Digest.Parse(Empty).ShouldSucceed();

        Assert.Equal(Empty, digest.ToString());
        Assert.Equal("sha256", digest.Algorithm);
        Assert.Equal(Empty[7..], digest.Hex);
        Assert.Equal(HashAlgorithmName.SHA256, digest.HashName);
        Assert.Equal(Digest.Sha256([]), digest);
        Assert.Equal(Digest.FromHash(SHA256.HashData([])), digest);
        Assert.False(digest.IsEmpty);
    }

    [Fact]
    public void A_SHA_512_digest_is_told_from_a_SHA_256_one()
    {
        var digest = Digest.FromHash(SHA512.HashData([]));

        Assert.Equal("sha512", digest.Algorithm);
        Assert.Equal(HashAlgorithmName.SHA512, digest.HashName);
        Assert.Equal(128, digest.Hex.Length);
        Assert.Equal(digest, Digest.Parse(digest.ToString()).ShouldSucceed());
        digest.Verify(Array.Empty<byte>()).ShouldSucceed();
        digest.Verify(new byte[1]).ShouldFailWith("digest.mismatch");
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85")]
    [InlineData("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555")]
    [InlineData("sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    [InlineData("SHA256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85g")]
    [InlineData("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85\n")]
    [InlineData("sha256:../../../../../../../../../../../../../../../../../../../../etc/")]
    [InlineData("sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("sha384:38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData(" sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void Another_spelling_or_algorithm_is_refused(string text) => Digest.Parse(text).ShouldFailWith("digest.malformed");

    [Fact]
    public void Changed_content_is_refused_with_both_digests()
    {
        var digest = Digest.Sha256("content"u8);

        Assert.Equal("content"u8.ToArray(), digest.Verify("content"u8.ToArray()).ShouldSucceed().ToArray());

        var failure = digest.Verify("Content"u8.ToArray()).ShouldFailWith("digest.mismatch");
        Assert.Equal(Refusal.Untrusted, failure.Kind);
        Assert.Contains(digest.ToString(), failure.What, StringComparison.Ordinal);
        Assert.Contains(Digest.Sha256("Content"u8).ToString(), failure.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_digest_that_was_never_assigned_matches_nothing()
    {
        var digest = default(Digest);

        Assert.True(digest.IsEmpty);
        Assert.Equal("", digest.ToString() + digest.Algorithm + digest.Hex);
        digest.Verify(Array.Empty<byte>()).ShouldFailWith("digest.mismatch");
        Digest.Parse(digest.ToString()).ShouldFailWith("digest.malformed");
        Assert.NotEqual(digest, Digest.Sha256([]));
    }

    [Fact]
    public void A_hash_of_another_length_is_a_callers_mistake() => Assert.Throws<ArgumentException>(() => Digest.FromHash(new byte[20]));
}
