using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Plimsoll.EndToEnd.Tests.Peers;

namespace Plimsoll.EndToEnd.Tests.Registry;

/// <summary>The process is killed, the disk is full, the folder is read-only: while clients push.</summary>
public sealed class RegistryCrashTests : IDisposable
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";

    private readonly TemporaryFolder _folder = new();
    private readonly List<Pushed> _acknowledged = [];

    // What was compared in an earlier round is compared again in the end only.
    private readonly HashSet<string> _whole = [];
    private int _compared;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Twenty_kills_during_pushes_lose_nothing_that_was_acknowledged() => KillAndCompare(20);

    [Fact]
    [Trait("Category", "Long")]
    public Task Two_hundred_kills_during_pushes_lose_nothing_that_was_acknowledged() => KillAndCompare(200);

    [Fact]
    public async Task A_full_disk_is_said_nothing_is_acknowledged_and_what_was_there_stays()
    {
        if (Environment.GetEnvironmentVariable("PLIMSOLL_ISOLATED") is not "root")
            Assert.Skip("a file system of a few megabytes needs root and a namespace of its own");
        var disk = _folder.At("disk");
        Directory.CreateDirectory(disk);
        (await new Command("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk).Run()).OrFail();
        await using var registry = await RegistryProcess.Start(Path.Combine(disk, "data"));
        await Push(registry, "small", 100_000);

        var blob = RandomNumberGenerator.GetBytes(20_000_000);
        var full = await Upload(registry, "large", blob);
        var after = await registry.Http.GetAsync($"v2/large/blobs/{DigestOf(blob)}", Cancellation);
        await Push(registry, "small", 100_000);

        Assert.Equal((HttpStatusCode)507, full.StatusCode);
        Assert.Contains("UNAVAILABLE", await full.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.NotFound, after.StatusCode);
        await Compare(registry, "after the disk was full");
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(disk, "data", "uploads")));
    }

    [Fact]
    public async Task A_disk_that_becomes_read_only_refuses_pushes_and_still_serves()
    {
        if (Environment.GetEnvironmentVariable("PLIMSOLL_ISOLATED") is not "root")
            Assert.Skip("mounting needs root and a namespace of its own");
        var disk = _folder.At("disk");
        Directory.CreateDirectory(disk);
        (await new Command("mount", "-t", "tmpfs", "tmpfs", disk).Run()).OrFail();
        await using var registry = await RegistryProcess.Start(Path.Combine(disk, "data"));
        await Push(registry, "app", 100_000);
        // Its log and lock files are open for writing, so the mount itself cannot go over: a second one on top can.
        (await new Command("mount", "--bind", "-o", "ro", disk, disk).Run()).OrFail();
        (await new Command("mount", "-o", "remount,bind,ro", disk).Run()).OrFail();

        var refused = await Upload(registry, "app", RandomNumberGenerator.GetBytes(1000));

        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
        await Compare(registry, "on a read-only disk");
        (await new Command("umount", disk).Run()).OrFail();
        await Push(registry, "app", 100_000);
        await Compare(registry, "on a writable disk again");
    }

    [Theory]
    [InlineData(15, "registry.folder", "--data", "/proc/plimsoll", "--listen", "127.0.0.1:0")]
    [InlineData(10, "registry.folder-format", "--data", "/usr/share", "--listen", "127.0.0.1:0")]
    [InlineData(10, "registry.settings", "--data", "/nowhere/plimsoll", "--listen", "0.0.0.0:0")]
    [InlineData(10, "registry.settings", "--data", "/nowhere/plimsoll", "--listen", "0.0.0.0:0", "--plain-http-unsafe")]
    [InlineData(13, "registry.users", "--data", "/nowhere/plimsoll", "--users", "/nowhere/users")]
    [InlineData(2, "cli.usage", "--data", "/nowhere/plimsoll", "--listen", "localhost:5000")]
    [InlineData(2, "cli.usage", "--data", "/nowhere/plimsoll", "--gc-after", "soon")]
    [InlineData(2, "option '--data' is required", "--listen", "127.0.0.1:0")]
    public async Task What_cannot_or_should_not_be_served_is_not(int exitCode, string says, params string[] options)
    {
        var finished = await new Command(RegistryProcess.Plimsoll, ["serve", "registry", .. options]).Run();

        Assert.Equal(exitCode, finished.ExitCode);
        Assert.Contains(says, finished.Errors, StringComparison.Ordinal);
        Assert.Contains("next: ", finished.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists("/nowhere"));
    }

    [Fact]
    public async Task On_SIGTERM_a_push_that_has_begun_is_finished_first()
    {
        await using var registry = await RegistryProcess.Start(_folder.At("data"));
        var blob = RandomNumberGenerator.GetBytes(1000);
        using var socket = new TcpClient();
        await socket.ConnectAsync(registry.Address.Host, registry.Address.Port, Cancellation);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /v2/a/blobs/uploads/?digest={DigestOf(blob)} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"), Cancellation);
        await stream.WriteAsync(blob.AsMemory(0, 500), Cancellation);
        if (!await Patience.Until(_ => Task.FromResult(Directory.EnumerateDirectories(Path.Combine(_folder.At("data"), "uploads")).Any()), Patience.Of(20), Cancellation))
            Assert.Fail("the upload does not begin");

        (await new Command("kill", "-TERM", $"{registry.ProcessId}").Run()).OrFail();
        if (!await Patience.Until(_ => Refuses(registry), Patience.Of(20), Cancellation))
            Assert.Fail("it still takes connections");
        await stream.WriteAsync(blob.AsMemory(500), Cancellation);
        using var reader = new StreamReader(stream);

        Assert.StartsWith("HTTP/1.1 201", await reader.ReadLineAsync(Cancellation));
        Assert.True(File.Exists(Path.Combine(_folder.At("data"), "content", "sha256", DigestOf(blob)["sha256:".Length..])));
    }

    [Fact]
    public async Task On_SIGTERM_it_ends_cleanly_and_the_next_start_finds_everything()
    {
        var data = _folder.At("data");
        var first = await RegistryProcess.Start(data);
        await Push(first, "app", 100_000);
        await first.DisposeAsync();
        Assert.False(File.Exists(Path.Combine(data, "control")));

        await using var second = await RegistryProcess.Start(data);
        await Compare(second, "after SIGTERM");
        var collected = (await new Command(RegistryProcess.Plimsoll, "serve", "registry", "gc", "--data", data).Run()).OrFail();

        Assert.StartsWith("removed 0 files", collected.Output);
        await Compare(second, "after a collection");
    }

    public void Dispose()
    {
        // Only where a test has mounted it; the namespace would take it away anyway.
        if (Directory.Exists(Path.Combine(_folder.Root, "disk")))
        {
            using var unmounting = System.Diagnostics.Process.Start("umount", ["--lazy", "--quiet", Path.Combine(_folder.Root, "disk")]);
            unmounting.WaitForExit();
        }

        _folder.Dispose();
    }

    private async Task KillAndCompare(int rounds)
    {
        var data = _folder.At("data");
        var random = new Random(4711);
        for (var round = 0; round < rounds; round++)
        {
            await using var registry = await RegistryProcess.Start(data);
            await Compare(registry, $"in round {round}");
            _compared = Acknowledged;

            // Killed after one of the answers of this round, wherever the other pushers are then.
            var stopAfter = _acknowledged.Count + random.Next(1, 12);
            var pushing = Enumerable.Range(0, 4).Select(pusher => PushUntilKilled(registry, $"team{pusher}/app", random.Next())).ToArray();
            if (!await Patience.Until(_ => Task.FromResult(Acknowledged >= stopAfter), Patience.Of(60), Cancellation))
                Assert.Fail($"no pushes in round {round}: {registry.Log}");
            registry.Kill();
            await Task.WhenAll(pushing);
        }

        await using var last = await RegistryProcess.Start(data);
        _compared = 0;
        _whole.Clear();
        await Compare(last, "in the end");
        Assert.True(Acknowledged >= rounds);
    }

    private static async Task<bool> Refuses(RegistryProcess registry)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(registry.Address.Host, registry.Address.Port, Cancellation);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private int Acknowledged
    {
        get
        {
            lock (_acknowledged)
                return _acknowledged.Count;
        }
    }

    private async Task PushUntilKilled(RegistryProcess registry, string repository, int seed)
    {
        var random = new Random(seed);
        try
        {
            while (true)
                await Push(registry, repository, random.Next(1, 400_000));
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or TaskCanceledException)
        {
            // The registry was killed: whether the last push counts is not known, and not claimed.
        }
    }

    // A blob and a manifest over it, under a tag of its own and under "latest".
    private async Task Push(RegistryProcess registry, string repository, int size)
    {
        var blob = RandomNumberGenerator.GetBytes(size);
        var uploaded = await Upload(registry, repository, blob);
        Assert.True(uploaded.StatusCode == HttpStatusCode.Created, await uploaded.Content.ReadAsStringAsync(Cancellation));
        var manifest = Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"mediaType":"{{ManifestType}}","config":{"mediaType":"a/b","digest":"{{DigestOf(blob)}}","size":{{size}}},"layers":[]}""");
        foreach (var tag in new[] { "latest", $"t{DigestOf(blob)[7..27]}" })
        {
            using var content = new ByteArrayContent(manifest);
            content.Headers.ContentType = new MediaTypeHeaderValue(ManifestType);
            using var tagged = await registry.Http.PutAsync($"v2/{repository}/manifests/{tag}", content, Cancellation);
            Assert.True(tagged.StatusCode == HttpStatusCode.Created, await tagged.Content.ReadAsStringAsync(Cancellation));
            if (tag == "latest")
                continue;
            lock (_acknowledged)
                _acknowledged.Add(new Pushed(repository, tag, DigestOf(manifest), DigestOf(blob)));
        }
    }

    // In two chunks, so that a kill finds uploads that are going on.
    private static async Task<HttpResponseMessage> Upload(RegistryProcess registry, string repository, byte[] blob)
    {
        using var begun = await registry.Http.PostAsync($"v2/{repository}/blobs/uploads/", null, Cancellation);
        if (begun.StatusCode != HttpStatusCode.Accepted)
            return begun;
        using var first = new ByteArrayContent(blob, 0, blob.Length / 2);
        var patched = await registry.Http.PatchAsync(begun.Headers.Location, first, Cancellation);
        if (patched.StatusCode != HttpStatusCode.Accepted)
            return patched;
        using var second = new ByteArrayContent(blob, blob.Length / 2, blob.Length - (blob.Length / 2));
        return await registry.Http.PutAsync($"{begun.Headers.Location}?digest={DigestOf(blob)}", second, Cancellation);
    }

    private async Task Compare(RegistryProcess registry, string when)
    {
        Pushed[] acknowledged;
        lock (_acknowledged)
            acknowledged = [.. _acknowledged.Skip(_compared)];
        foreach (var pushed in acknowledged)
        {
            var manifest = await registry.Http.GetByteArrayAsync($"v2/{pushed.Repository}/manifests/{pushed.Tag}", Cancellation);
            var blob = await registry.Http.GetByteArrayAsync($"v2/{pushed.Repository}/blobs/{pushed.Blob}", Cancellation);
            Assert.True(DigestOf(manifest) == pushed.Manifest && DigestOf(blob) == pushed.Blob, $"{pushed} is not what it was, {when}");
        }

        // Whatever is visible is whole, acknowledged or not.
        var data = Directory.GetParent(Directory.GetFiles(_folder.Root, "format", SearchOption.AllDirectories).Single())!.FullName;
        Directory.CreateDirectory(Path.Combine(data, "repositories"));
        foreach (var link in Directory.EnumerateFiles(Path.Combine(data, "repositories"), "*", SearchOption.AllDirectories).Where(file => !file.Contains('~', StringComparison.Ordinal)))
        {
            if (!Path.GetDirectoryName(link)!.EndsWith("/sha256", StringComparison.Ordinal))
                continue;
            var content = Path.Combine(data, "content", "sha256", Path.GetFileName(link));
            Assert.True(File.Exists(content), $"{link} leads nowhere, {when}");
            if (_whole.Add(content))
                Assert.True(DigestOf(await File.ReadAllBytesAsync(content, Cancellation)) == $"sha256:{Path.GetFileName(link)}", $"{link} leads to half a file, {when}");
        }
    }

    private static string DigestOf(byte[] bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    private sealed record Pushed(string Repository, string Tag, string Manifest, string Blob);
}
