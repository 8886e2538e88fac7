using Plimsoll.Client.Registry;
using Plimsoll.Oci;
using Plimsoll.Primitives;
using static Plimsoll.World.Tests.Registry.RegistryHelp;

namespace Plimsoll.World.Tests.Registry;

public sealed class RetryTests
{
    private static readonly Descriptor Blob = Descriptor.Describe("application/octet-stream", "wanted"u8);

    private static CancellationToken Cancellation => RegistryFixture.Cancellation;

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_busy_registry_is_asked_again(int status)
    {
        var asked = 0;
        await using var registry = await ScriptedServer.Start(context => ++asked == 1 ? context.Status(status) : context.Text("wanted"));

        await Fetch(registry.Host).ShouldSucceed();
    }

    [Fact]
    public async Task A_registry_that_stays_busy_is_left()
    {
        await using var registry = await ScriptedServer.Start(context => context.Status(503));

        (await Fetch(registry.Host)).ShouldFailWith("registry.busy");

        Assert.Equal(1 + RegistryFixture.Quick.Retries, registry.Seen.Count);
    }

    [Fact]
    public async Task The_pause_that_a_registry_asks_for_is_made()
    {
        var time = new TestTime(skipped: TimeSpan.FromSeconds(7));
        var asked = 0;
        await using var registry = await ScriptedServer.Start(context => ++asked == 1 ? context.Status(429, ("Retry-After", "7")) : context.Text("wanted"));

        await Fetch(registry.Host, time).ShouldSucceed();

        Assert.Equal(TimeSpan.FromSeconds(7), Assert.Single(time.Skipped));
    }

    [Theory]
    [InlineData("3600")]
    [InlineData("Tue, 31 Dec 2999 23:59:59 GMT")]
    public async Task A_longer_pause_than_we_wait_for_ends_the_call_at_once(string pause)
    {
        await using var registry = await ScriptedServer.Start(context => context.Status(429, ("Retry-After", pause)));

        (await Fetch(registry.Host)).ShouldFailWith("registry.busy");

        Assert.Single(registry.Seen);
    }

    [Fact]
    public async Task Where_nobody_listens_is_unreachable()
    {
        await using var registry = await ScriptedServer.Start(context => context.Text(""));
        var host = registry.Host;
        await registry.DisposeAsync();

        (await Fetch(host)).ShouldFailWith("registry.unreachable");
    }

    [Fact]
    public async Task An_upload_that_broke_off_is_not_sent_twice()
    {
        await using var registry = await ScriptedServer.Start(context => context.Request.Method switch
        {
            "HEAD" => context.Status(404),
            "POST" => context.Status(202, ("Location", "/upload?state=1")),
            _ => context.Status(500),
        });
        using var client = new RegistryClient(RegistryFixture.Quick, TimeProvider.System);

        (await client.Repository($"{registry.Host}/demo/app").PushBlob(Bytes("content"), Cancellation)).ShouldFailWith("registry.busy");

        var put = Assert.Single(registry.Seen, request => request.Method == "PUT");
        Assert.StartsWith("?state=1&digest=sha256:", put.Query);
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_refused()
    {
        using var authority = new TestAuthority();
        await using var registry = await ScriptedServer.Start(authority.Server, context => context.Text("wanted"));

        (await Fetch(registry.Host, options: RegistryFixture.Quick with { LoopbackTls = [registry.Host] })).ShouldFailWith("registry.tls");
        Assert.Empty(registry.Seen);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_though_its_authority_is_trusted()
    {
        using var authority = new TestAuthority("registry.example");
        await using var registry = await ScriptedServer.Start(authority.Server, context => context.Text("wanted"));

        (await Fetch(registry.Host, options: authority.Trusted(registry.Host))).ShouldFailWith("registry.tls");
    }

    [Fact]
    public async Task An_authority_is_trusted_by_a_file_or_by_Dockers_folder()
    {
        using var authority = new TestAuthority();
        await using var registry = await ScriptedServer.Start(authority.Server, context => context.Text("wanted"));

        await Fetch(registry.Host, options: authority.Trusted(registry.Host)).ShouldSucceed();
        await Fetch(registry.Host, options: authority.TrustedByFolder(registry.Host)).ShouldSucceed();
    }

    [Fact]
    public async Task A_file_of_authorities_that_is_not_there_is_a_failure()
    {
        await using var registry = await ScriptedServer.Start(context => context.Text("wanted"));

        (await Fetch(registry.Host, options: RegistryFixture.Quick with { CertificateAuthorities = "/nonexistent/ca.pem" })).ShouldFailWith("registry.authorities");
    }

    private static async Task<Result<ReadOnlyMemory<byte>>> Fetch(string host, TimeProvider? time = null, RegistryOptions? options = null)
    {
        using var client = new RegistryClient(options ?? RegistryFixture.Quick, time ?? TimeProvider.System);
        return await client.Repository($"{host}/demo/app").GetBlob(Blob, 100, Cancellation);
    }
}
