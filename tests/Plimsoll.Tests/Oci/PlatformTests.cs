using FsCheck;
using FsCheck.Fluent;
using Plimsoll.Oci;

namespace Plimsoll.Tests.Oci;

public sealed class PlatformTests
{
    [Theory]
    [InlineData("linux/amd64", "linux/amd64")]
    [InlineData("linux/amd64/v1", "linux/amd64")]
    [InlineData("linux/amd64/v2", "linux/amd64/v2")]
    [InlineData("linux/x86_64", "linux/amd64")]
    [InlineData("linux/x86-64/v3", "linux/amd64/v3")]
    [InlineData("Linux/AMD64", "linux/amd64")]
    [InlineData("linux/arm64", "linux/arm64")]
    [InlineData("linux/arm64/v8", "linux/arm64")]
    [InlineData("linux/arm64/8", "linux/arm64")]
    [InlineData("linux/aarch64", "linux/arm64")]
    [InlineData("linux/arm64/v9", "linux/arm64/v9")]
    [InlineData("linux/arm", "linux/arm/v7")]
    [InlineData("linux/arm/7", "linux/arm/v7")]
    [InlineData("linux/armhf", "linux/arm/v7")]
    [InlineData("linux/armel", "linux/arm/v6")]
    [InlineData("linux/arm/6", "linux/arm/v6")]
    [InlineData("linux/i386", "linux/386")]
    [InlineData("linux/386", "linux/386")]
    [InlineData("macos/arm64", "darwin/arm64")]
    [InlineData("linux(5.10)/amd64", "linux/amd64")]
    [InlineData("windows(10.0.20348.1)/amd64", "windows(10.0.20348.1)/amd64")]
    [InlineData("unknown/unknown", "unknown/unknown")]
    public void A_platform_has_one_normal_form(string text, string normal)
    {
        var platform = Platform.Parse(text).ShouldSucceed();

        Assert.Equal(normal, platform.ToString());
        Assert.Equal(platform, Platform.Parse(normal).ShouldSucceed());
    }

    [Theory]
    [InlineData("")]
    [InlineData("linux")]
    [InlineData("linux/")]
    [InlineData("/amd64")]
    [InlineData("linux/amd64/")]
    [InlineData("linux/amd64/v1/x")]
    [InlineData("linux /amd64")]
    [InlineData("linux/amd64\n")]
    [InlineData("windows(/amd64")]
    [InlineData("windows()/amd64")]
    [InlineData("(1)/amd64")]
    [InlineData("linux/\u212Aamd64")]
    public void A_platform_that_is_none_is_refused(string text) => Platform.Parse(text).ShouldFailWith("oci.platform");

    [Theory]
    [InlineData("windows(10.0.20348.1)/amd64", "windows(10.0.20348.2)/amd64", true)]
    [InlineData("windows(10.0.20348.1)/amd64", "windows(10.0.17763.1)/amd64", false)]
    [InlineData("windows/amd64", "windows(10.0.17763.1)/amd64", true)]
    [InlineData("windows/amd64", "windows/arm64", false)]
    [InlineData("linux/arm/v6", "linux/arm/v7", false)]
    public void Windows_platforms_overlap_by_build(string one, string other, bool overlap)
    {
        var (left, right) = (Platform.Parse(one).ShouldSucceed(), Platform.Parse(other).ShouldSucceed());

        Assert.Equal(overlap, left.Overlaps(right));
        Assert.Equal(overlap, right.Overlaps(left));
    }

    [Fact]
    public void Normalising_twice_changes_nothing()
    {
        var words = Gen.Elements("linux", "windows", "Windows", "macos", "amd64", "x86_64", "arm", "arm64", "armhf", "i386", "v1", "v8", "8", "7", "5", "/", "/", "(1.2.3)");
        var texts = words.ListOf().Select(parts => string.Concat(parts)).ToArbitrary();

        Prop.ForAll(texts, text => !Platform.Parse(text).Succeeded(out var platform, out _)
            || Platform.Parse(platform.ToString()).ShouldSucceed() == platform).QuickCheckThrowOnFailure();
    }
}
