using System.Collections.Immutable;
using Plimsoll.Client.Registry;
using Plimsoll.Envelopes;
using Plimsoll.Oci;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Client.Signing;

/// <summary>A statement that will not be listed in the release, and why.</summary>
public sealed record LeftOut(Digest Statement, Digest About, Failure Why);

/// <summary>
/// Everything that a release statement is about: the root, its platform manifests, and the unsigned statements that the build
/// attached to them.
/// </summary>
public sealed record ImageInventory(
    ImageDocument Root, ImmutableArray<ReleaseChild> Children, ImmutableArray<ReleasedStatement> Statements,
    ImmutableArray<LeftOut> LeftOut, ImmutableArray<string> ForeignNames)
{
    private const int SideBySide = 8;

    /// <summary>Reads an image from its store, by digest. What is ambiguous is refused here, before anything is signed.</summary>
    /// <param name="store">Where the image is.</param>
    /// <param name="root">The index's or manifest's digest, from the build.</param>
    /// <param name="repository">The repository that the release will name: statements about other names are reported.</param>
    /// <param name="cancellation">Ends the reading by an exception.</param>
    public static async Task<Result<ImageInventory>> Read(IContentStore store, Digest root, RepositoryName repository, CancellationToken cancellation)
    {
        if (!(await store.GetManifest(root, cancellation)).Succeeded(out var bytes, out var failure)
            || !ImageDocument.Parse(bytes.Bytes, root).Succeeded(out var document, out failure))
            return failure;

        var children = await ReadChildren(store, document, cancellation);
        if (!children.Succeeded(out var read, out failure))
            return failure;

        var inventory = new ImageInventory(document, read, [], [], []);
        return document is ImageIndex index
            ? await new StatementReader(store, repository, index).AddTo(inventory, cancellation)
            : inventory;
    }

    private static async Task<Result<ImmutableArray<ReleaseChild>>> ReadChildren(IContentStore store, ImageDocument root, CancellationToken cancellation)
    {
        if (root is ImageManifest single)
            return (await ReadSingle(store, single, cancellation)).Select(child => ImmutableArray.Create(child));

        var entries = ((ImageIndex)root).Children.ToArray();
        var read = new Result<ReleaseChild>[entries.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellation };
        await Parallel.ForAsync(0, entries.Length, options, async (at, stop) => read[at] = await ReadChild(store, entries[at], stop));

        var children = ImmutableArray.CreateBuilder<ReleaseChild>(entries.Length);
        foreach (var result in read)
        {
            if (!result.Succeeded(out var child, out var failure))
                return failure;
            children.Add(child);
        }

        return children.MoveToImmutable();
    }

    private static async Task<Result<ReleaseChild>> ReadChild(IContentStore store, Descriptor entry, CancellationToken cancellation)
    {
        if (!(await store.GetManifest(entry.Digest, cancellation)).Succeeded(out var bytes, out var failure)
            || !ImageManifest.Parse(bytes.Bytes, entry).Succeeded(out var manifest, out failure))
            return failure;
        return new ReleaseChild(entry.Digest, entry.Size, entry.MediaType, entry.Platform!.ToString(), manifest.Config.Digest);
    }

    /// <summary>A manifest without an index says its platform in its configuration only.</summary>
    private static async Task<Result<ReleaseChild>> ReadSingle(IContentStore store, ImageManifest manifest, CancellationToken cancellation)
    {
        if (!(await store.GetBlob(manifest.Config, ImageDocument.MostBytes, cancellation)).Succeeded(out var config, out var failure)
            || !ImageConfig.Parse(config, manifest.Config).Succeeded(out var parsed, out failure))
            return failure;
        return new ReleaseChild(manifest.Digest, manifest.Bytes.Length, manifest.MediaType, parsed.Platform.ToString(), manifest.Config.Digest);
    }
}
