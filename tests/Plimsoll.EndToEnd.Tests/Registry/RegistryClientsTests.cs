using System.Text.Json;
using Plimsoll.EndToEnd.Tests.Peers;

namespace Plimsoll.EndToEnd.Tests.Registry;

/// <summary>Clients of other projects push to the embedded registry, pull from it, and find in it what is attached.</summary>
public sealed class RegistryClientsTests(SharedPeers peers) : IDisposable
{
    private readonly TemporaryFolder _data = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Skopeo_gets_back_the_bytes_that_it_pushed_lists_and_deletes()
    {
        await using var registry = await Start();
        using var folder = new TemporaryFolder();
        var layout = await Umoci.BusyboxLayout(folder, "v1", "afloat");
        var name = $"docker://{registry.Name("demo/hello", "v1")}";

        await Skopeo.Copy($"oci:{layout}:v1", name);
        await Skopeo.Copy(name, $"oci:{folder.At("back")}:v1");
        await Skopeo.Copy(name, $"docker://{registry.Name("demo/copy", "v2")}", "--format", "v2s2");
        var tags = (await Skopeo.Run("list-tags", "--tls-verify=false", $"docker://{registry.Host}/demo/hello")).OrFail();
        var inspected = (await Skopeo.Run("inspect", "--raw", "--tls-verify=false", $"docker://{registry.Name("demo/copy", "v2")}")).OrFail();
        (await Skopeo.Run("delete", "--tls-verify=false", name)).OrFail();

        // The first layout also holds what umoci made on the way.
        Assert.Subset(Blobs(layout), Blobs(folder.At("back")));
        Assert.Equal(3, Blobs(folder.At("back")).Count);
        Assert.Contains("\"v1\"", tags.Output);
        Assert.Contains("application/vnd.docker.distribution.manifest.v2+json", inspected.Output);
        Assert.Equal("""{"name":"demo/hello","tags":[]}""", await registry.Http.GetStringAsync("v2/demo/hello/tags/list", Cancellation));
    }

    [Fact]
    public async Task Oras_attaches_finds_and_copies_what_is_attached_without_tags_for_it()
    {
        await using var registry = await Start();
        using var folder = new TemporaryFolder();
        var digest = await Push(registry, "demo/app");
        var image = registry.Name("demo/app", digest);

        await Oras.Attach(image, "application/vnd.example.note", folder.Write("note.txt", "hello"), "text/plain");
        await Oras.Attach(image, "application/vnd.example.other", folder.Write("other.txt", "hello too"), "text/plain");
        await Oras.CopyWithReferrers(registry.Name("demo/app", "v1"), registry.Name("demo/copy", "v1"));
        var filtered = (await Oras.Run(null, "discover", "--plain-http", "--format", "json", "--artifact-type", "application/vnd.example.note", image)).OrFail().Output;

        Assert.Equal(["application/vnd.example.note", "application/vnd.example.other"], ArtifactTypes(await Oras.Discover(image)));
        Assert.Equal(["application/vnd.example.note", "application/vnd.example.other"], ArtifactTypes(await Oras.Discover(registry.Name("demo/copy", "v1"))));
        Assert.Equal(["application/vnd.example.note"], ArtifactTypes(filtered));
        Assert.Equal("""{"name":"demo/app","tags":["v1"]}""", await registry.Http.GetStringAsync("v2/demo/app/tags/list", Cancellation));
    }

    [Fact]
    public async Task Cosign_of_both_kinds_signs_and_verifies()
    {
        await using var registry = await Start();
        using var older = await Cosign.V2();
        using var newer = await Cosign.V3();
        var key = await older.GenerateKey();
        var (first, second) = (registry.Name("demo/two", await Push(registry, "demo/two")), registry.Name("demo/three", await Push(registry, "demo/three")));

        await older.Sign(key, first);
        await newer.Sign(key, second);

        (await older.Verify(key, first)).OrFail();
        (await newer.Verify(key, second)).OrFail();
        Assert.NotEqual(0, (await newer.Verify(await older.GenerateKey(), second)).ExitCode);

        // Version 3 attaches a bundle, found by the referrers API; version 2 a tag.
        using var referrers = JsonDocument.Parse(await registry.Http.GetStringAsync($"v2/demo/three/referrers/{second.Split('@')[1]}", Cancellation));
        Assert.Single(referrers.RootElement.GetProperty("manifests").EnumerateArray());
        Assert.Contains(".sig\"", await registry.Http.GetStringAsync("v2/demo/two/tags/list", Cancellation));
    }

    [Theory]
    [InlineData("jws", false)]
    [InlineData("cose", false)]
    [InlineData("jws", true)]
    public async Task Notation_signs_verifies_and_lists(string format, bool tags)
    {
        await using var registry = await Start();
        using var notation = new Notation();
        var image = registry.Name("demo/app", await Push(registry, "demo/app"));

        (await notation.Run("sign", "--insecure-registry", "--signature-format", format, $"--force-referrers-tag={(tags ? "true" : "false")}", "--key", "test", image)).OrFail();
        var verified = (await notation.Run("verify", "--insecure-registry", image)).OrFail();
        var listed = (await notation.Run("list", "--insecure-registry", image)).OrFail();

        Assert.Contains("Successfully verified signature", verified.Output + verified.Errors);
        Assert.Contains("application/vnd.cncf.notary.signature", listed.Output);
        Assert.Equal(tags, (await registry.Http.GetStringAsync("v2/demo/app/tags/list", Cancellation)).Contains("\"sha256-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Podman_pulls_and_pushes()
    {
        await using var registry = await Start();
        using var podman = new Podman();
        var digest = await Push(registry, "demo/app");

        (await podman.Run("pull", registry.Name("demo/app", "v1"))).OrFail();
        (await podman.Run("push", registry.Name("demo/app", "v1"), registry.Name("demo/again", "v2"))).OrFail();
        (await podman.Run("pull", registry.Name("demo/again", "v2"))).OrFail();

        Assert.Contains(digest["sha256:".Length..], Directory.GetFiles(Path.Combine(_data.Root, "data", "content", "sha256")).Select(file => Path.GetFileName(file)));
        Assert.Equal("""{"name":"demo/again","tags":["v2"]}""", await registry.Http.GetStringAsync("v2/demo/again/tags/list", Cancellation));
    }

    [Fact]
    public async Task The_engine_builds_pushes_pulls_and_runs()
    {
        await using var registry = await Start();
        var engine = await peers.Engine();
        var name = registry.Name("demo/built", "1.0");
        using var context = await BuildContext.Busybox("from the embedded registry", "linux/amd64", "linux/arm64");

        var built = await engine.BuildAndPush(name, context);
        var ran = await engine.Docker("run", "--rm", "--pull=always", "--network=none", $"{name}@{built.Digest}");
        (await engine.Docker("tag", name, registry.Name("demo/pushed", "1.0"))).OrFail();
        (await engine.Docker("push", registry.Name("demo/pushed", "1.0"))).OrFail();
        var inspected = (await engine.Docker("buildx", "imagetools", "inspect", "--raw", registry.Name("demo/pushed", "1.0"))).OrFail();

        Assert.Equal("from the embedded registry\n", ran.OrFail().Output);
        Assert.Contains("attestation-manifest", inspected.Output);
        Assert.Contains("\"1.0\"", await registry.Http.GetStringAsync("v2/demo/pushed/tags/list", Cancellation));
    }

    [Fact]
    public async Task With_users_clients_log_in_and_get_no_further_than_they_may()
    {
        var users = _data.At("users");
        await AddUser(users, "ci", "a long password", "--grant", "demo/**=pull,push");
        await using var registry = await Start("--users", users, "--anonymous-pull");
        var engine = await peers.Engine();
        using var folder = new TemporaryFolder();
        var layout = await Umoci.BusyboxLayout(folder, "v1", "afloat");
        var (ours, theirs) = ($"docker://{registry.Name("demo/app", "v1")}", $"docker://{registry.Name("other/app", "v1")}");

        var anonymous = await Skopeo.Run("copy", "--dest-tls-verify=false", $"oci:{layout}:v1", ours);
        var allowed = await Skopeo.Run("copy", "--dest-tls-verify=false", "--dest-creds", "ci:a long password", $"oci:{layout}:v1", ours);
        var elsewhere = await Skopeo.Run("copy", "--dest-tls-verify=false", "--dest-creds", "ci:a long password", $"oci:{layout}:v1", theirs);
        var wrong = await Skopeo.Run("copy", "--dest-tls-verify=false", "--dest-creds", "ci:another password", $"oci:{layout}:v1", ours);
        var oras = await Oras.Run(folder.Root, "attach", "--plain-http", "--username", "ci", "--password", "a long password", "--artifact-type", "a/b", registry.Name("demo/app", "v1"), $"{Path.GetFileName(folder.Write("note", "x"))}:text/plain");
        var pulled = await engine.Docker("pull", registry.Name("demo/app", "v1"));
        var badLogin = await engine.Docker("login", "--username", "ci", "--password", "another password", registry.Host);
        var login = await engine.Docker("login", "--username", "ci", "--password", "a long password", registry.Host);
        var pushed = await engine.Docker("push", registry.Name("demo/app", "v1"));
        (await engine.Docker("logout", registry.Host)).OrFail();

        Assert.Equal([false, true, false, false, true, true, false, true, true], new[] { anonymous, allowed, elsewhere, wrong, oras, pulled, badLogin, login, pushed }.Select(finished => finished.ExitCode == 0));
        Assert.DoesNotContain("a long password", registry.Log);
        Assert.DoesNotContain("Bearer", registry.Log);
    }

    public void Dispose() => _data.Dispose();

    private Task<RegistryProcess> Start(params string[] more) => RegistryProcess.Start(_data.At("data"), more);

    private static async Task AddUser(string file, string name, string password, params string[] more)
        => (await new Command(RegistryProcess.Plimsoll, ["serve", "registry", "user", name, "--users", file, .. more]) { Input = password + "\n" }.Run()).OrFail();

    private static async Task<string> Push(RegistryProcess registry, string repository)
    {
        using var folder = new TemporaryFolder();
        var layout = await Umoci.BusyboxLayout(folder, "v1", repository);
        await Skopeo.Copy($"oci:{layout}:v1", $"docker://{registry.Name(repository, "v1")}");
        using var answer = await registry.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"v2/{repository}/manifests/v1"), Cancellation);
        return Assert.Single(answer.Headers.GetValues("Docker-Content-Digest"));
    }

    private static SortedSet<string> Blobs(string layout)
        => new(Directory.GetFiles(Path.Combine(layout, "blobs", "sha256")).Select(file => Path.GetFileName(file)), StringComparer.Ordinal);

    private static string[] ArtifactTypes(string discovered)
    {
        using var json = JsonDocument.Parse(discovered);
        return [.. json.RootElement.GetProperty("referrers").EnumerateArray().Select(referrer => referrer.GetProperty("artifactType").GetString()!).Order(StringComparer.Ordinal)];
    }
}
