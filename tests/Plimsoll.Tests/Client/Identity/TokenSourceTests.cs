using Plimsoll.Client.Identity;
using Plimsoll.Primitives;

namespace Plimsoll.Tests.Client.Identity;

public class TokenSourceTests
{
    private const string Issuer = "https://id.example";
    private const string Prefix = "OPENPUBKEY-PKTOKEN:";
    private readonly SetTime _time = new();

    private long Now => _time.Now.ToUnixTimeSeconds();

    [Fact]
    public async Task An_actions_token_is_asked_for_with_the_commitment_as_audience_and_the_bearer_token()
    {
        var transport = new FakeTransport(_ => Answer(Samples.Commitment));

        using var token = (await Request(transport)).Value();

        var asked = Assert.Single(transport.Asked);
        Assert.Equal($"https://runner.example/idtoken?api-version=2.0&audience={Samples.Commitment}", asked.RequestUri!.AbsoluteUri);
        Assert.Equal("Bearer secret", asked.Headers.Authorization!.ToString());
        Assert.Equal(Issuer, token.Issuer);
    }

    [Fact]
    public async Task An_audience_prefix_is_escaped_in_the_address()
    {
        var transport = new FakeTransport(_ => Answer("a&b=" + Samples.Commitment));

        using var token = (await Request(transport, prefix: "a&b=")).Value();

        Assert.EndsWith($"&audience=a%26b%3D{Samples.Commitment}", transport.Asked[0].RequestUri!.AbsoluteUri, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://runner.example/idtoken?a=b", "secret", "identity.address")]
    [InlineData("idtoken", "secret", "identity.address")]
    [InlineData("https://runner.example/idtoken", "sec\r\nret", "identity.address")]
    [InlineData("https://runner.example/idtoken", "sec ret", "identity.address")]
    public void Variables_that_would_give_the_bearer_token_away_are_refused(string url, string bearer, string code)
        => ActionsTokenSource.Create("test", Issuer, url, bearer, "", new FakeTransport(_ => Answer("x")).Http(), _time).RefusedWith(code);

    [Fact]
    public async Task A_token_service_that_redirects_elsewhere_gets_the_bearer_token_sent_nowhere()
    {
        var transport = new FakeTransport(_ => FakeTransport.Redirect("https://evil.example/idtoken"));

        (await Request(transport)).RefusedWith("identity.redirect");

        Assert.Single(transport.Asked);
    }

    [Fact]
    public async Task A_token_for_another_audience_is_refused()
        => (await Request(new FakeTransport(_ => Answer("https://cloud.example")))).RefusedWith("identity.token-audience");

    [Fact]
    public async Task A_token_that_is_for_others_too_is_refused()
        => (await Request(new FakeTransport(_ => Wrap($$"""{"iss":"{{Issuer}}","aud":["{{Samples.Commitment}}","x"]}""")))).RefusedWith("identity.token-audience");

    [Fact]
    public async Task A_token_of_another_issuer_is_refused()
        => (await Request(new FakeTransport(_ => Wrap($$"""{"iss":"https://evil.example","aud":"{{Samples.Commitment}}"}""")))).RefusedWith("identity.token-issuer");

    [Fact]
    public async Task An_expired_token_is_refused_and_one_that_just_expired_is_left_to_the_verifier()
    {
        var expired = new FakeTransport(_ => Answer(Samples.Commitment, Now - 61));
        var just = new FakeTransport(_ => Answer(Samples.Commitment, Now - 59));

        (await Request(expired)).RefusedWith("identity.token-expired");
        using var token = (await Request(just)).Value();
    }

    [Fact]
    public async Task A_token_that_expires_before_or_after_all_dates_is_no_exception()
    {
        (await Request(new FakeTransport(_ => Answer(Samples.Commitment, long.MinValue)))).RefusedWith("identity.token-expired");
        using var token = (await Request(new FakeTransport(_ => Answer(Samples.Commitment, long.MaxValue)))).Value();
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"value":7}""")]
    [InlineData("""{"value":"a","value":"b"}""")]
    [InlineData("""{"value":"a\u002eb.c"}""")]
    [InlineData("""{"Value":"a.b.c"}""")]
    [InlineData("<html>")]
    public async Task An_answer_of_another_form_is_refused(string answer)
        => (await Request(new FakeTransport(_ => FakeTransport.Json(answer)))).RefusedWith("identity.answer");

    [Fact]
    public async Task An_answer_without_end_is_refused()
        => (await Request(new FakeTransport(_ => FakeTransport.Json(new string(' ', 70_000))))).RefusedWith("identity.too-large");

    [Fact]
    public async Task A_refusal_never_repeats_what_the_service_said()
    {
        foreach (var answer in new[] { Wrap("""{"iss":"https://evil.example","aud":"hidden"}"""), FakeTransport.Json("""{"value":"hidden"}"""), FakeTransport.Json("hidden") })
        {
            var failure = (await Request(new FakeTransport(_ => answer))).Refused();
            Assert.DoesNotContain("c2lnbmF0dXJl", failure.ToString() + failure.Next, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", failure.ToString() + failure.Next, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_prepared_token_is_taken_from_its_variable()
    {
        var environment = Samples.Environment(("OPENPUBKEY_JWT", Prepared($"\"{Prefix}acme\"")));

        using var token = (await Variable(environment).Request(Samples.Commitment, default)).Value();

        Assert.Equal([Prefix + "acme"], token.Audiences);
    }

    [Theory]
    [InlineData("\"https://gitlab.com\"")]
    [InlineData("\"openpubkey-pktoken:acme\"")]
    [InlineData("\"x OPENPUBKEY-PKTOKEN:acme\"")]
    [InlineData("[\"OPENPUBKEY-PKTOKEN:acme\",\"https://vault.example\"]")]
    [InlineData("[\"OPENPUBKEY-PKTOKEN:acme\"]")]
    [InlineData("[]")]
    public async Task A_prepared_token_that_was_meant_for_something_else_is_refused(string audience)
    {
        var failure = (await Variable(Samples.Environment(("OPENPUBKEY_JWT", Prepared(audience)))).Request(Samples.Commitment, default)).Refused();

        Assert.Equal("identity.token-audience", failure.Code);
        Assert.Contains("id_tokens:", failure.Next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variable_that_is_not_there_is_named()
    {
        var failure = (await Variable(Samples.Environment()).Request(Samples.Commitment, default)).Refused();

        Assert.Equal("identity.gitlab-id-tokens", failure.Code);
        Assert.Contains("OPENPUBKEY_JWT", failure.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_file_is_read_anew_each_time()
    {
        var path = Path.GetTempFileName();
        try
        {
            var source = new FileTokenSource(path, Issuer, Prefix, true, _time);
            foreach (var audience in new[] { "one", "two" })
            {
                await File.WriteAllTextAsync(path, Prepared($"[\"{Prefix}{audience}\"]") + "\n");
                using var token = (await source.Request(Samples.Commitment, default)).Value();
                Assert.Equal([Prefix + audience], token.Audiences);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_list_of_one_audience_is_taken_only_where_the_providers_tokens_always_have_one()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, Prepared($"[\"{Prefix}acme\"]"));

            (await new FileTokenSource(path, Issuer, Prefix, false, _time).Request(Samples.Commitment, default)).RefusedWith("identity.token-audience");
            using var token = (await new FileTokenSource(path, Issuer, Prefix, true, _time).Request(Samples.Commitment, default)).Value();

            await File.WriteAllTextAsync(path, Prepared($"[\"{Prefix}acme\",\"https://vault.example\"]"));
            (await new FileTokenSource(path, Issuer, Prefix, true, _time).Request(Samples.Commitment, default)).RefusedWith("identity.token-audience");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_token_file_that_is_absent_a_folder_or_without_end_is_refused()
    {
        (await new FileTokenSource("/nowhere/token", Issuer, Prefix, true, _time).Request(Samples.Commitment, default)).RefusedWith("identity.token-file");
        (await new FileTokenSource("/", Issuer, Prefix, true, _time).Request(Samples.Commitment, default)).RefusedWith("identity.token-file");
        (await new FileTokenSource("/dev/zero", Issuer, Prefix, true, _time).Request(Samples.Commitment, default)).RefusedWith("identity.token");
    }

    private VariableTokenSource Variable(Func<string, string?> environment) => new(environment, "OPENPUBKEY_JWT", Issuer, Prefix, _time);

    private Task<Result<IdTokenText>> Request(FakeTransport transport, string prefix = "") => ActionsTokenSource
        .Create("test", Issuer, "https://runner.example/idtoken?api-version=2.0", "secret", prefix, transport.Http(), _time)
        .Value().Request(Samples.Commitment, default);

    private HttpResponseMessage Answer(string audience, long? expires = null)
        => Wrap($$"""{"iss":"{{Issuer}}","aud":"{{audience}}","exp":{{expires ?? Now + 300}}}""");

    private string Prepared(string audience) => Samples.Token($$"""{"iss":"{{Issuer}}","aud":{{audience}},"exp":{{Now + 300}}}""");

    private static HttpResponseMessage Wrap(string claims) => FakeTransport.Json($$"""{"value":"{{Samples.Token(claims)}}"}""");
}
