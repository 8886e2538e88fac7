using Plimsoll.Verification.Policy;

namespace Plimsoll.Tests.Verification.Policy;

public sealed class GlobTests
{
    [Theory]
    [InlineData("docker.io/library/*", "docker.io/library/alpine", true)]
    [InlineData("docker.io/library/*", "docker.io/library/alpine/sub", false)]
    [InlineData("docker.io/library/*", "docker.io/library", false)]
    [InlineData("docker.io/**", "docker.io/library/alpine", true)]
    [InlineData("docker.io/**", "docker.io", false)]
    [InlineData("docker.io/**", "docker.io.evil/library/alpine", false)]
    [InlineData("**", "anything/at/all", true)]
    [InlineData("/admin/**", "admin/x", false)]
    [InlineData("/admin/**", "/admin/x", true)]
    [InlineData("a//**", "a/x", false)]
    [InlineData("quay.io/*/app", "quay.io/team/app", true)]
    [InlineData("quay.io/*/app", "quay.io/a/b/app", false)]
    [InlineData("refs/tags/v*.*", "refs/tags/v1.2", true)]
    [InlineData("refs/tags/v*.*", "refs/tags/v12", false)]
    [InlineData("exact", "exact", true)]
    [InlineData("exact", "Exact", false)]
    [InlineData("a*", "a", true)]
    [InlineData("*a*b*", "xxaxxbxx", true)]
    [InlineData("*a*b*", "xxbxxaxx", false)]
    public void A_pattern_fits_whole_texts_segment_by_segment(string pattern, string text, bool fits)
        => Assert.Equal(fits, Parse(pattern).Matches(text));

    [Theory]
    [InlineData("")]
    [InlineData("a**")]
    [InlineData("**/a")]
    [InlineData("a/**/b")]
    [InlineData("a/b**")]
    public void Two_stars_stand_only_as_the_last_segment(string pattern)
    {
        Assert.False(Glob.Parse(pattern).Succeeded(out _, out var failure));
        Assert.Equal("policy.pattern", failure.Code);
    }

    [Fact]
    public void A_pattern_of_many_stars_does_not_blow_up()
    {
        var glob = Parse(string.Concat(Enumerable.Repeat("a*", 200)));

        Assert.False(glob.Matches(new string('a', 20_000) + "b/"));
    }

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void A_pattern_has_at_most_512_characters(int length, bool parses)
        => Assert.Equal(parses, Glob.Parse(new string('a', length)).Succeeded(out _, out _));

    private static Glob Parse(string pattern)
        => Glob.Parse(pattern).Succeeded(out var glob, out var failure) ? glob : throw new InvalidOperationException(failure.What);
}
