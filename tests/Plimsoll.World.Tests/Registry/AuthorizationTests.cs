using Plimsoll.Client.Registry;
using Plimsoll.Oci;

namespace Plimsoll.World.Tests.Registry;

public sealed class AuthorizationTests
{
    private static readonly Descriptor Blob = Descriptor.Describe("application/octet-stream", "wanted"u8);

    private static CancellationToken Cancellation => RegistryFixture.Cancellation;

    [Fact]
    public async Task A_token_is_fetched_once_for_all_who_need_it()
    {
        await using var registry = await TokenRegistry.Start();
        using var client = new RegistryClient(RegistryFixture.Quick, TimeProvider.System);
        var repository = client.Repository($"{registry.Host}/demo/app");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => repository.GetBlob(Blob, 100, Cancellation).ShouldSucceed()));
        await repository.GetBlob(Blob, 100, Cancellation).ShouldSucceed();

        Assert.Single(registry.Tokens);
        Assert.Contains("scope=repository%3Ademo%2Fapp%3Apull", registry.Tokens.Single().Query);
        Assert.Contains("service=test", registry.Tokens.Single().Query);
    }

    [Fact]
    public async Task A_known_registry_is_not_made_to_ask_again()
    {
        await using var registry = await TokenRegistry.Start();
        using var client = new RegistryClient(RegistryFixture.Quick, TimeProvider.System);
        await client.Repository($"{registry.Host}/demo/app").GetBlob(Blob, 100, Cancellation).ShouldSucceed();
        registry.Server.Seen.Clear();

        await client.Repository($"{registry.Host}/demo/other").GetBlob(Blob, 100, Cancellation).ShouldSucceed();

        Assert.Equal(["/token", $"/v2/demo/other/blobs/{Blob.Digest}"], registry.Server.Seen.Select(request => request.Path));
    }

    [Fact]
    public async Task A_token_is_replaced_before_it_ends()
    {
        var time = new TestTime();
        await using var registry = await TokenRegistry.Start();
        using var client = new RegistryClient(RegistryFixture.Quick, time);
        var repository = client.Repository($"{registry.Host}/demo/app");
        await repository.GetBlob(Blob, 100, Cancellation).ShouldSucceed();

        time.Advance(TimeSpan.FromSeconds(200));
        await repository.GetBlob(Blob, 100, Cancellation).ShouldSucceed();
        Assert.Single(registry.Tokens);
        time.Advance(TimeSpan.FromSeconds(99));
        await repository.GetBlob(Blob, 100, Cancellation).ShouldSucceed();

        Assert.Equal(2, registry.Tokens.Count());
    }

    [Fact]
    public async Task A_storm_of_401s_gets_one_token_and_one_more_request()
    {
        await using var registry = await TokenRegistry.Start(acceptsTokens: false);
        using var client = new RegistryClient(RegistryFixture.Quick, TimeProvider.System);

        (await client.Repository($"{registry.Host}/demo/app").GetBlob(Blob, 100, Cancellation)).ShouldFailWith("registry.denied");

        Assert.Equal(3, registry.Server.Seen.Count);
    }

    [Fact]
    public async Task A_registry_that_refuses_a_password_is_not_shown_it_twice()
    {
        await using var registry = await ScriptedServer.Start(context => context.Status(401, ("WWW-Authenticate", "Basic realm=\"r\"")));
        using var client = Client(new Credential.Basic("user", "secret"));

        (await client.Repository($"{registry.Host}/demo/app").GetBlob(Blob, 100, Cancellation)).ShouldFailWith("registry.denied");

        Assert.Single(registry.Seen, request => request.Authorization.Length > 0);
    }

    [Fact]
    public async Task An_anonymous_client_is_told_that_credentials_are_wanted()
    {
        await using var registry = await ScriptedServer.Start(context => context.Status(401, ("WWW-Authenticate", "Basic realm=\"r\"")));
        using var client = Client(new Credential.Anonymous());

        (await client.Repository($"{registry.Host}/demo/app").GetBlob(Blob, 100, Cancellation)).ShouldFailWith("registry.denied");
    }

    [Fact]
    public async Task Credentials_that_only_a_helper_has_are_named_in_the_refusal()
    {
        await using var registry = await ScriptedServer.Start(context => context.Status(401, ("WWW-Authenticate", "Basic realm=\"r\"")));
        using var client = Client(new Credential.Helper("desktop"));

        var failure = (await client.Repository($"{registry.Host}/demo/app").GetBlob(Blob, 100, Cancellation)).ShouldFailWith("registry.credential-helper");

        Assert.Contains("docker-credential-desktop", failure.What);
    }

    [Fact]
    public async Task Public_content_is_fetched_anonymously_though_a_helper_is_configured()
    {
        await using var registry = await TokenRegistry.Start();
        using var client = Client(new Credential.Helper("desktop"));

        await client.Repository($"{registry.Host}/demo/app").GetBlob(Blob, 100, Cancellation).ShouldSucceed();
    }

    [Theory]
    [InlineData("http://tokens.example.com/token")]
    [InlineData("http://user:password@127.0.0.1/token")]
    [InlineData("not an address")]
    [InlineData("")]
    public async Task A_token_server_without_tls_is_not_asked(string realm)
    {
        await using var registry = await ScriptedServer.Start(context => context.Status(401, ("WWW-Authenticate", $"Bearer realm=\"{realm}\"")));
        using var client = Client(new Credential.Anonymous());

        (await client.Repository($"{registry.Host}/demo/app").GetBlob(Blob, 100, Cancellation)).ShouldFailWith("registry.realm");
    }

    [Fact]
    public async Task Credentials_do_not_go_to_another_host_that_was_named_over_plain_http()
    {
        await using var elsewhere = await ScriptedServer.Start(context => context.Text("""{"token":"abc"}"""));
        await using var registry = await ScriptedServer.Start(context => context.Status(
            401, ("WWW-Authenticate", $"Bearer realm=\"https://localhost:{elsewhere.Address.Port}/token\"")));
        using var client = Client(new Credential.Basic("user", "secret"));

        (await client.Repository($"{registry.Host}/demo/app").GetBlob(Blob, 100, Cancellation)).ShouldFailWith("registry.realm");

        Assert.Empty(elsewhere.Seen);
    }

    [Fact]
    public async Task Credentials_go_to_a_token_server_that_was_named_over_tls()
    {
        using var authority = new TestAuthority();
        await using var tokens = await ScriptedServer.Start(authority.Server, context => context.Text("""{"token":"abc"}"""));
        await using var registry = await ScriptedServer.Start(authority.Server, context => context.Request.Headers.Authorization == "Bearer abc"
            ? context.Text("wanted")
            : context.Status(401, ("WWW-Authenticate", $"Bearer realm=\"{tokens.Address}token\",service=\"s\"")));
        var options = authority.Trusted(registry.Host) with { Credentials = new FixedCredentials(new Credential.Basic("user", "secret")) };
        using var client = new RegistryClient(options, TimeProvider.System);

        await client.Repository($"{registry.Host}/demo/app").GetBlob(Blob, 100, Cancellation).ShouldSucceed();

        Assert.StartsWith("Basic ", Assert.Single(tokens.Seen).Authorization);
    }

    [Fact]
    public async Task An_identity_token_is_exchanged_in_a_body_and_never_in_an_address()
    {
        await using var registry = await TokenRegistry.Start();
        using var client = Client(new Credential.Identity("user", "refresh-me"));

        await client.Repository($"{registry.Host}/demo/app").GetBlob(Blob, 100, Cancellation).ShouldSucceed();

        var asked = Assert.Single(registry.Tokens);
        Assert.Equal("POST", asked.Method);
        Assert.Contains("grant_type=refresh_token", asked.Body);
        Assert.Contains("refresh_token=refresh-me", asked.Body);
        Assert.DoesNotContain("refresh-me", asked.Query);
    }

    [Theory]
    [InlineData("""{"token":"a b"}""")]
    [InlineData("""{"token":"a\r\nX: y"}""")]
    [InlineData("""{"token":""}""")]
    [InlineData("""{"token":"a","token":"b"}""")]
    [InlineData("""{}""")]
    [InlineData("<html>")]
    public async Task What_is_no_token_is_refused(string answer)
    {
        await using var registry = await TokenRegistry.Start(answer);
        using var client = Client(new Credential.Anonymous());

        (await client.Repository($"{registry.Host}/demo/app").GetBlob(Blob, 100, Cancellation)).ShouldFailWith("registry.token");
    }

    [Fact]
    public async Task A_token_servers_redirect_is_not_followed()
    {
        await using var elsewhere = await ScriptedServer.Start(context => context.Text("""{"token":"abc"}"""));
        await using var registry = await ScriptedServer.Start(context => context.Request.Path == "/token"
            ? context.Status(307, ("Location", elsewhere.Address.ToString()))
            : context.Status(401, ("WWW-Authenticate", $"Bearer realm=\"http://{context.Request.Host}/token\"")));
        using var client = Client(new Credential.Basic("user", "secret"));

        (await client.Repository($"{registry.Host}/demo/app").GetBlob(Blob, 100, Cancellation)).ShouldFailWith("registry.token");

        Assert.Empty(elsewhere.Seen);
    }

    [Fact]
    public async Task A_malformed_challenge_is_refused()
    {
        await using var registry = await ScriptedServer.Start(context => context.Status(401, ("WWW-Authenticate", "Bearer realm=\"a\",realm=\"b\"")));
        using var client = Client(new Credential.Basic("user", "secret"));

        (await client.Repository($"{registry.Host}/demo/app").GetBlob(Blob, 100, Cancellation)).ShouldFailWith("registry.challenge");
    }

    [Fact]
    public async Task The_observer_sees_no_credential_and_no_token_servers_query()
    {
        var seen = new List<RegistryExchange>();
        await using var registry = await TokenRegistry.Start();
        using var client = new RegistryClient(
            RegistryFixture.Quick with { Observer = seen.Add, Credentials = new FixedCredentials(new Credential.Basic("user", "secret")) }, TimeProvider.System);

        await client.Repository($"{registry.Host}/demo/app").GetBlob(Blob, 100, Cancellation).ShouldSucceed();

        Assert.Equal([401, 200, 200], seen.Select(exchange => exchange.Status));
        Assert.Equal("/token", seen[1].Path);
        Assert.All(seen, exchange => Assert.DoesNotContain("secret", exchange.ToString()));
    }

    private static RegistryClient Client(Credential credential)
        => new(RegistryFixture.Quick with { Credentials = new FixedCredentials(credential) }, TimeProvider.System);

    /// <summary>A registry that wants bearer tokens of its own token server.</summary>
    private sealed class TokenRegistry : IAsyncDisposable
    {
        private TokenRegistry(ScriptedServer server) => Server = server;

        public ScriptedServer Server { get; }

        public string Host => Server.Host;

        public IEnumerable<SeenRequest> Tokens => Server.Seen.Where(request => request.Path == "/token");

        public static async Task<TokenRegistry> Start(string answer = """{"token":"abc.def","expires_in":300}""", bool acceptsTokens = true)
            => new(await ScriptedServer.Start(context =>
            {
                if (context.Request.Path == "/token")
                    return context.Text(answer);
                return context.Request.Headers.Authorization == "Bearer abc.def" && acceptsTokens
                    ? context.Text("wanted")
                    : context.Status(401, ("WWW-Authenticate", $"Bearer realm=\"http://{context.Request.Host}/token\",service=\"test\""));
            }));

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
