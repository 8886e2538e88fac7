using Plimsoll.Client.Registry;
using Plimsoll.Oci;
using Plimsoll.Oci.Layout;
using Plimsoll.Oci.Referrers;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Client.Layouts;

/// <summary>
/// An OCI image layout folder (image-spec, image-layout.md) as a store. Blobs have their digests, or are not given out. What
/// is attached is listed in <c>index.json</c>, so that a copy of the folder by any tool brings it along.
/// </summary>
public sealed class LayoutFolder : IContentStore
{
    private readonly string _folder;

    private readonly ReadOnlyMemory<byte> _marker;

    private LayoutFolder(string folder, ReadOnlyMemory<byte> marker)
    {
        _folder = folder;
        _marker = marker;
    }

    /// <inheritdoc/>
    public string Name => _folder;

    /// <summary>Opens a layout that is there.</summary>
    public static async Task<Result<LayoutFolder>> Open(string folder, CancellationToken cancellation)
    {
        // The marker never changes, so it serves as the lock: read once, while nobody else holds it.
        if (!(await LayoutLock.Take(Path.Combine(folder, ImageLayout.MarkerFile), cancellation)).Succeeded(out var held, out var failure))
            return failure;
        Result<ReadOnlyMemory<byte>> read;
        using (held)
            read = LayoutFiles.Try(folder, () => LayoutFiles.ReadMarker(held));
        if (!read.Succeeded(out var marker, out failure))
            return failure;

        var layout = new LayoutFolder(folder, marker);
        return (await layout.Read(cancellation)).Select(_ => layout);
    }

    /// <summary>Opens a layout, after making an empty one where there is none.</summary>
    public static async Task<Result<LayoutFolder>> Create(string folder, CancellationToken cancellation)
    {
        var made = LayoutFiles.Try(folder, () =>
        {
            _ = Directory.CreateDirectory(folder);
            var (marker, index) = (Path.Combine(folder, ImageLayout.MarkerFile), Path.Combine(folder, ImageLayout.IndexFile));

            // The index first: a folder with a marker is a layout, and a layout has an index.
            if (!File.Exists(index))
                Files.AtomicFile.Write(index, LayoutIndex.Empty);
            if (!File.Exists(marker))
                Files.AtomicFile.Write(marker, """{"imageLayoutVersion":"1.0.0"}"""u8);
            return folder;
        });
        return made.Succeeded(out _, out var failure) ? await Open(folder, cancellation) : failure;
    }

    /// <summary>What the layout lists now, for choosing an image by name or digest.</summary>
    public async Task<Result<ImageLayout>> Read(CancellationToken cancellation)
        => (await ReadIndex(cancellation)).Then(index => ImageLayout.Parse(_marker, index));

    /// <inheritdoc/>
    public async Task<Result<Digest>> Resolve(Tag tag, CancellationToken cancellation)
        => (await Read(cancellation)).Then(layout => layout.Choose(tag.ToString())).Select(entry => entry.Digest);

    /// <inheritdoc/>
    public async Task<Result<StoredManifest>> GetManifest(Digest digest, CancellationToken cancellation)
        => (await ReadContent(digest, ImageDocument.MostBytes, cancellation)).Select(bytes => new StoredManifest(digest, bytes));

    /// <inheritdoc/>
    public async Task<Result<StoredManifest>> GetManifest(Tag tag, CancellationToken cancellation)
        => (await Resolve(tag, cancellation)).Succeeded(out var digest, out var failure)
            ? await GetManifest(digest, cancellation)
            : failure;

    /// <inheritdoc/>
    public async Task<Result<ReadOnlyMemory<byte>>> GetBlob(Descriptor blob, int maximum, CancellationToken cancellation)
    {
        if (blob.Size > maximum)
            return LayoutFiles.TooLarge($"blob {blob.Digest}", blob.Size, maximum);
        if (blob.Data is { } carried)
            return blob.Verify(carried);
        return (await ReadContent(blob.Digest, maximum, cancellation)).Then(blob.Verify);
    }

    /// <inheritdoc/>
    public async Task<Result<ReferrersList>> ListReferrers(Digest subject, string? artifactType, CancellationToken cancellation)
    {
        if (!(await Read(cancellation)).Succeeded(out var layout, out var failure))
            return failure;

        var found = new List<Descriptor>();
        var list = ReferrersList.Empty;
        var tag = ReferrersTag.Of(subject).ToString();
        foreach (var entry in layout.Entries.Where(entry => entry.Size <= ImageDocument.MostBytes).Take(ReferrersList.MostListed))
        {
            // An entry that cannot be read hides no other: whoever lists it must not be able to.
            if (!(await ReadContent(entry.Digest, ImageDocument.MostBytes, cancellation)).Succeeded(out var bytes, out _))
                continue;
            if (entry.Annotation(Annotations.RefName) == tag && ReferrersList.Parse(bytes).Succeeded(out var fallback, out _))
                list = list.With(fallback);
            else if (ImageDocument.Parse(bytes, entry.Digest).Succeeded(out var document, out _) && document.Subject?.Digest == subject)
                found.Add(ReferrerEntry.Of(document));
        }

        return ReferrersList.Parse(DocumentWriter.Index(found).Bytes).Select(listed => listed.With(list));
    }

    /// <inheritdoc/>
    public Task<Result<Digest>> PushBlob(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        => Task.Run(() => WriteContent(bytes), cancellation);

    /// <inheritdoc/>
    public async Task<Result<Digest>> PushManifest(ReadOnlyMemory<byte> bytes, Tag? tag, CancellationToken cancellation)
    {
        if (!ImageDocument.Parse(bytes, Digest.Sha256(bytes.Span)).Succeeded(out var document, out var failure)
            || !WriteContent(bytes).Succeeded(out _, out failure))
            return failure;

        var entry = document.Subject is null ? document.Descriptor : ReferrerEntry.Of(document);
        if (tag is { } named)
            entry = entry with { Annotations = entry.Annotations.SetItem(Annotations.RefName, named.ToString()) };

        // Other programs do not know this lock, but two of ours do not lose each other's entries.
        if (!(await LayoutLock.Take(Path.Combine(_folder, ImageLayout.MarkerFile), cancellation)).Succeeded(out var held, out failure))
            return failure;
        using (held)
        {
            if (!(await ReadIndex(cancellation)).Then(index => LayoutIndex.Add(index, entry, tag)).Succeeded(out var changed, out failure))
                return failure;
            return LayoutFiles.Try(_folder, () =>
            {
                Files.AtomicFile.Write(Path.Combine(_folder, ImageLayout.IndexFile), changed.Span);
                return document.Digest;
            });
        }
    }

    private Task<Result<ReadOnlyMemory<byte>>> ReadIndex(CancellationToken cancellation)
        => LayoutFiles.Read(Path.Combine(_folder, ImageLayout.IndexFile), ImageDocument.MostBytes, cancellation);

    private async Task<Result<ReadOnlyMemory<byte>>> ReadContent(Digest digest, int maximum, CancellationToken cancellation)
        => (await LayoutFiles.Read(Path.Combine(_folder, ImageLayout.BlobPath(digest)), maximum, cancellation)).Then(digest.Verify);

    private Result<Digest> WriteContent(ReadOnlyMemory<byte> bytes) => LayoutFiles.Try(_folder, () =>
    {
        var digest = Digest.Sha256(bytes.Span);
        var path = Path.Combine(_folder, ImageLayout.BlobPath(digest));
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);

        // Written anew even if it is there: it may be half of one, left by another program.
        Files.AtomicFile.Write(path, bytes.Span);
        return digest;
    });
}
