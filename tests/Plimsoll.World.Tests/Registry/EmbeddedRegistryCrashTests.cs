using System.Text;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Server.Registry;
using Plimsoll.Server.Registry.Protocol;
using Plimsoll.Server.Registry.Storage;
using static Plimsoll.World.Tests.Registry.RegistryHelp;

namespace Plimsoll.World.Tests.Registry;

/// <summary>
/// The machine stops before each step that changes the disk, and after each: then the folder is opened again and compared.
/// </summary>
public sealed class EmbeddedRegistryCrashTests
{
    private const string Crash = "the machine stops here";

    private static CancellationToken Cancellation => RegistryFixture.Cancellation;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_step_a_crash_or_a_failing_disk_comes_at_what_was_acknowledged_is_there_and_nothing_else_is_visible_by_half(bool diskFails)
    {
        var steps = await CountSteps();
        Assert.InRange(steps, 40, 400);

        for (var crash = 1; crash <= steps; crash++)
        {
            using var folder = new Scratch();
            var acknowledged = await RunUntil(folder.Path, crash, diskFails);

            using (var reopened = Open(folder.Path))
                Compare(reopened, acknowledged, $"a crash at step {crash} of {steps}");

            // Who pushes again gets everything, whatever was left.
            var all = await RunUntil(folder.Path, int.MaxValue);
            using (var whole = Open(folder.Path))
                Compare(whole, all, $"a second push after a crash at step {crash}");
        }
    }

    [Fact]
    public async Task A_collection_that_a_crash_ends_has_removed_nothing_that_counts()
    {
        for (var crash = 1; ; crash++)
        {
            using var folder = new Scratch();
            var acknowledged = await RunUntil(folder.Path, int.MaxValue);

            // With no lease a blob that no manifest mentions may go.
            acknowledged.Blobs.RemoveAll(blob => blob.Name == "c");
            var (count, ended) = (0, true);
            using (var collecting = Open(folder.Path, _ => CrashAt(ref count, crash)))
            using (var collector = new Collector(collecting, new Uploads(collecting, new RegistryServerOptions(folder.Path), TimeProvider.System)))
            {
                try
                {
                    await collector.Collect(Cancellation);
                }
                catch (Exception stopped) when (stopped.Message == Crash)
                {
                    ended = false;
                }
            }

            using (var reopened = Open(folder.Path))
                Compare(reopened, acknowledged, $"a crash at step {crash} of a collection");
            if (ended)
                break;
        }
    }

    private static async Task<int> CountSteps()
    {
        using var folder = new Scratch();
        var steps = 0;
        await Run(folder.Path, _ => steps++);
        return steps;
    }

    private static Task<Acknowledged> RunUntil(string folder, int crash, bool diskFails = false)
    {
        var count = 0;
        return Run(folder, _ => CrashAt(ref count, crash, diskFails));
    }

    // A crash runs no handler that tidies up; a failing write or flush does.
    private static void CrashAt(ref int count, int crash, bool diskFails = false)
    {
        if (++count >= crash)
            throw diskFails ? new IOException(Crash) : new InvalidOperationException(Crash);
    }

    // Blobs, two images under one tag, an attachment, a mount, and deletions: every way to change the folder.
    private static async Task<Acknowledged> Run(string folder, Action<string> step)
    {
        var acknowledged = new Acknowledged();
        try
        {
            // A disk that fails already here is a failure with a code, and nothing else was acknowledged.
            if (!RegistryFolder.Open(folder, readOnly: false, TimeSpan.Zero, TimeProvider.System, step).Succeeded(out var storage, out var failure))
            {
                Assert.Equal("registry.folder", failure.Code);
                return acknowledged;
            }

            using var closing = storage;
            foreach (var content in new[] { "layer", "{}", "other layer" })
            {
                await storage.TakeBlob("a/b", Digest.Sha256(Bytes(content).Span), Scratch.File(folder, content), Cancellation);
                acknowledged.Blobs.Add(("a/b", content));
            }

            var first = await Push(storage, acknowledged, DocumentWriter.Manifest(Descriptor.Describe(MediaType.OciConfig, "{}"u8), [Descriptor.Describe("a/b", "layer"u8)]), "t");
            var second = await Push(storage, acknowledged, DocumentWriter.Manifest(Descriptor.Describe(MediaType.OciConfig, "{}"u8), [Descriptor.Describe("a/b", "other layer"u8)]), "t");
            var attached = await Push(storage, acknowledged, Attach(first, "layer"), null);
            Assert.True(await storage.MountBlob("c", "a/b", Digest.Sha256("layer"u8), Cancellation));
            acknowledged.Blobs.Add(("c", "layer"));

            acknowledged.Manifests.Remove(attached.Digest);
            storage.DeleteManifest("a/b", attached.Digest, first.Digest);
            acknowledged.Gone.Add(attached.Digest);
            acknowledged.Tags.Clear();
            storage.DeleteTag("a/b", Tag("t"));
            acknowledged.TagsGone = true;
        }
        catch (Exception stopped) when (stopped.Message == Crash)
        {
            // The process is gone; what it had acknowledged is what counts.
        }

        return acknowledged;
    }

    private static async Task<Descriptor> Push(RegistryFolder storage, Acknowledged acknowledged, MadeDocument made, string? tag)
    {
        var manifest = PushedManifest.Parse(made.Bytes, made.Descriptor.Digest, MediaType.OciManifest).ShouldSucceed();
        var before = acknowledged.Tags.ToList();
        acknowledged.Tags.Clear();
        if (tag is not null)
            acknowledged.MayBeTagged.Add(made.Descriptor.Digest);
        else
            acknowledged.Tags.AddRange(before);
        var outcome = await storage.PutManifest("a/b", manifest, tag is null ? null : Tag(tag), _ => true, Cancellation);
        Assert.Equal(default, outcome);
        acknowledged.Manifests[made.Descriptor.Digest] = made.Bytes;
        if (tag is not null)
            acknowledged.Tags.Add(made.Descriptor.Digest);
        return made.Descriptor;
    }

    private static void Compare(RegistryFolder folder, Acknowledged acknowledged, string when)
    {
        foreach (var (name, content) in acknowledged.Blobs)
        {
            var file = folder.FindBlob(name, Digest.Sha256(Bytes(content).Span));
            Assert.True(file is not null && File.ReadAllText(file.FullName) == content, $"{when}: the blob '{content}' is not in {name}");
        }

        foreach (var (digest, bytes) in acknowledged.Manifests)
        {
            var found = folder.FindManifest("a/b", digest);
            Assert.True(found is { MediaType: MediaType.OciManifest } && File.ReadAllBytes(found.Value.File).AsSpan().SequenceEqual(bytes.Span), $"{when}: the manifest {digest} is not there");
        }

        foreach (var digest in acknowledged.Tags)
            Assert.True(folder.FindManifest("a/b", "t")?.Digest == digest, $"{when}: the tag is lost");
        foreach (var digest in acknowledged.Gone)
            Assert.True(folder.FindManifest("a/b", digest) is null, $"{when}: what was deleted is back");
        Assert.True(!acknowledged.TagsGone || folder.Tags("a/b").Count == 0, $"{when}: the deleted tag is back");
        EverythingVisibleIsWhole(folder, acknowledged, when);
    }

    // What is visible without having been acknowledged is whole all the same.
    private static void EverythingVisibleIsWhole(RegistryFolder folder, Acknowledged acknowledged, string when)
    {
        foreach (var name in RepositoryTree.Names(folder.Paths, _ => true))
        {
            foreach (var digest in RepositoryTree.Digests(folder.Paths.Blobs(name)))
                Assert.True(folder.FindBlob(name, digest) is { } blob && digest.Verify(File.ReadAllBytes(blob.FullName)).Succeeded(out _, out _), $"{when}: {name} has half a blob");
            foreach (var digest in RepositoryTree.Digests(folder.Paths.Manifests(name)))
            {
                var bytes = File.ReadAllBytes(folder.FindManifest(name, digest)!.Value.File);
                var manifest = PushedManifest.Parse(bytes, digest, MediaType.OciManifest).ShouldSucceed();
                Assert.True(digest.Verify(bytes).Succeeded(out _, out _), $"{when}: half a manifest");
                Assert.All(manifest.Blobs, blob => Assert.NotNull(folder.FindBlob(name, blob)));
                if (manifest.Subject is { } subject)
                    Assert.True(folder.Referrers(name, subject, "").Any(entry => RegistryPaths.DigestOfName(entry.Name) == digest), $"{when}: a referrer is there and not listed");
            }
        }

        foreach (var tag in folder.Tags("a/b"))
            Assert.True(folder.FindManifest("a/b", tag) is { } found && acknowledged.MayBeTagged.Contains(found.Digest), $"{when}: the tag {tag} leads nowhere");
        foreach (var subject in acknowledged.MayBeTagged)
            Assert.All(folder.Referrers("a/b", subject, ""), entry => Assert.NotNull(folder.FindManifest("a/b", RegistryPaths.DigestOfName(entry.Name)!.Value)));
    }

    private static RegistryFolder Open(string folder, Action<string>? step = null)
        => RegistryFolder.Open(folder, readOnly: false, TimeSpan.Zero, TimeProvider.System, step).ShouldSucceed();

    private sealed class Acknowledged
    {
        public List<(string Name, string Content)> Blobs { get; } = [];

        public Dictionary<Digest, ReadOnlyMemory<byte>> Manifests { get; } = [];

        public List<Digest> Tags { get; } = [];

        public List<Digest> MayBeTagged { get; } = [];

        public List<Digest> Gone { get; } = [];

        public bool TagsGone { get; set; }
    }

    private sealed class Scratch : IDisposable
    {
        private readonly string _path = Directory.CreateTempSubdirectory("plimsoll-crash-").FullName;

        public string Path => System.IO.Path.Combine(_path, "registry");

        public static string File(string folder, string content)
        {
            var file = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(folder)!, Guid.NewGuid().ToString("n"));
            System.IO.File.WriteAllBytes(file, Encoding.UTF8.GetBytes(content));
            return file;
        }

        public void Dispose() => Directory.Delete(_path, recursive: true);
    }
}
