using System.Text;
using Plimsoll.Client.Identity;

namespace Plimsoll.Tests.Client.Identity;

public class IdTokenTextTests
{
    private static readonly string Good = Samples.Token("""{"iss":"https://id.example","aud":"me","exp":1800000000}""");

    [Fact]
    public void A_token_is_read_without_the_white_space_that_files_end_with()
    {
        using var token = IdTokenText.Parse(Encoding.ASCII.GetBytes($" {Good}\n"), "a file").Value();

        Assert.Equal(Good, Encoding.ASCII.GetString(token.Compact.Span));
        Assert.Equal("https://id.example", token.Issuer);
        Assert.Equal(["me"], token.Audiences);
        Assert.Equal(1800000000, token.Expires);
    }

    [Fact]
    public void Disposing_clears_the_bytes()
    {
        var token = IdTokenText.Parse(Encoding.ASCII.GetBytes(Good), "a file").Value();
        var bytes = token.Compact;

        token.Dispose();

        Assert.All(bytes.ToArray(), value => Assert.Equal(0, value));
        Assert.Throws<ObjectDisposedException>(() => token.Compact);
    }

    [Fact]
    public void Printing_a_token_does_not_print_it()
    {
        using var token = IdTokenText.Parse(Encoding.ASCII.GetBytes(Good), "a file").Value();

        Assert.DoesNotContain(Good.Split('.')[1], token.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("c2lnbmF0dXJl", token.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a..c")]
    [InlineData("a.b.c.d")]
    [InlineData("a.b.c.d.e.f")]
    [InlineData("a.*.c")]
    [InlineData("a.e30.c")]
    [InlineData("a.bnVsbA.c")]
    public void What_is_no_token_is_refused(string text)
        => IdTokenText.Parse(Encoding.ASCII.GetBytes(text), "a file").RefusedWith("identity.token");

    [Theory]
    [InlineData("""{"iss":"https://id.example","iss":"https://evil.example"}""")]
    [InlineData("""{"iss":7}""")]
    [InlineData("""{"iss":""}""")]
    [InlineData("""{"iss":"https://id.example","aud":["a",1]}""")]
    [InlineData("""{"iss":"https://id.example","exp":"soon"}""")]
    public void A_payload_with_two_meanings_is_refused(string claims)
        => IdTokenText.Parse(Encoding.ASCII.GetBytes(Samples.Token(claims)), "a file").RefusedWith("identity.token");

    [Fact]
    public void A_giant_token_is_refused_and_the_largest_is_not()
    {
        var head = Samples.Token("""{"iss":"https://id.example"}""") + "_";
        var largest = Encoding.ASCII.GetBytes(head.PadRight(IdTokenText.MostBytes, 'A'));

        using var token = IdTokenText.Parse(largest, "a file").Value();

        Assert.Equal(IdTokenText.MostBytes, token.Compact.Length);
        IdTokenText.Parse([.. largest, (byte)'A'], "a file").RefusedWith("identity.token");
    }

    [Fact]
    public void A_refusal_does_not_repeat_the_token()
    {
        var secret = "c2VjcmV0c2VjcmV0c2VjcmV0";
        var failure = IdTokenText.Parse(Encoding.ASCII.GetBytes($"a.{secret}.c"), "a file").Refused();

        Assert.DoesNotContain("secret", failure.What + failure.Next, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(secret, failure.What + failure.Next, StringComparison.Ordinal);
    }

    [Fact]
    public void Arbitrary_bytes_give_a_token_or_a_failure_and_never_an_exception()
    {
        var random = new Random(20261122);
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = Encoding.ASCII.GetBytes(Good);
            for (var flips = random.Next(1, 6); flips > 0; flips--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (IdTokenText.Parse(bytes.AsSpan(0, random.Next(bytes.Length + 1)), "a file").Succeeded(out var token, out var failure))
                token.Dispose();
            else
                Assert.Equal("identity.token", failure.Code);
        }
    }
}
