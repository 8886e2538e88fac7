using Plimsoll.Client.Registry;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;
using static Plimsoll.World.Tests.Registry.RegistryHelp;

namespace Plimsoll.World.Tests.Registry;

public sealed class ClientAndServerTests
{
    private const string Release = "application/vnd.in-toto.release+dsse";

    private static CancellationToken Cancellation => RegistryFixture.Cancellation;

    [Fact]
    public async Task What_was_pushed_is_pulled_by_tag_and_by_digest()
    {
        await using var registry = await RegistryFixture.Start();
        var repository = registry.Repository();

        var image = await repository.PushImage("layer", "1.0");

        Assert.Equal(image.Descriptor.Digest, await repository.Resolve(Tag("1.0"), Cancellation).ShouldSucceed());
        Assert.Equal(image.Bytes.ToArray(), (await repository.GetManifest(Tag("1.0"), Cancellation).ShouldSucceed()).Bytes.ToArray());
        Assert.Equal(image.Bytes.ToArray(), (await repository.GetManifest(image.Descriptor.Digest, Cancellation).ShouldSucceed()).Bytes.ToArray());
        var layer = Descriptor.Describe("application/octet-stream", "layer"u8);
        Assert.Equal("layer"u8.ToArray(), (await repository.GetBlob(layer, 100, Cancellation).ShouldSucceed()).ToArray());
    }

    [Fact]
    public async Task A_large_blob_is_copied_as_a_stream()
    {
        await using var registry = await RegistryFixture.Start();
        var repository = registry.Repository();
        var bytes = new byte[3_000_001];
        new Random(1).NextBytes(bytes);
        await repository.PushBlob(bytes, Cancellation).ShouldSucceed();

        using var copy = new MemoryStream();
        var copied = await repository.CopyBlob(Descriptor.Describe("application/octet-stream", bytes), copy, Cancellation).ShouldSucceed();

        Assert.Equal(bytes.Length, copied.Size);
        Assert.Equal(bytes, copy.ToArray());
    }

    [Fact]
    public async Task A_blob_that_is_there_is_not_sent_again()
    {
        await using var registry = await RegistryFixture.Start();
        var repository = registry.Repository();
        await repository.PushBlob(Bytes("once"), Cancellation).ShouldSucceed();
        registry.Requests.Clear();

        await repository.PushBlob(Bytes("once"), Cancellation).ShouldSucceed();

        Assert.Equal("HEAD", Assert.Single(registry.Requests).Method);
    }

    [Fact]
    public async Task A_blob_of_one_repository_is_not_shown_by_another()
    {
        await using var registry = await RegistryFixture.Start();
        await registry.Repository("demo/private").PushBlob(Bytes("mine"), Cancellation).ShouldSucceed();

        var stolen = await registry.Repository("demo/public").GetBlob(Descriptor.Describe("a/b", "mine"u8), 100, Cancellation);

        stolen.ShouldFailWith("registry.not-found");
    }

    [Fact]
    public async Task What_is_absent_is_a_failure_of_its_kind()
    {
        await using var registry = await RegistryFixture.Start();
        var repository = registry.Repository();

        (await repository.Resolve(Tag("none"), Cancellation)).ShouldFailWith("registry.not-found");
        (await repository.GetManifest(Digest.Sha256("none"u8), Cancellation)).ShouldFailWith("registry.not-found");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_referrer_is_listed_with_the_api_and_with_the_tag_scheme(bool api)
    {
        await using var registry = await RegistryFixture.Start(options => options with { Referrers = api });
        var repository = registry.Repository();
        var image = await repository.PushImage("layer", "1.0");
        var other = await repository.PushAttached(image.Descriptor, "sbom", "application/vnd.in-toto.spdx+dsse");
        var release = await repository.PushAttached(image.Descriptor, "release");

        var list = await repository.ListReferrers(image.Descriptor.Digest, null, Cancellation).ShouldSucceed();

        Assert.Equal([release.Descriptor.Digest], list.Select([Release]).Select(entry => entry.Digest));
        Assert.Equal(2, list.Entries.Length);
        Assert.Contains(list.Entries, entry => entry.Digest == other.Descriptor.Digest);
    }

    [Fact]
    public async Task The_registry_filters_by_artifact_type()
    {
        await using var registry = await RegistryFixture.Start();
        var repository = registry.Repository();
        var image = await repository.PushImage("layer", "1.0");
        await repository.PushAttached(image.Descriptor, "sbom", "application/vnd.in-toto.spdx+dsse");
        var release = await repository.PushAttached(image.Descriptor, "release");

        var list = await repository.ListReferrers(image.Descriptor.Digest, Release, Cancellation).ShouldSucceed();

        Assert.Equal(release.Descriptor.Digest, Assert.Single(list.Entries).Digest);
    }

    [Fact]
    public async Task All_pages_of_referrers_are_read_and_none_twice()
    {
        await using var registry = await RegistryFixture.Start(options => options with { ReferrersPage = 3 });
        var repository = registry.Repository();
        var image = await repository.PushImage("layer", "1.0");
        var attached = new HashSet<Digest>();
        for (var number = 0; number < 10; number++)
            attached.Add((await repository.PushAttached(image.Descriptor, $"release {number}")).Descriptor.Digest);
        registry.Requests.Clear();

        var list = await repository.ListReferrers(image.Descriptor.Digest, Release, Cancellation).ShouldSucceed();

        Assert.Equal(attached, list.Entries.Select(entry => entry.Digest).ToHashSet());
        // Four pages, and the tag of the tag scheme.
        Assert.Equal(5, registry.Requests.Count);
        Assert.Equal(5, registry.Requests.DistinctBy(request => request.Path).Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Signers_at_the_same_time_do_not_lose_each_others_entries(bool api)
    {
        await using var registry = await RegistryFixture.Start(options => options with { Referrers = api });
        var image = await registry.Repository().PushImage("layer", "1.0");

        // Clients of their own, as processes on several machines would have.
        var attached = await Task.WhenAll(Enumerable.Range(0, 4).Select(async number =>
        {
            using var client = new RegistryClient(RegistryFixture.Quick, TimeProvider.System);
            return (await client.Repository($"{registry.Server.Host}/demo/app").PushAttached(image.Descriptor, $"release {number}")).Descriptor.Digest;
        }));

        var list = await registry.Repository().ListReferrers(image.Descriptor.Digest, null, Cancellation).ShouldSucceed();
        Assert.Equal(attached.ToHashSet(), list.Entries.Select(entry => entry.Digest).ToHashSet());
    }

    [Fact]
    public async Task Everything_is_still_there_after_a_restart()
    {
        await using var registry = await RegistryFixture.Start();
        var image = await registry.Repository().PushImage("layer", "1.0");
        var release = await registry.Repository().PushAttached(image.Descriptor, "release");
        await registry.Server.DisposeAsync();

        await using var again = await Server.Registry.RegistryServer.Start(new(registry.Folder), Cancellation);
        var repository = registry.Client.Repository($"{again.Host}/demo/app");

        Assert.Equal(image.Descriptor.Digest, await repository.Resolve(Tag("1.0"), Cancellation).ShouldSucceed());
        var list = await repository.ListReferrers(image.Descriptor.Digest, null, Cancellation).ShouldSucceed();
        Assert.Equal(release.Descriptor.Digest, Assert.Single(list.Entries).Digest);
    }
}
