using Plimsoll.Client.Registry;

namespace Plimsoll.Tests.Client.Registry;

public sealed class LinkHeaderTests
{
    private static readonly Uri Page = new("https://registry.example/v2/app/referrers/sha256:ab?artifactType=x");

    [Theory]
    [InlineData("</v2/app/referrers/sha256:ab?last=1>; rel=\"next\"", "https://registry.example/v2/app/referrers/sha256:ab?last=1")]
    [InlineData("<https://registry.example:443/next>;rel=next", "https://registry.example/next")]
    [InlineData("<?last=1>; rel=\"next\"; title=\"a;b,c\"", "https://registry.example/v2/app/referrers/sha256:ab?last=1")]
    [InlineData("</first>; rel=\"first\", </next>; rel=\"last next\"", "https://registry.example/next")]
    [InlineData("<https://evil.example/first>; rel=\"first\", </next>; rel=\"next\"", "https://registry.example/next")]
    public void The_next_page_is_found(string header, string expected)
        => Assert.Equal(new Uri(expected), LinkHeader.Next([header], Page).ShouldSucceed());

    [Theory]
    [InlineData("")]
    [InlineData("</next>; rel=\"prev\"")]
    [InlineData("</next>")]
    public void Without_a_next_page_it_is_the_page_itself(string header)
        => Assert.Equal(Page, LinkHeader.Next(header.Length == 0 ? [] : [header], Page).ShouldSucceed());

    [Theory]
    [InlineData("<https://evil.example/v2/>; rel=\"next\"")]
    [InlineData("<http://registry.example/v2/>; rel=\"next\"")]
    [InlineData("<https://registry.example:8443/v2/>; rel=\"next\"")]
    [InlineData("<//evil.example/v2/>; rel=\"next\"")]
    [InlineData("<file:///etc/passwd>; rel=\"next\"")]
    public void A_page_of_another_origin_is_refused(string header)
        => LinkHeader.Next([header], Page).ShouldFailWith("registry.link");

    [Theory]
    [InlineData("</a>; rel=\"next\", </b>; rel=\"next\"")]
    [InlineData("/a; rel=\"next\"")]
    [InlineData("</a; rel=\"next\"")]
    [InlineData("</a>; rel")]
    [InlineData("</a>; rel=\"next")]
    [InlineData("</a>; rel=\"next\" </b>")]
    public void What_is_not_in_the_form_of_RFC_8288_is_refused(string header)
        => LinkHeader.Next([header], Page).ShouldFailWith("registry.link");

    [Fact]
    public void The_bound_holds_on_both_sides()
    {
        var fits = $"</{new string('a', LinkHeader.MaximumLength - 3)}>";
        Assert.Equal(Page, LinkHeader.Next([fits], Page).ShouldSucceed());
        LinkHeader.Next([fits + " "], Page).ShouldFailWith("registry.link");
    }
}
