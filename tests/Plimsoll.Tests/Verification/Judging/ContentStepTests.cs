using System.Text;
using Plimsoll.Envelopes;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Verification.Judging;

namespace Plimsoll.Tests.Verification.Judging;

/// <summary>Step 6 under attack: the image is what one and the same statement says, in all of its parts.</summary>
public sealed class ContentStepTests
{
    private static readonly TestImage Image = TestImage.Usual;
    private static readonly TestImage Other = TestImage.Create(["linux/amd64", "linux/arm64"], "changed");
    private static readonly Digest Elsewhere = Digest.Sha256("elsewhere"u8);

    /// <summary>Releases by the right identity that are not quite about this image.</summary>
    public static TheoryData<string, string, Func<ReleaseStatement, ReleaseStatement>> Unlike => new()
    {
        { "another digest", "content.digest", release => release with { Root = Elsewhere } },
        { "another repository", "content.repository", release => release with { Repository = "registry.example/acme/other" } },
        { "another host", "content.repository", release => release with { Repository = "registry.example.evil/acme/app" } },
        { "another spelling of the repository", "content.repository", release => release with { Repository = "Registry.example/acme/app" } },
        { "another tag", "content.tag", release => release with { Tags = ["1.0.0", "v1.0", "10"] } },
        { "a tag in another case", "content.tag", release => release with { Tags = ["1.0 "] } },
        { "no tag", "content.tag", release => release with { Tags = [] } },
        { "another root type", "content.root", release => release with { RootMediaType = MediaType.DockerIndex } },
        { "another root size", "content.root", release => release with { RootSize = release.RootSize + 1 } },
        { "a child less", "content.children", release => release with { Children = release.Children[..1] } },
        { "a child more", "content.children", release => release with { Children = release.Children.Add(release.Children[0] with { Platform = "linux/s390x", Digest = Elsewhere }) } },
        { "a child of other content", "content.children", release => release with { Children = release.Children.SetItem(1, Other.Release.Children[1]) } },
        { "children swapped between platforms", "content.children", release => release with { Children = [release.Children[0] with { Platform = "linux/arm64" }, release.Children[1] with { Platform = "linux/amd64" }] } },
        { "a child for another platform", "content.children", release => release with { Children = release.Children.SetItem(1, release.Children[1] with { Platform = "linux/arm/v7" }) } },
        { "a platform in another spelling", "content.children", release => release with { Children = release.Children.SetItem(1, release.Children[1] with { Platform = "linux/arm64/v8" }) } },
        { "a child of another size", "content.children", release => release with { Children = release.Children.SetItem(0, release.Children[0] with { Size = 1 }) } },
        { "a child of another type", "content.children", release => release with { Children = release.Children.SetItem(0, release.Children[0] with { MediaType = MediaType.DockerManifest }) } },
    };

    [Theory]
    [MemberData(nameof(Unlike), DisableDiscoveryEnumeration = true)]
    public void A_release_of_something_else_is_refused(string what, string code, Func<ReleaseStatement, ReleaseStatement> change)
    {
        Assert.NotEmpty(what);

        Assert.Equal(code, TestEvidence.Judged(TestEvidence.Of(Image, TestEvidence.Sign(change(Image.Release)))).Refusal?.Code);
    }

    [Fact]
    public void An_index_with_a_second_evil_child_is_refused()
    {
        var evil = TestImage.Manifest(Platform.Parse("linux/riscv64").ShouldSucceed(), "evil");
        var index = DocumentWriter.Index(
            Image.Platforms.Append(evil).Select(one => one.Manifest.Descriptor with { Platform = one.Platform }));
        var release = Image.Release with { Root = index.Descriptor.Digest, RootSize = index.Bytes.Length };

        var evidence = TestEvidence.Of(Image, TestEvidence.Sign(release)) with { Root = new DocumentBytes(index.Descriptor.Digest, index.Bytes) };

        Assert.Equal("content.children", TestEvidence.Judged(evidence).Refusal?.Code);
    }

    [Fact]
    public void Two_releases_do_not_add_up_to_one()
    {
        // Each has what the other lacks: name and tag here, digest and children there.
        var named = TestEvidence.Sign(Other.Release);
        var whole = TestEvidence.Sign(Image.Release with { Repository = "registry.example/acme/other" });
        var untagged = TestEvidence.Sign(Image.Release with { Tags = ["0.9"] });

        var verdict = TestEvidence.Judged(TestEvidence.Of(Image, named, whole, untagged));

        Assert.False(verdict.Accepted);
        Assert.Equal(3, verdict.Findings.Count(finding => finding is { Step: Step.Content, Outcome: Outcome.Ignored }));
    }

    [Fact]
    public void A_release_that_fits_is_found_among_those_that_do_not()
    {
        var verdict = TestEvidence.Judged(TestEvidence.Of(Image, TestEvidence.Sign(Other.Release), TestEvidence.Sign(Image.Release), TestEvidence.Sign(Other.Release with { Tags = ["2"] })));

        Assert.True(verdict.Accepted, verdict.Refusal?.ToString());
    }

    [Fact]
    public void Another_statement_by_the_right_identity_is_no_release()
    {
        var provenance = TestEvidence.Sign(Encoding.UTF8.GetBytes($$$"""
            {"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"{{{TestImage.Repository}}}","digest":{"sha256":"{{{Image.Root.Digest.Hex}}}"}}],"predicateType":"https://slsa.dev/provenance/v1","predicate":{}}
            """));

        Assert.Equal("content.no-release", TestEvidence.Judged(TestEvidence.Of(Image, provenance)).Refusal?.Code);
        Assert.Equal("content.digest", TestEvidence.Judged(TestEvidence.Of(Image, provenance, TestEvidence.Sign(Other.Release))).Refusal?.Code);
        Assert.True(TestEvidence.Judged(TestEvidence.Of(Image, provenance, TestEvidence.Sign(Image.Release))).Accepted);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("text")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1"}""")]
    public void What_was_signed_and_is_no_statement_is_refused(string payload)
        => Assert.False(TestEvidence.Judged(TestEvidence.Of(Image, TestEvidence.Sign(Encoding.UTF8.GetBytes(payload)))).Accepted);

    [Fact]
    public void By_digest_the_tag_is_not_asked()
    {
        var untagged = TestEvidence.Of(Image, TestEvidence.Sign(Image.Release with { Tags = [] }));

        Assert.True(TestEvidence.Judged(untagged with { Reference = Reference.Parse($"{TestImage.Repository}@{Image.Root.Digest}").ShouldSucceed() }).Accepted);
    }

    [Fact]
    public void The_platforms_manifest_is_pinned_whether_or_not_it_could_be_had()
    {
        var (platform, manifest, _) = Image.Platforms[1];
        var evidence = TestEvidence.Of(Image, TestEvidence.Sign(Image.Release)) with { Platform = platform };

        Assert.Equal(manifest.Descriptor.Digest, TestEvidence.Judged(evidence).Manifest);
        Assert.Equal(manifest.Descriptor.Digest, TestEvidence.Judged(evidence with { PlatformManifest = Bytes(manifest) }).Manifest);
    }

    [Fact]
    public void A_platforms_manifest_that_is_another_is_refused_whatever_digest_it_comes_under()
    {
        var evidence = TestEvidence.Of(Image, TestEvidence.Sign(Image.Release)) with { Platform = Image.Platforms[1].Platform };
        var (other, right) = (Other.Platforms[1].Manifest, Image.Platforms[1].Manifest);

        Assert.Equal("digest.mismatch", TestEvidence.Judged(evidence with { PlatformManifest = Bytes(other) }).Refusal?.Code);
        Assert.Equal("digest.mismatch", TestEvidence.Judged(evidence with { PlatformManifest = Bytes(other) with { Digest = right.Descriptor.Digest } }).Refusal?.Code);
    }

    [Fact]
    public void A_platforms_manifest_with_another_configuration_than_was_signed_is_refused()
    {
        var (platform, manifest, _) = Image.Platforms[1];
        var release = Image.Release with { Children = Image.Release.Children.SetItem(1, Image.Release.Children[1] with { Config = Elsewhere }) };

        var evidence = TestEvidence.Of(Image, TestEvidence.Sign(release)) with { Platform = platform, PlatformManifest = Bytes(manifest) };

        Assert.Equal("content.config", TestEvidence.Judged(evidence).Refusal?.Code);
    }

    [Theory]
    [InlineData("linux/s390x")]
    [InlineData("linux/amd64/v3")]
    [InlineData("windows(10.0.20348.1)/amd64")]
    public void A_platform_that_was_not_released_is_refused(string platform)
    {
        var evidence = TestEvidence.Of(Image, TestEvidence.Sign(Image.Release)) with { Platform = Platform.Parse(platform).ShouldSucceed() };

        Assert.Equal("content.platform", TestEvidence.Judged(evidence).Refusal?.Code);
    }

    [Fact]
    public void One_manifest_may_serve_two_platforms()
    {
        var (first, manifest, config) = Image.Platforms[0];
        var second = Platform.Parse("linux/arm64").ShouldSucceed();
        var index = DocumentWriter.Index([manifest.Descriptor with { Platform = first }, manifest.Descriptor with { Platform = second }]);
        var release = Image.Release with
        {
            Root = index.Descriptor.Digest,
            RootSize = index.Bytes.Length,
            Children = [TestImage.Child(first, manifest, config), TestImage.Child(second, manifest, config)],
        };
        var evidence = TestEvidence.Of(Image, TestEvidence.Sign(release)) with { Root = Bytes(index) };

        Assert.True(TestEvidence.Judged(evidence).Accepted);
        Assert.Equal("content.children", TestEvidence.Judged(evidence with
        {
            Envelopes = [TestEvidence.Sign(release with { Children = release.Children[..1] })],
        }).Refusal?.Code);
    }

    [Fact]
    public void A_single_manifest_is_its_own_only_child()
    {
        var (platform, manifest, config) = Image.Platforms[0];
        var release = Image.Release with
        {
            Root = manifest.Descriptor.Digest,
            RootMediaType = MediaType.OciManifest,
            RootSize = manifest.Bytes.Length,
            Children = [TestImage.Child(platform, manifest, config)],
        };
        var evidence = TestEvidence.Of(Image, TestEvidence.Sign(release)) with { Root = Bytes(manifest) };

        Assert.Equal(manifest.Descriptor.Digest, TestEvidence.Judged(evidence).Manifest);
        Assert.Equal("content.platform", Code(evidence with { Platform = Image.Platforms[1].Platform }));
        Assert.Equal("content.config", Code(evidence with { Envelopes = [TestEvidence.Sign(release with { Children = [release.Children[0] with { Config = Elsewhere }] })] }));
        Assert.Equal("content.children", Code(evidence with { Envelopes = [TestEvidence.Sign(release with { Children = release.Children.Add(Image.Release.Children[1]) })] }));
        Assert.Equal("content.children", Code(evidence with { Envelopes = [TestEvidence.Sign(release with { Children = [Image.Release.Children[1]] })] }));

        static string? Code(Evidence evidence) => TestEvidence.Judged(evidence).Refusal?.Code;
    }

    private static DocumentBytes Bytes(MadeDocument made) => new(made.Descriptor.Digest, made.Bytes);
}
