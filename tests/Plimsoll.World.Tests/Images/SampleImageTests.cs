using Plimsoll.Oci;
using Plimsoll.Oci.BuildKit;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;
using Plimsoll.World.Images;

namespace Plimsoll.World.Tests.Images;

public class SampleImageTests
{
    [Fact]
    public void A_sample_image_passes_the_strict_reader_down_to_its_statements()
    {
        var image = SampleImage.Create("registry.example/app");
        var index = Ok(ImageIndex.Parse(image.Index.Bytes, image.Index.Descriptor));

        Assert.Equal(["linux/amd64", "linux/arm64"], index.Children.Select(child => child.Platform!.ToString()));
        foreach (var (child, platform) in index.Children.Zip(image.Platforms))
        {
            var manifest = Ok(ImageManifest.Parse(platform.Manifest.Bytes, child));
            var config = Ok(ImageConfig.Parse(Blob(image, manifest.Config), manifest.Config));
            Assert.Equal(child.Platform, config.Platform);
            Assert.All(manifest.Layers, layer => Blob(image, layer));
        }

        foreach (var ((entry, about), platform) in index.Attestations.Zip(image.Platforms))
        {
            var attestation = Ok(AttestationManifest.Parse(platform.Attestation.Bytes, entry, about));
            var statement = Assert.Single(attestation.Statements);
            Assert.Equal(platform.Manifest.Descriptor.Digest, about);
            Assert.Equal("https://slsa.dev/provenance/v1", statement.PredicateType);
            Assert.Equal(platform.Statement.ToArray(), Blob(image, statement.Layer).ToArray());
        }
    }

    [Fact]
    public void The_same_content_is_the_same_image_and_another_is_another()
    {
        var one = SampleImage.Create("registry.example/app", "one\n");

        Assert.Equal(one.Index.Descriptor.Digest, SampleImage.Create("registry.example/app", "one\n").Index.Descriptor.Digest);
        Assert.NotEqual(one.Index.Descriptor.Digest, SampleImage.Create("registry.example/app", "two\n").Index.Descriptor.Digest);
        Assert.NotEqual(one.Platforms[0].Manifest.Descriptor.Digest, one.Platforms[1].Manifest.Descriptor.Digest);
    }

    private static ReadOnlyMemory<byte> Blob(SampleImage image, Descriptor wanted)
        => Assert.Single(image.Blobs.Where(blob => Digest.Sha256(blob.Span) == wanted.Digest).DistinctBy(blob => Digest.Sha256(blob.Span)));

    private static T Ok<T>(Result<T> result)
        where T : notnull
    {
        Assert.True(result.Succeeded(out var value, out var failure), failure?.ToString());
        return value;
    }
}
