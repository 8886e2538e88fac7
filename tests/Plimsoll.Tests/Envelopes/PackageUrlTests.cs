using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Plimsoll.Envelopes;

namespace Plimsoll.Tests.Envelopes;

public sealed class PackageUrlTests
{
    [Theory]
    [InlineData("pkg:docker/alpine@latest?platform=linux%2Famd64", "alpine", "latest", "linux/amd64", null)]
    [InlineData("pkg:docker/localhost%3A5001/library/alpine@123?platform=arm64%2Flinux", "localhost:5001/library/alpine", "123", "arm64/linux", null)]
    [InlineData("pkg:docker/localhost:5001/alpine?platform=linux/arm64", "localhost:5001/alpine", null, "linux/arm64", "pkg:docker/localhost%3A5001/alpine?platform=linux%2Farm64")]
    [InlineData("pkg:docker/docker:24.0.7-cli?platform=linux%2Famd64", "docker", "24.0.7-cli", "linux/amd64", "pkg:docker/docker@24.0.7-cli?platform=linux%2Famd64")]
    [InlineData("pkg:DOCKER/alpine", "alpine", null, null, "pkg:docker/alpine")]
    public void A_package_url_is_read_in_the_spellings_in_use(string text, string path, string? version, string? platform, string? canonical)
    {
        var purl = PackageUrl.Parse(text).ShouldSucceed();

        Assert.Equal(("docker", path, version, platform), (purl.Type, purl.Path, purl.Version, purl.Qualifier("platform")));
        Assert.Equal(canonical ?? text, purl.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("docker/alpine")]
    [InlineData("pkg:")]
    [InlineData("pkg:docker")]
    [InlineData("pkg:docker/")]
    [InlineData("pkg:/alpine")]
    [InlineData("pkg:docker//alpine")]
    [InlineData("pkg:docker/a/../alpine")]
    [InlineData("pkg:docker/a/%2E%2e/alpine")]
    [InlineData("pkg:docker/evil%2Falpine")]
    [InlineData("pkg:docker/alpine@")]
    [InlineData("pkg:docker/alpine:")]
    [InlineData("pkg:docker/alpine#usr/bin")]
    [InlineData("pkg:docker/alpine%00")]
    [InlineData("pkg:docker/alp%ff")]
    [InlineData("pkg:docker/alpine%2")]
    [InlineData("pkg:docker/alpine%zz")]
    [InlineData("pkg:docker/al pine")]
    [InlineData("pkg:docker/alpiné")]
    [InlineData("pkg:docker/alpine?")]
    [InlineData("pkg:docker/alpine?platform")]
    [InlineData("pkg:docker/alpine?platform=")]
    [InlineData("pkg:docker/alpine?=x")]
    [InlineData("pkg:docker/alpine?platform=a&platform=b")]
    [InlineData("pkg:docker/alpine?platform=a&Platform=b")]
    public void A_package_url_that_could_mislead_is_refused(string text) => PackageUrl.Parse(text).ShouldFailWith("purl.malformed");

    [Fact]
    public void Length_is_bounded_on_both_sides()
    {
        PackageUrl.Parse("pkg:docker/" + new string('a', PackageUrl.MostCharacters - 11)).ShouldSucceed();
        PackageUrl.Parse("pkg:docker/" + new string('a', PackageUrl.MostCharacters - 10)).ShouldFailWith("purl.malformed");
    }

    [Fact]
    public void Writing_and_parsing_is_identity_and_text_never_throws()
    {
        var words = Gen.Elements("a", "é", "b:c", "x y", "@", "?", "%", "&=", "#", "~");
        var made = from path in words.NonEmptyListOf() from version in words from value in words select (Path: string.Join('/', path), version, value);

        Prop.ForAll(made.ToArbitrary(), parts =>
        {
            var purl = new PackageUrl("docker", parts.Path, parts.version) { Qualifiers = ImmutableSortedDictionary<string, string>.Empty.Add("k", parts.value) };
            var read = PackageUrl.Parse(purl.ToString()).ShouldSucceed();
            return (read.Path, read.Version, read.Qualifier("k")) == (parts.Path, parts.version, parts.value) && read.ToString() == purl.ToString();
        }).QuickCheckThrowOnFailure();
        Prop.ForAll<string>(text => PackageUrl.Parse("pkg:docker/" + text).Succeeded(out _, out _) || true).QuickCheckThrowOnFailure();
    }
}
