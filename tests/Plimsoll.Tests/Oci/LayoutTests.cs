using System.Text;
using Plimsoll.Envelopes;
using Plimsoll.Oci;
using Plimsoll.Oci.BuildKit;
using Plimsoll.Oci.Layout;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Verification.Subjects;

namespace Plimsoll.Tests.Oci;

public sealed class LayoutTests
{
    private const string Marker = "{\"imageLayoutVersion\":\"1.0.0\"}";

    [Theory]
    [InlineData("unsigned-index", "linux/amd64 linux/arm64", "https://spdx.dev/Document https://slsa.dev/provenance/v0.2")]
    [InlineData("no-provenance-index", "linux/amd64 linux/arm64", "https://spdx.dev/Document")]
    [InlineData("containerd-subject-layout", "linux/arm64", "https://spdx.dev/Document")]
    public void Docker_s_layouts_are_read_down_to_every_statement(string folder, string platforms, string predicates)
    {
        var layout = Open(folder);
        var chosen = layout.Choose("docker.io/library/test-image:test").ShouldSucceed();
        Assert.Equal("docker.io/library/test-image:test", ImageLayout.NameOf(chosen)!.ToString());

        var index = ImageIndex.Parse(Blob(folder, chosen.Digest), chosen).ShouldSucceed();
        Assert.Equal(platforms.Split(' ').Order(StringComparer.Ordinal), index.Children.Select(child => $"{child.Platform}").Order(StringComparer.Ordinal));
        foreach (var child in index.Children)
        {
            var manifest = ImageManifest.Parse(Blob(folder, child.Digest), child).ShouldSucceed();
            Assert.Equal(child.Platform, ImageConfig.Parse(Blob(folder, manifest.Config.Digest), manifest.Config).ShouldSucceed().Platform);
        }

        Assert.Equal(index.Children.Select(child => child.Digest), index.Attestations.Select(attestation => attestation.About));
        foreach (var (entry, about) in index.Attestations)
        {
            var attestation = AttestationManifest.Parse(Blob(folder, entry.Digest), entry, about).ShouldSucceed();
            Assert.Equal(predicates.Split(' ').Order(StringComparer.Ordinal), attestation.Statements.Select(one => one.PredicateType).Order(StringComparer.Ordinal));
            foreach (var attached in attestation.Statements)
            {
                var bytes = attached.Layer.Verify(Blob(folder, attached.Layer.Digest)).ShouldSucceed();
                var statement = InTotoStatement.Parse(bytes).ShouldSucceed();
                var name = ImageLayout.NameOf(chosen)!.Repository;
                var platform = index.Children.Single(child => child.Digest == about).Platform;

                Assert.Equal(attached.PredicateType, statement.PredicateType);
                // The statement of containerd-subject-layout names docker.io/library/test: upstream's check fails for this name too.
                if (folder == "containerd-subject-layout")
                {
                    ImageSubjects.Find(statement, name, about, platform).ShouldFailWith("subject.other-repository");
                    continue;
                }

                ImageSubjects.Find(statement, name, about, platform).ShouldSucceed();
                Assert.Empty(ImageSubjects.ForeignNames(statement, about, name).ShouldSucceed());
            }
        }
    }

    [Fact]
    public void An_attestation_manifest_of_the_newer_form_must_agree_with_its_index()
    {
        var about = Descriptor.Describe(MediaType.OciManifest, "platform manifest"u8);
        var statement = Descriptor.Describe(MediaType.InToto, "{}"u8) with { Annotations = Descriptor.EmptyConfig.Annotations.Add(Annotations.PredicateType, "p") };
        var other = Descriptor.Describe("application/vnd.other", "{}"u8);

        var made = DocumentWriter.Artifact(MediaType.BuildKitAttestation, about, [statement, other]);
        var read = AttestationManifest.Parse(made.Bytes, made.Descriptor, about.Digest).ShouldSucceed();

        Assert.Equal("p", Assert.Single(read.Statements).PredicateType);
        AttestationManifest.Parse(made.Bytes, made.Descriptor, Digest.Sha256("another image"u8)).ShouldFailWith("oci.attestation-subject");
        Refused(DocumentWriter.Artifact(MediaType.BuildKitAttestation, null, [statement]));
        Refused(DocumentWriter.Artifact("application/vnd.other", about, [statement]));
        Refused(DocumentWriter.Artifact(MediaType.BuildKitAttestation, about, [statement with { Annotations = Descriptor.EmptyConfig.Annotations }]));
        Refused(DocumentWriter.Artifact(MediaType.BuildKitAttestation, about, [statement with { Size = AttestationManifest.MostStatementBytes + 1 }]));
        Refused(DocumentWriter.Artifact(MediaType.BuildKitAttestation, about, Enumerable.Repeat(statement, AttestationManifest.MostStatements + 1)));

        void Refused(MadeDocument crafted) => AttestationManifest.Parse(crafted.Bytes, crafted.Descriptor, about.Digest).ShouldFailWith("oci.attestation-manifest");
    }

    [Theory]
    [InlineData("{}", "{\"schemaVersion\":2,\"manifests\":[]}", "oci.layout")]
    [InlineData("{\"imageLayoutVersion\":\"2.0.0\"}", "{\"schemaVersion\":2,\"manifests\":[]}", "oci.layout")]
    [InlineData(Marker, "{\"schemaVersion\":2}", "oci.layout")]
    [InlineData(Marker, "{\"schemaVersion\":1,\"manifests\":[]}", "oci.layout")]
    [InlineData(Marker, "{\"schemaVersion\":2,\"mediaType\":\"text/plain\",\"manifests\":[]}", "oci.layout")]
    [InlineData(Marker, "{\"schemaVersion\":2,\"manifests\":[{}]}", "oci.layout")]
    [InlineData(Marker, "{\"schemaVersion\":2,\"manifests\":[],\"Manifests\":[]}", "oci.case-variant")]
    [InlineData(Marker, "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"a/b\",\"digest\":\"sha256:../../../etc/passwd\",\"size\":1}]}", "digest.malformed")]
    public void A_layout_that_is_none_is_refused(string marker, string index, string code)
        => ImageLayout.Parse(Encoding.UTF8.GetBytes(marker), Encoding.UTF8.GetBytes(index)).ShouldFailWith(code);

    [Fact]
    public void An_image_is_chosen_by_name_tag_or_digest_and_never_guessed()
    {
        var one = Named("one", Annotations.RefName, "registry.example/app:1");
        var two = Named("two", Annotations.RefName, "2");
        var three = Named("three", Annotations.ContainerdImageName, "docker.io/library/app:3");

        Assert.Equal(one.Digest, Layout(one).Choose().ShouldSucceed().Digest);
        Assert.Equal(one.Digest, Layout(one, two).Choose("registry.example/app:1").ShouldSucceed().Digest);
        Assert.Equal(two.Digest, Layout(one, two).Choose("2").ShouldSucceed().Digest);
        Assert.Equal(three.Digest, Layout(one, two, three).Choose("app:3").ShouldSucceed().Digest);
        Assert.Equal(two.Digest, Layout(one, two).Choose(two.Digest.ToString()).ShouldSucceed().Digest);
        Layout(one, two).Choose().ShouldFailWith("oci.layout-several-images");
        Layout(one, one with { Digest = two.Digest }).Choose("registry.example/app:1").ShouldFailWith("oci.layout-several-images");
        Layout(one).Choose("registry.example/app:2").ShouldFailWith("oci.layout-no-image");
        Layout(one).Choose("registry.example/other:1").ShouldFailWith("oci.layout-no-image");
        Layout(one with { MediaType = "application/octet-stream" }).Choose().ShouldFailWith("oci.layout-no-image");
    }

    [Fact]
    public void The_only_image_of_a_build_without_a_name_is_meant_by_any_name()
    {
        var latest = Named("one", Annotations.RefName, "latest");
        var bare = latest with { Annotations = Descriptor.EmptyConfig.Annotations };

        Assert.Equal(latest.Digest, Layout(latest).Choose("1.4").ShouldSucceed().Digest);
        Assert.Equal(bare.Digest, Layout(bare).Choose("registry.example/app:1.4").ShouldSucceed().Digest);
        Layout(latest).Choose(Digest.Sha256("another"u8).ToString()).ShouldFailWith("oci.layout-no-image");
        Layout(bare, latest with { Digest = Digest.Sha256("another"u8) }).Choose("1.4").ShouldFailWith("oci.layout-several-images");
        Layout(bare, Named("two", Annotations.RefName, "2")).Choose("1.4").ShouldFailWith("oci.layout-no-image");
    }

    [Fact]
    public void What_is_attached_to_an_image_is_not_taken_for_one()
    {
        var image = Named("one", Annotations.RefName, "1");
        var attached = Descriptor.Describe(MediaType.OciManifest, "attached"u8) with { ArtifactType = "application/vnd.in-toto.release+dsse" };

        Assert.Equal(image.Digest, Layout(image, attached).Choose().ShouldSucceed().Digest);
        Assert.Equal(attached.Digest, Layout(image, attached).Choose(attached.Digest.ToString()).ShouldSucceed().Digest);
        Assert.Equal("name one of: 1", Layout(image, attached).Choose("2").ShouldFailWith("oci.layout-no-image").Next);
    }

    [Fact]
    public void The_digest_of_a_build_is_read_from_its_metadata()
    {
        var digest = Digest.Sha256("root"u8);
        var metadata = $$"""
            {"buildx.build.ref":"x","containerimage.digest":"{{digest}}","image.name":"registry.example/app:1,team/app",
             "containerimage.descriptor":{"mediaType":"{{MediaType.OciIndex}}","digest":"{{digest}}","size":1607} }
            """;

        var result = BuildResult.ParseMetadata(Encoding.UTF8.GetBytes(metadata)).ShouldSucceed();
        var baked = BuildResult.ParseMetadata(Encoding.UTF8.GetBytes($"{{\"app\":{metadata}}}"), "app").ShouldSucceed();

        Assert.Equal(digest, result.Digest);
        Assert.Equal(["registry.example/app:1", "docker.io/team/app:latest"], result.Names.Select(name => name.ToString()));
        Assert.Equal(1607, result.Descriptor!.Size);
        Assert.Equal(digest, baked.Digest);
        Metadata("{}").ShouldFailWith("oci.build-without-image");
        Metadata("[]").ShouldFailWith("oci.build-metadata");
        Metadata("{\"containerimage.digest\":7}").ShouldFailWith("oci.build-metadata");
        Metadata("{\"containerimage.digest\":\"latest\"}").ShouldFailWith("digest.malformed");
        Metadata(metadata.Replace($"\"digest\":\"{digest}", $"\"digest\":\"{Digest.Sha256("evil"u8)}", StringComparison.Ordinal)).ShouldFailWith("oci.build-metadata");
        Metadata(metadata.Replace("team/app", "Team/App", StringComparison.Ordinal)).ShouldFailWith("oci.repository");
        BuildResult.ParseMetadata(Encoding.UTF8.GetBytes(metadata), "other").ShouldFailWith("oci.build-without-image");

        static Plimsoll.Primitives.Result<BuildResult> Metadata(string text) => BuildResult.ParseMetadata(Encoding.UTF8.GetBytes(text));
    }

    [Fact]
    public void An_id_file_holds_a_digest_and_nothing_else()
    {
        var digest = Digest.Sha256("root"u8);

        Assert.Equal(digest, BuildResult.ParseIdFile(Encoding.UTF8.GetBytes($"{digest}\n")).ShouldSucceed());
        BuildResult.ParseIdFile(Encoding.UTF8.GetBytes($"{digest}\n{digest}\n")).ShouldFailWith("digest.malformed");
        BuildResult.ParseIdFile(new byte[257]).ShouldFailWith("oci.build-id");
    }

    [Fact]
    public void A_blob_s_path_stays_inside_the_layout()
    {
        Assert.Equal("blobs/sha256/" + Digest.Sha256("x"u8).Hex, ImageLayout.BlobPath(Digest.Sha256("x"u8)));
        Assert.Throws<ArgumentException>(() => ImageLayout.BlobPath(default));
    }

    private static Descriptor Named(string content, string key, string name)
        => Descriptor.Describe(MediaType.OciManifest, Encoding.UTF8.GetBytes(content)) with { Annotations = Descriptor.EmptyConfig.Annotations.Add(key, name) };

    private static ImageLayout Layout(params Descriptor[] entries)
        => ImageLayout.Parse(Encoding.UTF8.GetBytes(Marker), DocumentWriter.Index(entries).Bytes).ShouldSucceed();

    private static ImageLayout Open(string folder) => ImageLayout.Parse(
        File.ReadAllBytes(TestData.SkipIfAbsent($"vectors/docker-attest/oci/{folder}/oci-layout")),
        File.ReadAllBytes(TestData.SkipIfAbsent($"vectors/docker-attest/oci/{folder}/index.json"))).ShouldSucceed();

    private static byte[] Blob(string folder, Digest digest)
        => File.ReadAllBytes(TestData.SkipIfAbsent($"vectors/docker-attest/oci/{folder}/{ImageLayout.BlobPath(digest)}"));
}
