using System.Text;
using Microsoft.AspNetCore.Http;
using Plimsoll.Client.Registry;
using Plimsoll.Oci;
using Plimsoll.Oci.Referrers;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;
using static Plimsoll.World.Tests.Registry.RegistryHelp;

namespace Plimsoll.World.Tests.Registry;

public sealed class MaliciousRegistryTests
{
    private static readonly Digest Wanted = Digest.Sha256("wanted"u8);
    private static readonly Descriptor Blob = Descriptor.Describe("application/octet-stream", "wanted"u8);

    private static CancellationToken Cancellation => RegistryFixture.Cancellation;

    [Fact]
    public async Task A_manifest_with_another_digest_is_refused()
    {
        await using var registry = await ScriptedServer.Start(context => context.Text("{}"));

        (await Ask(registry, repository => repository.GetManifest(Wanted, Cancellation))).ShouldFailWith("digest.mismatch");
    }

    [Fact]
    public async Task A_blob_with_another_digest_is_refused_in_memory_and_as_a_stream()
    {
        await using var registry = await ScriptedServer.Start(context => context.Text("WANTED"));
        using var copy = new MemoryStream();

        (await Ask(registry, repository => repository.GetBlob(Blob, 100, Cancellation))).ShouldFailWith("digest.mismatch");
        (await Ask(registry, repository => repository.CopyBlob(Blob, copy, Cancellation))).ShouldFailWith("digest.mismatch");
    }

    [Fact]
    public async Task A_blob_shorter_than_its_descriptor_is_refused()
    {
        await using var registry = await ScriptedServer.Start(context => context.Text("wanted"));
        var longer = Blob with { Size = 7 };
        using var copy = new MemoryStream();

        (await Ask(registry, repository => repository.GetBlob(longer, 100, Cancellation))).ShouldFailWith("oci.size-mismatch");
        (await Ask(registry, repository => repository.CopyBlob(longer, copy, Cancellation))).ShouldFailWith("oci.size-mismatch");
    }

    [Fact]
    public async Task An_endless_body_ends_at_the_bound()
    {
        await using var registry = await ScriptedServer.Start(async context =>
        {
            var zeros = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(zeros);
        });
        using var copy = new MemoryStream();

        (await Ask(registry, repository => repository.GetManifest(Wanted, Cancellation))).ShouldFailWith("registry.too-large");
        (await Ask(registry, repository => repository.GetBlob(Blob, 100, Cancellation))).ShouldFailWith("registry.too-large");
        (await Ask(registry, repository => repository.CopyBlob(Blob, copy, Cancellation))).ShouldFailWith("registry.too-large");
        Assert.Equal(0, copy.Length);
    }

    [Fact]
    public async Task A_giant_manifest_is_refused_by_its_announcement()
    {
        await using var registry = await ScriptedServer.Start(context =>
        {
            context.Response.ContentLength = 1L << 40;
            return context.Response.StartAsync();
        });

        (await Ask(registry, repository => repository.GetManifest(Wanted, Cancellation))).ShouldFailWith("registry.too-large");
    }

    [Fact]
    public async Task A_blob_whose_descriptor_is_too_large_is_not_asked_for()
    {
        await using var registry = await ScriptedServer.Start(context => context.Text("wanted"));

        (await Ask(registry, repository => repository.GetBlob(Blob with { Size = 101 }, 100, Cancellation))).ShouldFailWith("registry.too-large");

        Assert.Empty(registry.Seen);
    }

    [Fact]
    public async Task A_slow_drip_ends()
    {
        // A byte at a time, for as long as somebody listens: never silent, and nowhere near the size bound.
        await using var registry = await ScriptedServer.Start(async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync("x"u8.ToArray());
                await context.Response.Body.FlushAsync();
            }
        });
        var options = RegistryFixture.Quick with { Timeout = TimeSpan.FromMilliseconds(250), BytesPerSecond = long.MaxValue };

        (await Ask(registry, repository => repository.GetManifest(Wanted, Cancellation), options)).ShouldFailWith("registry.timeout");
    }

    [Fact]
    public async Task A_server_that_never_answers_is_left()
    {
        await using var registry = await ScriptedServer.Start(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        var options = RegistryFixture.Quick with { Timeout = TimeSpan.FromMilliseconds(250), BytesPerSecond = long.MaxValue };

        (await Ask(registry, repository => repository.GetManifest(Wanted, Cancellation), options)).ShouldFailWith("registry.timeout");
    }

    [Fact]
    public async Task Cancellation_by_the_caller_is_thrown()
    {
        using var cancel = new CancellationTokenSource();
        await using var registry = await ScriptedServer.Start(async context =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Ask(registry, repository => repository.GetManifest(Wanted, cancel.Token)));
    }

    [Fact]
    public async Task A_body_shorter_than_announced_is_tried_again_and_then_refused()
    {
        using var registry = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}");

        (await Ask(registry.Host, repository => repository.GetManifest(Wanted, Cancellation))).ShouldFailWith("registry.unreachable");

        Assert.Equal(1 + RegistryFixture.Quick.Retries, registry.Served);
    }

    [Fact]
    public async Task A_body_longer_than_announced_is_cut_and_refused()
    {
        using var registry = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nwanted");

        (await Ask(registry.Host, repository => repository.GetManifest(Wanted, Cancellation))).ShouldFailWith("digest.mismatch");
    }

    [Theory]
    [InlineData("HTTP/1.1 abc OK\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("")]
    public async Task A_server_that_speaks_no_http_is_a_failure(string answer)
    {
        using var registry = new RawServer(answer);

        (await Ask(registry.Host, repository => repository.GetManifest(Wanted, Cancellation))).ShouldFailWith("registry.unreachable");
    }

    [Fact]
    public async Task A_page_on_another_host_is_not_read()
    {
        await using var elsewhere = await ScriptedServer.Start(context => context.Text("{}"));
        await using var registry = await ScriptedServer.Start(context =>
        {
            context.Response.Headers.Link = $"<{elsewhere.Address}v2/demo/app/referrers/{Wanted}>; rel=\"next\"";
            return context.Text("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}""");
        });

        (await Ask(registry, repository => repository.ListReferrers(Wanted, null, Cancellation))).ShouldFailWith("registry.link");
        Assert.Empty(elsewhere.Seen);
    }

    [Fact]
    public async Task Pages_without_end_are_not_followed_without_end()
    {
        var page = 0;
        await using var registry = await ScriptedServer.Start(context =>
        {
            context.Response.Headers.Link = $"</v2/demo/app/referrers/{Wanted}?page={++page}>; rel=\"next\"";
            return context.Text("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}""");
        });

        await Ask(registry, repository => repository.ListReferrers(Wanted, null, Cancellation)).ShouldSucceed();

        // And the tag, once.
        Assert.Equal(65, registry.Seen.Count);
    }

    [Fact]
    public async Task Among_junk_referrers_the_good_one_is_still_found()
    {
        var good = Attach(Blob, "good").Descriptor;
        var entries = Enumerable.Range(0, 3000)
            .Select(number => Attach(Blob, $"junk {number}", "application/vnd.junk").Descriptor)
            .ToList();
        entries.Insert(700, good);
        await using var registry = await ScriptedServer.Start(context => context.Text(Encoding.UTF8.GetString(DocumentWriter.Index(entries).Bytes.Span)));

        var list = await Ask(registry, repository => repository.ListReferrers(Wanted, null, Cancellation)).ShouldSucceed();

        Assert.Equal(ReferrersList.MostListed, list.Entries.Length);
        Assert.Equal(good.Digest, list.Select([good.ArtifactType!])[0].Digest);
        Assert.True(list.Select([good.ArtifactType!, "application/vnd.junk"]).Length <= ReferrersList.MostFetched);
    }

    [Fact]
    public async Task What_was_attached_before_a_registry_had_the_API_is_still_found()
    {
        var (older, newer) = (Attach(Blob, "older").Descriptor, Attach(Blob, "newer").Descriptor);
        await using var registry = await ScriptedServer.Start(context => context.Text(ListOf(IsApi(context) ? newer : older)));

        var list = await Ask(registry, repository => repository.ListReferrers(Wanted, null, Cancellation)).ShouldSucceed();

        Assert.Equal([newer.Digest, older.Digest], list.Entries.Select(entry => entry.Digest));
    }

    [Fact]
    public async Task A_broken_list_under_the_tag_does_not_hide_what_the_API_lists()
    {
        var good = Attach(Blob, "good").Descriptor;
        await using var registry = await ScriptedServer.Start(context => context.Text(IsApi(context) ? ListOf(good) : "<html>"));

        var list = await Ask(registry, repository => repository.ListReferrers(Wanted, null, Cancellation)).ShouldSucceed();

        Assert.Equal(good.Digest, Assert.Single(list.Entries).Digest);
    }

    [Fact]
    public async Task An_API_that_fails_is_not_taken_for_one_that_is_missing()
    {
        var older = Attach(Blob, "older").Descriptor;
        await using var registry = await ScriptedServer.Start(context => IsApi(context) ? context.Status(403) : context.Text(ListOf(older)));

        (await Ask(registry, repository => repository.ListReferrers(Wanted, null, Cancellation))).ShouldFailWith("registry.denied");
    }

    [Fact]
    public async Task An_upload_to_another_host_is_not_made()
    {
        await using var elsewhere = await ScriptedServer.Start(context => context.Status(201));
        await using var registry = await ScriptedServer.Start(context => context.Request.Method == "HEAD"
            ? context.Status(404)
            : context.Status(202, ("Location", $"{elsewhere.Address}upload")));

        (await Ask(registry, repository => repository.PushBlob("secret"u8.ToArray(), Cancellation))).ShouldFailWith("registry.upload-location");
        Assert.Empty(elsewhere.Seen);
    }

    [Fact]
    public async Task A_registry_that_stores_something_else_is_found_out()
    {
        await using var registry = await ScriptedServer.Start(context => context.Status(201, ("Docker-Content-Digest", Wanted.ToString())));
        var manifest = DocumentWriter.Manifest(Blob, []);

        (await Ask(registry, repository => repository.PushManifest(manifest.Bytes, null, Cancellation))).ShouldFailWith("digest.mismatch");
    }

    [Fact]
    public async Task What_a_registry_says_about_its_refusal_cannot_write_to_the_terminal()
    {
        await using var registry = await ScriptedServer.Start(
            context => context.Text("""{"errors":[{"code":"DENIED","message":"no\u001b[2Jway\u202e"}]}""", 403));

        var failure = (await Ask(registry, repository => repository.GetManifest(Wanted, Cancellation))).ShouldFailWith("registry.denied");

        Assert.Contains("DENIED: no?[2Jway?", failure.What);
    }

    [Fact]
    public async Task A_tag_whose_digest_header_is_no_digest_is_refused()
    {
        await using var registry = await ScriptedServer.Start(context => context.Status(200, ("Docker-Content-Digest", "sha256:short")));

        (await Ask(registry, repository => repository.Resolve(Tag("1.0"), Cancellation))).ShouldFailWith("digest.malformed");
    }

    [Fact]
    public async Task A_list_of_referrers_that_is_something_else_is_refused()
    {
        await using var registry = await ScriptedServer.Start(context => context.Text("<html>", 200));

        (await Ask(registry, repository => repository.ListReferrers(Wanted, null, Cancellation))).ShouldFailWith("json.syntax");
    }

    private static bool IsApi(HttpContext context) => context.Request.Path.Value!.Contains("/referrers/", StringComparison.Ordinal);

    private static string ListOf(Descriptor entry) => Encoding.UTF8.GetString(DocumentWriter.Index([entry]).Bytes.Span);

    private static Task<Result<T>> Ask<T>(ScriptedServer server, Func<RegistryRepository, Task<Result<T>>> ask, RegistryOptions? options = null)
        where T : notnull
        => Ask(server.Host, ask, options);

    private static async Task<Result<T>> Ask<T>(string host, Func<RegistryRepository, Task<Result<T>>> ask, RegistryOptions? options = null)
        where T : notnull
    {
        using var client = new RegistryClient(options ?? RegistryFixture.Quick, TimeProvider.System);
        return await ask(client.Repository($"{host}/demo/app"));
    }
}
