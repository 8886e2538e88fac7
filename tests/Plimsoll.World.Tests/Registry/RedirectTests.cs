using Microsoft.AspNetCore.Http;
using Plimsoll.Client.Registry;
using Plimsoll.Oci;
using Plimsoll.Primitives;
using static Plimsoll.World.Tests.Registry.RegistryHelp;

namespace Plimsoll.World.Tests.Registry;

public sealed class RedirectTests
{
    private static readonly Descriptor Blob = Descriptor.Describe("application/octet-stream", "wanted"u8);
    private static readonly RegistryOptions WithPassword = RegistryFixture.Quick with { Credentials = new FixedCredentials(new Credential.Basic("user", "secret")) };

    private static CancellationToken Cancellation => RegistryFixture.Cancellation;

    [Fact]
    public async Task A_blob_on_another_host_is_fetched_without_the_credentials()
    {
        await using var storage = await ScriptedServer.Start(context => context.Text("wanted"));
        await using var registry = await ScriptedServer.Start(context => WithPasswordOnly(
            context, authorized => authorized.Status(307, ("Location", $"{storage.Address}blob?signature=abc"))));

        var bytes = await Fetch(registry, WithPassword).ShouldSucceed();

        Assert.Equal("wanted"u8.ToArray(), bytes.ToArray());
        Assert.Contains(registry.Seen, request => request.Authorization.StartsWith("Basic", StringComparison.Ordinal));
        Assert.Equal("", Assert.Single(storage.Seen).Authorization);
    }

    [Fact]
    public async Task A_redirect_back_to_the_registry_carries_no_credentials_either()
    {
        ScriptedServer? registry = null;
        await using var storage = await ScriptedServer.Start(context => context.Status(307, ("Location", $"{registry!.Address}v2/admin/delete")));
        await using (registry = await ScriptedServer.Start(context => context.Request.Path == "/v2/admin/delete"
            ? context.Text("wanted")
            : WithPasswordOnly(context, authorized => authorized.Status(307, ("Location", $"{storage.Address}blob")))))
        {
            await Fetch(registry, WithPassword).ShouldSucceed();

            Assert.Equal("", registry.Seen.Single(request => request.Path == "/v2/admin/delete").Authorization);
        }
    }

    [Fact]
    public async Task A_redirect_within_the_registry_keeps_the_credentials()
    {
        await using var registry = await ScriptedServer.Start(context => WithPasswordOnly(
            context, authorized => authorized.Request.Path == "/there" ? authorized.Text("wanted") : authorized.Status(307, ("Location", "/there"))));

        await Fetch(registry, WithPassword).ShouldSucceed();
    }

    [Fact]
    public async Task A_redirect_in_a_circle_is_refused()
    {
        await using var registry = await ScriptedServer.Start(context
            => context.Status(302, ("Location", context.Request.Path == "/a" ? "/b" : "/a")));

        (await Fetch(registry)).ShouldFailWith("registry.redirect");
        Assert.Equal(3, registry.Seen.Count);
    }

    [Fact]
    public async Task The_sixth_redirect_is_refused()
    {
        var hops = 0;
        await using var registry = await ScriptedServer.Start(context => context.Status(302, ("Location", $"/{++hops}")));

        (await Fetch(registry)).ShouldFailWith("registry.redirect");
        Assert.Equal(6, registry.Seen.Count);
    }

    [Fact]
    public async Task The_fifth_redirect_is_followed()
    {
        var hops = 0;
        await using var registry = await ScriptedServer.Start(context
            => ++hops > 5 ? context.Text("wanted") : context.Status(302, ("Location", $"/{hops}")));

        await Fetch(registry).ShouldSucceed();
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://127.0.0.1/")]
    [InlineData("http://user:password@127.0.0.1/")]
    [InlineData("http://example.com/blob")]
    public async Task A_redirect_to_where_we_do_not_go_is_refused(string location)
    {
        await using var registry = await ScriptedServer.Start(context => context.Status(302, ("Location", location)));

        (await Fetch(registry)).ShouldFailWith("registry.redirect");
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    public async Task A_redirect_to_a_metadata_service_is_refused(string address)
    {
        await using var registry = await ScriptedServer.Start(context => context.Status(302, ("Location", $"http://{address}/latest/meta-data")));

        (await Fetch(registry, RegistryFixture.Quick with { PlainHttp = [address] })).ShouldFailWith("registry.address");
    }

    [Fact]
    public async Task A_redirect_from_https_to_http_is_refused()
    {
        using var authority = new TestAuthority();
        await using var storage = await ScriptedServer.Start(context => context.Text("wanted"));
        await using var registry = await ScriptedServer.Start(authority.Server, context => context.Status(302, ("Location", storage.Address.ToString())));

        (await Fetch(registry, authority.Trusted(registry.Host))).ShouldFailWith("registry.redirect");
        Assert.Empty(storage.Seen);
    }

    [Fact]
    public async Task A_push_is_not_redirected()
    {
        await using var elsewhere = await ScriptedServer.Start(context => context.Status(201));
        await using var registry = await ScriptedServer.Start(context => context.Status(307, ("Location", elsewhere.Address.ToString())));
        using var client = new RegistryClient(RegistryFixture.Quick, TimeProvider.System);

        var pushed = await client.Repository($"{registry.Host}/demo/app")
            .PushManifest(DocumentWriter.Manifest(Blob, []).Bytes, Tag("1.0"), Cancellation);

        pushed.ShouldFailWith("registry.answer");
        Assert.Empty(elsewhere.Seen);
    }

    /// <summary>Answers as told, but only to those who show something.</summary>
    private static Task WithPasswordOnly(HttpContext context, Func<HttpContext, Task> answer) => context.Request.Headers.Authorization.Count == 0
        ? context.Status(401, ("WWW-Authenticate", "Basic realm=\"registry\""))
        : answer(context);

    private static async Task<Result<ReadOnlyMemory<byte>>> Fetch(ScriptedServer registry, RegistryOptions? options = null)
    {
        using var client = new RegistryClient(options ?? RegistryFixture.Quick, TimeProvider.System);
        return await client.Repository($"{registry.Host}/demo/app").GetBlob(Blob, 100, Cancellation);
    }
}
