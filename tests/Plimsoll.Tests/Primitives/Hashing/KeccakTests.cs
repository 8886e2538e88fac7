using FsCheck;
using FsCheck.Fluent;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Tests.Primitives.Hashing;

public sealed class KeccakTests
{
    // FIPS 202 example values.
    [Theory]
    [InlineData("", "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a")]
    [InlineData("abc", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "41c0dba2a9d6240849100376a8235e2c82e1b9998a999e21db32dd97496d3376")]
    public void SHA3_256_gives_the_published_values(string text, string expected)
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(text);

        Assert.Equal(expected, Convert.ToHexStringLower(Keccak.Sha3(bytes)));
        Assert.Equal(expected, Convert.ToHexStringLower(Keccak.ManagedSha3(bytes)));
    }

    [Fact]
    public void SHAKE256_gives_the_published_value()
    {
        const string Expected = "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762fd75dc4ddd8c0f200cb05019d67b592f6fc821c49479ab48640292eacb3b7c4be";
        Span<byte> output = stackalloc byte[64];

        Keccak.Shake256([], [], output);
        Assert.Equal(Expected, Convert.ToHexStringLower(output));
        Keccak.ManagedShake256([], [], output);
        Assert.Equal(Expected, Convert.ToHexStringLower(output));
    }

    [Fact]
    public void Platform_and_managed_code_agree_around_every_block_boundary()
    {
        var data = Enumerable.Range(0, 420).Select(at => (byte)(at * 31)).ToArray();
        for (var length = 0; length <= data.Length; length++)
            Assert.Equal(Keccak.Sha3(data.AsSpan(0, length)), Keccak.ManagedSha3(data.AsSpan(0, length)));
    }

    [Fact]
    public void Platform_and_managed_SHAKE_agree_wherever_the_input_is_cut_and_however_long_the_output() => Prop.ForAll<byte[], byte[], byte>((first, second, length) =>
    {
        var platform = new byte[length * 3];
        var managed = new byte[length * 3];
        var joined = new byte[length * 3];
        Keccak.Shake256(first ?? [], second ?? [], platform);
        Keccak.ManagedShake256(first ?? [], second ?? [], managed);
        Keccak.Shake256([.. first ?? [], .. second ?? []], [], joined);

        return platform.SequenceEqual(managed) && platform.SequenceEqual(joined);
    }).QuickCheckThrowOnFailure();
}
