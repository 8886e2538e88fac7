using System.Text.Json;
using Plimsoll.EndToEnd.Tests.Peers;

namespace Plimsoll.EndToEnd.Tests;

/// <summary>The peers by themselves: when one of these fails, no failure of another end-to-end test says anything about Plimsoll.</summary>
public sealed class PeersTests(SharedPeers peers)
{
    private const string Index = "application/vnd.oci.image.index.v1+json";

    [Fact]
    public async Task The_registry_serves_an_image_that_umoci_made_and_skopeo_pushed()
    {
        await using var registry = await DockerRegistry.Start();
        using var folder = new TemporaryFolder();

        var layout = await Umoci.BusyboxLayout(folder, "v1", "afloat");
        await Skopeo.Copy($"oci:{layout}:v1", $"docker://{registry.Name("demo/hello", "v1")}");

        var manifest = await registry.Manifest("demo/hello", "v1");
        Assert.Equal("application/vnd.oci.image.manifest.v1+json", manifest.MediaType);
        Assert.Equal(ReadIndex(layout)[0].GetProperty("digest").GetString(), manifest.Digest);
        Assert.Equal(manifest.Bytes, (await registry.Manifest("demo/hello", manifest.Digest)).Bytes);
    }

    [Fact]
    public async Task The_engine_pushes_an_image_for_two_platforms_with_provenance()
    {
        var registry = await peers.Registry();
        var engine = await peers.Engine();
        var repository = SharedPeers.Repository("provenance");
        using var context = await BuildContext.Busybox("afloat", "linux/amd64", "linux/arm64");

        var built = await engine.BuildAndPush(registry.Name(repository, "1.0"), context);

        var index = await registry.Manifest(repository, "1.0");
        Assert.Equal(Index, index.MediaType);
        Assert.Equal(built.Digest, index.Digest);

        using var json = JsonDocument.Parse(index.Bytes);
        var entries = json.RootElement.GetProperty("manifests").EnumerateArray().ToLookup(IsAttestation);
        Assert.Equal(["amd64", "arm64"], entries[false].Select(entry => entry.GetProperty("platform").GetProperty("architecture").GetString()).Order());
        Assert.Equal(
            entries[false].Select(entry => entry.GetProperty("digest").GetString()).Order(),
            entries[true].Select(entry => Annotation(entry, "vnd.docker.reference.digest")).Order());
        Assert.All(entries[true], entry => Assert.Equal("unknown", entry.GetProperty("platform").GetProperty("os").GetString()));
        foreach (var entry in entries[true])
            await HasProvenance(registry, repository, entry.GetProperty("digest").GetString()!);
    }

    [Fact]
    public async Task The_engine_runs_what_it_pulls_from_the_registry()
    {
        var registry = await peers.Registry();
        var engine = await peers.Engine();
        var name = registry.Name(SharedPeers.Repository("run"), "1.0");
        using var context = await BuildContext.Busybox("the mark is above the water", "linux/amd64");
        var built = await engine.BuildAndPush(name, context);

        var ran = await engine.Docker("run", "--rm", "--pull=always", "--network=none", $"{name}@{built.Digest}");

        Assert.Equal("the mark is above the water\n", ran.OrFail().Output);
    }

    [Fact]
    public async Task Cosign_2_verifies_what_it_signed_and_nothing_else()
    {
        var registry = await peers.Registry();
        using var cosign = await Cosign.V2();
        var (repository, digest) = await Push(registry, "cosign2");
        var key = await cosign.GenerateKey();

        var before = await cosign.Verify(key, registry.Name(repository, digest));
        await cosign.Sign(key, registry.Name(repository, digest));
        var after = await cosign.Verify(key, registry.Name(repository, digest));
        var stranger = await cosign.Verify(await cosign.GenerateKey(), registry.Name(repository, digest));

        Assert.Equal([10, 0, 12], new[] { before.ExitCode, after.ExitCode, stranger.ExitCode });
    }

    [Fact]
    public async Task Cosign_3_reads_its_own_bundles_and_the_signatures_of_cosign_2()
    {
        var registry = await peers.Registry();
        using var newer = await Cosign.V3();
        using var older = await Cosign.V2();
        var key = await older.GenerateKey();
        var (mine, mineDigest) = await Push(registry, "cosign3");
        var (theirs, theirsDigest) = await Push(registry, "cosign3-reads-2");

        await newer.Sign(key, registry.Name(mine, mineDigest));
        await older.Sign(key, registry.Name(theirs, theirsDigest));

        (await newer.Verify(key, registry.Name(mine, mineDigest))).OrFail();
        (await newer.Verify(key, registry.Name(theirs, theirsDigest))).OrFail();
    }

    [Fact]
    public async Task Oras_lists_what_it_attached_although_the_registry_knows_no_referrers()
    {
        var registry = await peers.Registry();
        using var folder = new TemporaryFolder();
        var (repository, digest) = await Push(registry, "oras");
        var image = registry.Name(repository, digest);

        await Oras.Attach(image, "application/vnd.example.note", folder.Write("note.txt", "hello"), "text/plain");

        using var listed = JsonDocument.Parse(await Oras.Discover(image));
        var referrer = Assert.Single(listed.RootElement.GetProperty("referrers").EnumerateArray());
        Assert.Equal("application/vnd.example.note", referrer.GetProperty("artifactType").GetString());
        Assert.Equal(Index, (await registry.Manifest(repository, digest.Replace(':', '-'))).MediaType);
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_why()
    {
        var failed = await Assert.ThrowsAsync<PeerException>(() => DockerRegistry.Start("version: 9.9"));

        Assert.Contains("docker-registry serve", failed.Message, StringComparison.Ordinal);
    }

    private static async Task<(string Repository, string Digest)> Push(DockerRegistry registry, string about)
    {
        using var folder = new TemporaryFolder();
        var repository = SharedPeers.Repository(about);
        var layout = await Umoci.BusyboxLayout(folder, "v1", about);
        await Skopeo.Copy($"oci:{layout}:v1", $"docker://{registry.Name(repository, "v1")}");
        return (repository, (await registry.Manifest(repository, "v1")).Digest);
    }

    private static async Task HasProvenance(DockerRegistry registry, string repository, string digest)
    {
        using var manifest = JsonDocument.Parse((await registry.Manifest(repository, digest)).Bytes);
        var layer = Assert.Single(manifest.RootElement.GetProperty("layers").EnumerateArray());
        Assert.Equal("application/vnd.in-toto+json", layer.GetProperty("mediaType").GetString());
        Assert.StartsWith("https://slsa.dev/provenance/", Annotation(layer, "in-toto.io/predicate-type"), StringComparison.Ordinal);

        using var statement = JsonDocument.Parse(await registry.Blob(repository, layer.GetProperty("digest").GetString()!));
        Assert.True(statement.RootElement.TryGetProperty("predicate", out _));
    }

    private static bool IsAttestation(JsonElement entry) => Annotation(entry, "vnd.docker.reference.type") == "attestation-manifest";

    private static string Annotation(JsonElement element, string name) =>
        element.TryGetProperty("annotations", out var all) && all.TryGetProperty(name, out var value) ? value.GetString()! : "";

    private static List<JsonElement> ReadIndex(string layout)
    {
        using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(layout, "index.json")));
        return [.. index.RootElement.GetProperty("manifests").EnumerateArray().Select(entry => entry.Clone())];
    }
}
