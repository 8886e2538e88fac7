using System.Collections.Immutable;
using System.Text;
using Plimsoll.Envelopes;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Verification.Judging;

namespace Plimsoll.Tests.Verification.Judging;

/// <summary>A small image in memory: an index over a manifest for each platform, and what a publisher would say about it.</summary>
internal sealed class TestImage
{
    public const string Repository = "registry.example/acme/app";

    private TestImage(ImmutableArray<(Platform Platform, MadeDocument Manifest, Digest Config)> platforms, MadeDocument index)
    {
        Platforms = platforms;
        Index = index;
    }

    public static TestImage Usual { get; } = Create(["linux/amd64", "linux/arm64"]);

    public ImmutableArray<(Platform Platform, MadeDocument Manifest, Digest Config)> Platforms { get; }

    public MadeDocument Index { get; }

    public DocumentBytes Root => new(Index.Descriptor.Digest, Index.Bytes);

    /// <summary>What the publisher of this image states.</summary>
    public ReleaseStatement Release => new()
    {
        Repository = Repository,
        Root = Index.Descriptor.Digest,
        RootMediaType = MediaType.OciIndex,
        RootSize = Index.Bytes.Length,
        Tags = ["1.0", "latest"],
        Children = [.. Platforms.Select(one => Child(one.Platform, one.Manifest, one.Config))],
    };

    /// <summary>An image whose layers hold this text, so that two of them differ in every digest.</summary>
    public static TestImage Create(IEnumerable<string> platforms, string content = "afloat")
    {
        var made = platforms.Select(platform => Manifest(Platform.Parse(platform).ShouldSucceed(), content)).ToImmutableArray();
        return new TestImage(made, DocumentWriter.Index(made.Select(one => one.Manifest.Descriptor with { Platform = one.Platform })));
    }

    public static ReleaseChild Child(Platform platform, MadeDocument manifest, Digest config)
        => new(manifest.Descriptor.Digest, manifest.Bytes.Length, manifest.Descriptor.MediaType, platform.ToString(), config);

    public static (Platform Platform, MadeDocument Manifest, Digest Config) Manifest(Platform platform, string content)
    {
        var config = Descriptor.Describe(
            MediaType.OciConfig, Encoding.UTF8.GetBytes($$"""{"os":"{{platform.Os}}","architecture":"{{platform.Architecture}}","variant":"{{platform.Variant}}","author":"{{content}}"}"""));
        var layer = Descriptor.Describe("application/vnd.oci.image.layer.v1.tar", Encoding.UTF8.GetBytes($"{content} for {platform}"));
        return (platform, DocumentWriter.Manifest(config, [layer]), config.Digest);
    }
}
