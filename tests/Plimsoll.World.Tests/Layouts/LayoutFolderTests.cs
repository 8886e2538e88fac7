using Plimsoll.Client.Layouts;
using Plimsoll.Oci;
using Plimsoll.Oci.Referrers;
using Plimsoll.Primitives.Hashing;
using Plimsoll.World.Tests.Registry;
using static Plimsoll.World.Tests.Registry.RegistryHelp;

namespace Plimsoll.World.Tests.Layouts;

public sealed class LayoutFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("plimsoll-layout-").FullName;

    private static CancellationToken Cancellation => RegistryFixture.Cancellation;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_pushed_is_found_by_tag_and_by_digest()
    {
        var layout = await LayoutFolder.Create(_folder, Cancellation).ShouldSucceed();

        var image = await layout.PushImage("layer", "1.0");

        var opened = await LayoutFolder.Open(_folder, Cancellation).ShouldSucceed();
        Assert.Equal(image.Descriptor.Digest, await opened.Resolve(Tag("1.0"), Cancellation).ShouldSucceed());
        Assert.Equal(image.Bytes.ToArray(), (await opened.GetManifest(Tag("1.0"), Cancellation).ShouldSucceed()).Bytes.ToArray());
        var layer = Descriptor.Describe("application/octet-stream", "layer"u8);
        Assert.Equal("layer"u8.ToArray(), (await opened.GetBlob(layer, 100, Cancellation).ShouldSucceed()).ToArray());
    }

    [Fact]
    public async Task A_referrer_is_listed_once_and_not_for_another_image()
    {
        var layout = await LayoutFolder.Create(_folder, Cancellation).ShouldSucceed();
        var image = await layout.PushImage("layer", "1.0");
        var other = await layout.PushImage("another", "2.0");
        var release = await layout.PushAttached(image.Descriptor, "release");
        await layout.PushAttached(image.Descriptor, "release");

        var list = await layout.ListReferrers(image.Descriptor.Digest, null, Cancellation).ShouldSucceed();

        var entry = Assert.Single(list.Entries);
        Assert.Equal(release.Descriptor.Digest, entry.Digest);
        Assert.Equal("application/vnd.in-toto.release+dsse", entry.ArtifactType);
        Assert.Empty((await layout.ListReferrers(other.Descriptor.Digest, null, Cancellation).ShouldSucceed()).Entries);
    }

    [Fact]
    public async Task A_list_of_the_tag_scheme_in_the_layout_counts_too()
    {
        var layout = await LayoutFolder.Create(_folder, Cancellation).ShouldSucceed();
        var subject = Descriptor.Describe(MediaType.OciManifest, "subject"u8);
        var attached = Attach(subject, "release");
        var index = ReferrersIndex.Add(null, attached.Descriptor).ShouldSucceed();
        WriteBlob(index.Descriptor.Digest, index.Bytes);
        AddEntry(index.Descriptor with { Annotations = index.Descriptor.Annotations.SetItem(Annotations.RefName, ReferrersTag.Of(subject.Digest).ToString()) });

        var list = await layout.ListReferrers(subject.Digest, null, Cancellation).ShouldSucceed();

        Assert.Equal(attached.Descriptor.Digest, Assert.Single(list.Entries).Digest);
    }

    [Fact]
    public async Task An_unreadable_entry_does_not_hide_the_good_one()
    {
        var layout = await LayoutFolder.Create(_folder, Cancellation).ShouldSucceed();
        var image = await layout.PushImage("layer", "1.0");
        AddEntry(Descriptor.Describe(MediaType.OciManifest, "not there"u8));
        WriteBlob(Digest.Sha256("junk"u8), "other bytes"u8.ToArray());
        AddEntry(Descriptor.Describe(MediaType.OciManifest, "junk"u8));
        var release = await layout.PushAttached(image.Descriptor, "release");

        var list = await layout.ListReferrers(image.Descriptor.Digest, null, Cancellation).ShouldSucceed();

        Assert.Equal(release.Descriptor.Digest, Assert.Single(list.Entries).Digest);
    }

    [Fact]
    public async Task A_changed_blob_is_refused()
    {
        var layout = await LayoutFolder.Create(_folder, Cancellation).ShouldSucceed();
        var image = await layout.PushImage("layer", "1.0");
        WriteBlob(image.Descriptor.Digest, "{}"u8.ToArray());
        WriteBlob(Digest.Sha256("layer"u8), "LAYER"u8.ToArray());

        (await layout.GetManifest(image.Descriptor.Digest, Cancellation)).ShouldFailWith("digest.mismatch");
        (await layout.GetManifest(Tag("1.0"), Cancellation)).ShouldFailWith("digest.mismatch");
        (await layout.GetBlob(Descriptor.Describe("a/b", "layer"u8), 100, Cancellation)).ShouldFailWith("digest.mismatch");
    }

    [Fact]
    public async Task A_tag_is_moved_and_the_rest_of_the_index_stays_as_it_was()
    {
        var layout = await LayoutFolder.Create(_folder, Cancellation).ShouldSucceed();
        var other = Descriptor.Describe(MediaType.OciManifest, "other"u8);
        File.WriteAllText(Path.Combine(_folder, "index.json"), $$"""
            {"schemaVersion":2,"annotations":{"kept":"yes"},"manifests":[{"mediaType":"{{other.MediaType}}","digest":"{{other.Digest}}","size":5,"unknown":[1.50]}]}
            """);
        await layout.PushImage("layer", "1.0");

        var moved = await layout.PushImage("changed", "1.0");

        var index = File.ReadAllText(Path.Combine(_folder, "index.json"));
        Assert.Equal(moved.Descriptor.Digest, await layout.Resolve(Tag("1.0"), Cancellation).ShouldSucceed());
        Assert.Contains("\"annotations\":{\"kept\":\"yes\"}", index);
        Assert.Contains("\"unknown\":[1.50]", index);
        Assert.Equal(2, (await layout.Read(Cancellation).ShouldSucceed()).Entries.Length);
    }

    [Fact]
    public async Task Two_writers_do_not_lose_each_others_entries()
    {
        await LayoutFolder.Create(_folder, Cancellation).ShouldSucceed();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(async () =>
        {
            var layout = await LayoutFolder.Open(_folder, Cancellation).ShouldSucceed();
            await layout.PushImage($"layer {number}", $"{number}");
        })));

        var layout = await LayoutFolder.Open(_folder, Cancellation).ShouldSucceed();
        Assert.Equal(8, (await layout.Read(Cancellation).ShouldSucceed()).Entries.Length);
    }

    [Fact]
    public async Task A_folder_that_is_no_layout_is_refused()
    {
        (await LayoutFolder.Open(_folder, Cancellation)).ShouldFailWith("layout.not-found");
        (await LayoutFolder.Create("/proc/nothing/here", Cancellation)).ShouldFailWith("layout.not-found");
    }

    [Fact]
    public async Task Content_larger_than_allowed_is_not_read()
    {
        var layout = await LayoutFolder.Create(_folder, Cancellation).ShouldSucceed();
        await layout.PushBlob("layer"u8.ToArray(), Cancellation).ShouldSucceed();
        var blob = Descriptor.Describe("a/b", "layer"u8);

        (await layout.GetBlob(blob, 4, Cancellation)).ShouldFailWith("layout.too-large");
        (await layout.GetBlob(blob with { Size = 4 }, 4, Cancellation)).ShouldFailWith("layout.too-large");
        (await layout.GetBlob(blob with { Size = 4 }, 5, Cancellation)).ShouldFailWith("oci.size-mismatch");
    }

    private void WriteBlob(Digest digest, ReadOnlyMemory<byte> bytes)
    {
        var path = Path.Combine(_folder, "blobs", digest.Algorithm, digest.Hex);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes.Span);
    }

    private void AddEntry(Descriptor entry)
    {
        // As other tools write it: the whole file anew.
        var path = Path.Combine(_folder, "index.json");
        var entries = Oci.Layout.ImageLayout.Parse("""{"imageLayoutVersion":"1.0.0"}"""u8.ToArray(), File.ReadAllBytes(path)).ShouldSucceed().Entries;
        File.WriteAllBytes(path, DocumentWriter.Index([.. entries, entry]).Bytes.Span);
    }
}
