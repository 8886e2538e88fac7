using Plimsoll.Client.Registry;

namespace Plimsoll.Tests.Client.Registry;

public sealed class ChallengeTests
{
    [Fact]
    public void A_bearer_challenge_is_read()
    {
        var challenge = Assert.Single(Parse("Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",scope=\"repository:library/alpine:pull,push\""));

        Assert.Equal("bearer", challenge.Scheme);
        Assert.Equal("https://auth.docker.io/token", challenge["realm"]);
        Assert.Equal("registry.docker.io", challenge["SERVICE"]);
        Assert.Equal("repository:library/alpine:pull,push", challenge["scope"]);
        Assert.Null(challenge["error"]);
    }

    [Theory]
    [InlineData("Basic realm=\"a\", Bearer realm=\"b\", service=c", "basic", "bearer")]
    [InlineData("Basic realm=a,Bearer realm=b", "basic", "bearer")]
    [InlineData("Negotiate, Basic realm=a", "negotiate", "basic")]
    [InlineData("Negotiate YWJj==, Basic realm=a", "negotiate", "basic")]
    [InlineData(", ,Basic realm=a ,", "basic")]
    [InlineData("BASIC realm = \"a b\\\"c\"", "basic")]
    [InlineData("")]
    public void Several_challenges_are_told_apart(string header, params string[] schemes)
        => Assert.Equal(schemes, Parse(header).Select(challenge => challenge.Scheme));

    [Fact]
    public void Several_headers_are_one_list()
        => Assert.Equal(["basic", "bearer"], Parse("Basic realm=a", "Bearer realm=b").Select(challenge => challenge.Scheme));

    [Fact]
    public void A_quoted_value_is_unescaped()
        => Assert.Equal("a\"b\\c", Parse("Basic realm=\"a\\\"b\\\\c\"")[0]["realm"]);

    [Theory]
    [InlineData("Bearer realm=\"a\",realm=\"b\"")]
    [InlineData("Bearer realm=\"a\",REALM=\"b\"")]
    [InlineData("Bearer realm=\"a")]
    [InlineData("Bearer realm=\"a\\")]
    [InlineData("Bearer realm=\"a\u0001\"")]
    [InlineData("Bearer realm=\"ä\"")]
    [InlineData("Bearer realm=\"a\" service=\"b\"")]
    [InlineData("=a")]
    [InlineData("Bearer realm=a;b")]
    [InlineData("\"Bearer\"")]
    public void What_is_not_in_the_form_of_RFC_9110_is_refused(string header)
        => Challenge.Parse([header]).ShouldFailWith("registry.challenge");

    [Fact]
    public void The_bounds_hold_on_both_sides()
    {
        Parse("Basic a=" + new string('b', Challenge.MaximumLength - 8));
        Challenge.Parse(["Basic a=" + new string('b', Challenge.MaximumLength - 7)]).ShouldFailWith("registry.challenge");

        Assert.Equal(Challenge.MaximumCount, Parse(string.Join(",", Enumerable.Repeat("Basic", Challenge.MaximumCount))).Count);
        Challenge.Parse([string.Join(",", Enumerable.Repeat("Basic", Challenge.MaximumCount + 1))]).ShouldFailWith("registry.challenge");

        Parse("Basic " + string.Join(",", Enumerable.Range(0, Challenge.MaximumCount).Select(number => $"p{number}=v")));
        Challenge.Parse(["Basic " + string.Join(",", Enumerable.Range(0, Challenge.MaximumCount + 1).Select(number => $"p{number}=v"))])
            .ShouldFailWith("registry.challenge");
    }

    [Fact]
    public void Arbitrary_text_gives_challenges_or_a_failure()
    {
        var random = new Random(20261122);
        const string Alphabet = "Bearer Basic realm=\"\\,;<>a1 =\t\u0000é";
        for (var round = 0; round < 20_000; round++)
        {
            var text = new string(random.GetItems<char>(Alphabet, random.Next(40)));
            _ = Challenge.Parse([text]).Succeeded(out _, out _);
            _ = LinkHeader.Next([text], new Uri("https://registry.example/v2/")).Succeeded(out _, out _);
        }
    }

    private static IReadOnlyList<Challenge> Parse(params string[] headers) => Challenge.Parse(headers).ShouldSucceed();
}
