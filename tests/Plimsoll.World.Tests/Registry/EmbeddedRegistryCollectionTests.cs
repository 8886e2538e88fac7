using System.Net;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Server.Registry;
using static Plimsoll.World.Tests.Registry.RegistryHelp;

namespace Plimsoll.World.Tests.Registry;

/// <summary>Removing what nothing needs, while others push.</summary>
public sealed class EmbeddedRegistryCollectionTests
{
    private static CancellationToken Cancellation => RegistryFixture.Cancellation;

    [Fact]
    public async Task What_a_manifest_mentions_stays_and_the_rest_goes()
    {
        await using var registry = await Start();
        using var http = registry.Http();
        var image = await registry.Repository("a").PushImage("layer", "t");
        var release = await registry.Repository("a").PushAttached(image.Descriptor, "release");
        var unused = await http.PushBlob("a", "nobody mentions this");
        await http.PushBlob("a", "deleted soon");
        await http.Send("DELETE", $"v2/a/blobs/{Digest.Sha256("deleted soon"u8)}");

        var report = await registry.Server.Collect(Cancellation);

        Assert.Equal((1, 2, 20L + 12L), (report.Blobs, report.Content, report.Bytes));
        Assert.Equal(HttpStatusCode.NotFound, (await http.Send("GET", $"v2/a/blobs/{unused}")).StatusCode);
        Assert.Equal("layer", await http.GetStringAsync($"v2/a/blobs/{Digest.Sha256("layer"u8)}", Cancellation));
        var list = await registry.Repository("a").ListReferrers(image.Descriptor.Digest, null, Cancellation).ShouldSucceed();
        Assert.Equal(release.Descriptor.Digest, Assert.Single(list.Entries).Digest);
        Assert.Equal((0, 0, 0L, 0, 0), await registry.Server.Collect(Cancellation) is var second ? (second.Blobs, second.Content, second.Bytes, second.Leftovers, second.Unreadable) : default);
    }

    [Fact]
    public async Task A_blob_that_another_repository_has_stays()
    {
        await using var registry = await Start();
        using var http = registry.Http();
        await registry.Repository("a").PushImage("layer", "t");
        var layer = Digest.Sha256("layer"u8);
        await http.Send("POST", $"v2/b/blobs/uploads/?mount={layer}&from=a", Array.Empty<byte>());

        await registry.Server.Collect(Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, (await http.Send("GET", $"v2/b/blobs/{layer}")).StatusCode);
        Assert.Equal("layer", await http.GetStringAsync($"v2/a/blobs/{layer}", Cancellation));
    }

    [Fact]
    public async Task A_blob_that_was_asked_for_lately_stays()
    {
        var clock = new Clock.ManualClock(DateTimeOffset.UtcNow);
        var folder = Directory.CreateTempSubdirectory("plimsoll-registry-").FullName;
        await using var server = (await RegistryServer.Open(new RegistryServerOptions(folder) { CollectEvery = TimeSpan.Zero }, clock, Cancellation)).ShouldSucceed();
        using var http = new HttpClient { BaseAddress = server.Address };
        var (asked, unasked) = (await http.PushBlob("a", "asked for"), await http.PushBlob("a", "not asked for"));

        clock.Advance(TimeSpan.FromHours(20));
        await http.Send("HEAD", $"v2/a/blobs/{asked}");
        clock.Advance(TimeSpan.FromHours(20));
        var report = await server.Collect(Cancellation);

        Assert.Equal(1, report.Blobs);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), ((await http.Send("GET", $"v2/a/blobs/{asked}")).StatusCode, (await http.Send("GET", $"v2/a/blobs/{unasked}")).StatusCode));
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_digest_that_stands_anywhere_in_a_manifest_of_any_kind_is_kept()
    {
        await using var registry = await Start();
        using var http = registry.Http();
        var blob = await http.PushBlob("a", "kept");
        var escaped = blob.ToString().Replace("sha256:", "sha256\\u003a", StringComparison.Ordinal);

        await http.PutManifest("v2/a/manifests/t", Bytes("""{"things":[{"where":{"deep":["DIGEST"]}}]}""".Replace("DIGEST", escaped, StringComparison.Ordinal)), "application/vnd.example.unknown+json");
        await registry.Server.Collect(Cancellation);

        Assert.Equal("kept", await http.GetStringAsync($"v2/a/blobs/{blob}", Cancellation));
    }

    [Fact]
    public async Task A_repository_whose_manifest_cannot_be_read_loses_nothing()
    {
        await using var registry = await Start();
        using var http = registry.Http();
        var image = await registry.Repository("a").PushImage("layer", "t");
        var unused = await http.PushBlob("a", "unused");
        File.WriteAllText(Path.Combine(registry.Folder, "content", "sha256", image.Descriptor.Digest.Hex), "damaged");

        var report = await registry.Server.Collect(Cancellation);

        Assert.Equal((0, 1), (report.Blobs, report.Unreadable));
        Assert.Equal("unused", await http.GetStringAsync($"v2/a/blobs/{unused}", Cancellation));
    }

    [Fact]
    public async Task What_crashes_left_is_removed()
    {
        await using var registry = await Start();
        var image = await registry.Repository("a").PushImage("layer", "t");
        var release = await registry.Repository("a").PushAttached(image.Descriptor, "release");
        string[] left =
        [
            Path.Combine(registry.Folder, "health~0123"),
            Path.Combine(registry.Folder, "content", "sha256", $"{image.Descriptor.Digest.Hex}~0123"),
            Path.Combine(registry.Folder, "content", "sha256", new string('a', 64)),
            Path.Combine(registry.Folder, "repositories", "a", "_tags", "t~0123"),
            Path.Combine(registry.Folder, "repositories", "a", "_referrers", $"sha256-{image.Descriptor.Digest.Hex}", $"sha256-{new string('b', 64)}"),
        ];
        foreach (var file in left)
            File.WriteAllText(file, "x");

        var report = await registry.Server.Collect(Cancellation);

        Assert.Equal((2, 3), (report.Content, report.Leftovers));
        Assert.All(left, file => Assert.False(File.Exists(file)));
        Assert.Equal(release.Descriptor.Digest, Assert.Single((await registry.Repository("a").ListReferrers(image.Descriptor.Digest, null, Cancellation).ShouldSucceed()).Entries).Digest);
    }

    [Fact]
    public async Task Pushes_beside_collections_are_whole_or_refused()
    {
        // No lease at all: the worst that a slow pusher and a hasty operator can do.
        await using var registry = await Start();
        using var http = registry.Http();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var collecting = Task.Run(async () =>
        {
            var runs = 0;
            while (!ending.IsCancellationRequested)
            {
                await registry.Server.Collect(Cancellation);
                runs++;
            }

            return runs;
        });

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(pusher => Push(http, pusher)));
        await ending.CancelAsync();

        Assert.InRange(await collecting, 1, int.MaxValue);
        Assert.Contains(true, outcomes.SelectMany(outcome => outcome.Values));
        // Half of the contents are everybody's: one pusher may be refused what another brings.
        foreach (var pushes in outcomes.SelectMany(outcome => outcome).GroupBy(outcome => outcome.Key))
        {
            var (content, accepted) = (pushes.Key, pushes.Any(push => push.Value));
            var manifest = await http.Send("GET", $"v2/shared/manifests/{TagOf(content)}");
            Assert.Equal(accepted ? HttpStatusCode.OK : HttpStatusCode.NotFound, manifest.StatusCode);
            if (accepted)
                Assert.Equal(content, await http.GetStringAsync($"v2/shared/blobs/{Digest.Sha256(Bytes(content).Span)}", Cancellation));
        }
    }

    private static async Task<Dictionary<string, bool>> Push(HttpClient http, int pusher)
    {
        var accepted = new Dictionary<string, bool>();
        for (var number = 0; number < 25; number++)
        {
            // Half of the blobs are the same for everybody, and are mounted: other ways to point to what is there.
            var content = $"layer {(number % 2 == 0 ? pusher : -1)} {number}";
            var digest = Digest.Sha256(Bytes(content).Span);
            if (number % 2 == 1 && (await http.Send("POST", $"v2/shared/blobs/uploads/?mount={digest}&from=other", Array.Empty<byte>())).StatusCode != HttpStatusCode.Created)
                await http.PushBlob("other", content);
            await http.PushBlob("shared", content);
            var made = DocumentWriter.Manifest(Descriptor.Describe(MediaType.OciConfig, Bytes(content).Span), []);
            var answer = await http.PutManifest($"v2/shared/manifests/{TagOf(content)}", made.Bytes, MediaType.OciManifest);
            if (answer.StatusCode != HttpStatusCode.Created)
                await answer.ShouldRefuse(400, "MANIFEST_BLOB_UNKNOWN");
            accepted[content] = answer.StatusCode == HttpStatusCode.Created || accepted.GetValueOrDefault(content);
        }

        return accepted;
    }

    private static string TagOf(string content) => content.Replace(' ', '_').Replace("-1", "all", StringComparison.Ordinal);

    // A collection that finds every lease over.
    private static Task<RegistryFixture> Start() => RegistryFixture.Start(options => options with { Lease = TimeSpan.Zero, CollectEvery = TimeSpan.Zero });
}
