using System.Text;
using Plimsoll.Oci;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Tests.Oci;

/// <summary>Each test is a document that two programs read as two things (docs/adr/0004-unambiguous-manifests.md).</summary>
public sealed class AmbiguousDocumentTests
{
    private const string Hex = "c5b1261d6d3e43071626931fc004f70149baeba2c8ec672bd4f27761f8e1ad6b";
    private const string Head = "\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\"";
    private const string ManifestHead = "\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\"";
    private const string Config = "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"sha256:" + Hex + "\",\"size\":2}";

    [Fact]
    public void An_ordinary_index_and_manifest_are_read()
    {
        Assert.Equal(2, Index(Entry("linux/amd64"), Entry("linux/arm64")).ShouldSucceed().Entries.Length);
        Assert.Empty(Parse($"{{{ManifestHead},{Config},\"layers\":[]}}").ShouldSucceed() is ImageManifest manifest ? manifest.Layers : throw new InvalidOperationException());
        Parse($"{{{ManifestHead},{Config},\"layers\":null}}").ShouldSucceed();
    }

    [Theory]
    [InlineData("linux/arm64", "linux/arm64/v8")]
    [InlineData("linux/arm64", "linux/aarch64")]
    [InlineData("linux/arm", "linux/arm/v7")]
    [InlineData("linux/amd64", "linux/x86_64")]
    [InlineData("linux/amd64", "linux/amd64/v1")]
    [InlineData("linux/amd64", "LINUX/AMD64")]
    [InlineData("linux/386", "linux/i386")]
    [InlineData("unknown/unknown", "unknown/unknown")]
    public void An_index_with_a_second_child_for_one_platform_is_refused(string first, string second)
        => Index(Entry(first), Entry(second)).ShouldFailWith("oci.index-doubled-platform");

    [Fact]
    public void An_os_version_or_feature_does_not_hide_a_second_child()
    {
        Index(Entry("linux/amd64"), Entry("linux/amd64", platform: ",\"os.version\":\"5.10\"")).ShouldFailWith("oci.index-doubled-platform");
        Index(Entry("linux/amd64"), Entry("linux/amd64", platform: ",\"os.features\":[\"sse4\"]")).ShouldFailWith("oci.index-doubled-platform");
        Index(Windows("10.0.20348.1"), Windows("10.0.20348.2")).ShouldFailWith("oci.index-doubled-platform");
        Index(Windows("10.0.20348.1"), Entry("windows/amd64")).ShouldFailWith("oci.index-doubled-platform");
        Index(Entry("windows/amd64"), Windows("10.0.20348.1")).ShouldFailWith("oci.index-doubled-platform");
        Index(Windows("10.0.20348.1"), Windows("10.0.17763.1")).ShouldSucceed();

        static string Windows(string version) => Entry("windows/amd64", platform: $",\"os.version\":\"{version}\"");
    }

    [Fact]
    public void Several_attestation_manifests_are_no_doubled_platform()
    {
        var index = Index(Entry("linux/amd64"), Attestation("unknown/unknown", Hex), Attestation("unknown/unknown", Hex)).ShouldSucceed();

        Assert.Equal("linux/amd64", Assert.Single(index.Children).Platform!.ToString());
        Assert.Equal(["sha256:" + Hex, "sha256:" + Hex], index.Attestations.Select(attestation => attestation.About.ToString()));
    }

    [Fact]
    public void An_image_disguised_as_an_attestation_manifest_is_refused()
    {
        Index(Entry("linux/amd64"), Attestation("linux/amd64", Hex)).ShouldFailWith("oci.attestation-entry");
        Index(Attestation("unknown/unknown", "77")).ShouldFailWith("oci.attestation-entry");
        Index(Entry("unknown/unknown", annotations: ",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}")).ShouldFailWith("oci.attestation-entry");
    }

    [Fact]
    public void Another_reference_type_does_not_hide_an_image()
    {
        var other = Entry("linux/amd64", annotations: ",\"annotations\":{\"vnd.docker.reference.type\":\"something-else\"}");

        Index(Entry("linux/amd64"), other).ShouldFailWith("oci.index-doubled-platform");
    }

    [Theory]
    [InlineData("\"manifests\":[],\"manifests\":[]", "json.duplicate-member")]
    [InlineData("\"manifests\":[],\"m\\u0061nifests\":[]", "json.duplicate-member")]
    [InlineData("\"manifests\":[],\"Manifests\":[]", "oci.case-variant")]
    [InlineData("\"manifests\":[],\"MANIFESTS\":[]", "oci.case-variant")]
    [InlineData("\"manifests\":[],\"manife\u017Ft\u017F\":[]", "oci.case-variant")]
    [InlineData("\"manifests\":[],\"\\u017Fubject\":{}", "oci.case-variant")]
    [InlineData("\"manifests\":[],\"Config\":{}", "oci.case-variant")]
    [InlineData("\"manifests\":[],\"mediatype\":\"x\"", "oci.case-variant")]
    [InlineData("\"manifests\":[],\"config\":{}", "oci.index-with-layers")]
    [InlineData("\"manifests\":[],\"layers\":[]", "oci.index-with-layers")]
    [InlineData("\"manifests\":[],\"layers\":null", "oci.index-with-layers")]
    [InlineData("\"manifests\":[],\"fsLayers\":[]", "oci.index-with-layers")]
    [InlineData("\"manifests\":[],\"history\":[]", "oci.index-with-layers")]
    [InlineData("\"manifests\":[]", "oci.index")]
    [InlineData("\"manifests\":{}", "oci.index")]
    [InlineData("\"manifests\":[7]", "oci.index")]
    [InlineData("\"other\":1", "oci.index")]
    public void An_index_that_reads_in_two_ways_is_refused(string members, string code) => Parse($"{{{Head},{members}}}").ShouldFailWith(code);

    [Theory]
    [InlineData("\"layers\":[],\"manifests\":[]", "oci.manifest-with-manifests")]
    [InlineData("\"layers\":[],\"manifests\":null", "oci.manifest-with-manifests")]
    [InlineData("\"layers\":[],\"fsLayers\":[]", "oci.manifest-with-manifests")]
    [InlineData("\"layers\":[],\"Layers\":[]", "oci.case-variant")]
    [InlineData("\"layers\":[],\"layers\":[]", "json.duplicate-member")]
    [InlineData("\"layers\":{}", "oci.manifest")]
    [InlineData("\"layers\":[{}]", "oci.manifest")]
    [InlineData("\"layers\":[],\"subject\":null", "oci.manifest")]
    [InlineData("\"layers\":[],\"annotations\":{\"a\":1}", "oci.manifest")]
    [InlineData("\"other\":1", "oci.manifest")]
    public void A_manifest_that_reads_in_two_ways_is_refused(string members, string code)
        => Parse($"{{{ManifestHead},{Config},{members}}}").ShouldFailWith(code);

    [Theory]
    [InlineData("{\"schemaVersion\":2,\"manifests\":[]}", "oci.media-type-missing")]
    [InlineData("{\"schemaVersion\":2,\"mediaType\":\"text/plain\",\"manifests\":[]}", "oci.media-type-unknown")]
    [InlineData("{\"schemaVersion\":2,\"mediaType\":\"APPLICATION/vnd.oci.image.index.v1+json\",\"manifests\":[]}", "oci.media-type-unknown")]
    [InlineData("{\"schemaVersion\":2,\"mediaType\":null,\"manifests\":[]}", "oci.manifest")]
    [InlineData("{\"schemaVersion\":1,\"name\":\"app\",\"fsLayers\":[]}", "oci.schema1")]
    [InlineData("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.docker.distribution.manifest.v1+prettyjws\"}", "oci.schema1")]
    [InlineData("{\"schemaVersion\":3,\"mediaType\":\"application/vnd.oci.image.index.v1+json\"}", "oci.manifest")]
    [InlineData("{\"schemaVersion\":\"2\",\"mediaType\":\"application/vnd.oci.image.index.v1+json\"}", "oci.manifest")]
    [InlineData("{\"schemaVersion\":2.0,\"mediaType\":\"application/vnd.oci.image.index.v1+json\"}", "oci.manifest")]
    [InlineData("[]", "oci.manifest")]
    [InlineData("{}{}", "json.syntax")]
    public void A_document_that_does_not_say_what_it_is_is_refused(string text, string code) => Parse(text).ShouldFailWith(code);

    [Fact]
    public void A_body_other_than_its_descriptor_says_is_refused()
    {
        var bytes = Encoding.UTF8.GetBytes($"{{{ManifestHead},{Config},\"layers\":[]}}");
        var right = Descriptor.Describe(MediaType.OciManifest, bytes);

        ImageDocument.Parse(bytes, right).ShouldSucceed();
        ImageDocument.Parse(bytes, right with { MediaType = MediaType.OciIndex }).ShouldFailWith("oci.media-type-mismatch");
        ImageDocument.Parse(bytes, right with { MediaType = MediaType.DockerManifest }).ShouldFailWith("oci.media-type-mismatch");
        ImageDocument.Parse(bytes, right with { Size = right.Size + 1 }).ShouldFailWith("oci.size-mismatch");
        ImageDocument.Parse(bytes, right with { Size = right.Size - 1 }).ShouldFailWith("oci.size-mismatch");
        ImageDocument.Parse(bytes, right with { Digest = Digest.Sha256("other"u8) }).ShouldFailWith("digest.mismatch");
        ImageDocument.Parse(bytes, default(Digest)).ShouldFailWith("digest.mismatch");
        ImageIndex.Parse(bytes, right.Digest).ShouldFailWith("oci.not-an-index");
        ImageManifest.Parse(bytes, right.Digest).ShouldSucceed();
    }

    [Fact]
    public void An_index_where_a_manifest_was_expected_is_refused()
    {
        var bytes = Encoding.UTF8.GetBytes($"{{{Head},\"manifests\":[{Entry("linux/amd64")}]}}");

        ImageManifest.Parse(bytes, Digest.Sha256(bytes)).ShouldFailWith("oci.not-a-manifest");
    }

    [Fact]
    public void An_entry_that_is_no_manifest_or_has_no_platform_is_refused()
    {
        Index(Entry("linux/amd64", mediaType: MediaType.OciIndex)).ShouldFailWith("oci.index-in-index");
        Index(Entry("linux/amd64", mediaType: MediaType.DockerIndex)).ShouldFailWith("oci.index-in-index");
        Index(Entry("linux/amd64", mediaType: "application/octet-stream")).ShouldFailWith("oci.index-entry-type");
        Index(Entry("linux/amd64", mediaType: "no type")).ShouldFailWith("oci.index");
        Index($"{{\"mediaType\":\"{MediaType.OciManifest}\",\"digest\":\"sha256:{Hex}\",\"size\":7}}").ShouldFailWith("oci.index-without-platform");
        Index(Entry("/amd64")).ShouldFailWith("oci.index");
        Index(Entry("li nux/amd64")).ShouldFailWith("oci.platform");
    }

    [Theory]
    [InlineData("\"size\":7", "\"size\":-7", "oci.index")]
    [InlineData("\"size\":7", "\"size\":1099511627777", "oci.index")]
    [InlineData("\"size\":7", "\"size\":7.5", "oci.index")]
    [InlineData("\"size\":7", "\"size\":\"7\"", "oci.index")]
    [InlineData("\"size\":7", "\"size\":7,\"Size\":8", "oci.case-variant")]
    [InlineData("\"size\":7", "\"size\":7,\"di\\u0067est\":\"x\"", "json.duplicate-member")]
    [InlineData("\"os\":", "\"OS\":\"linux\",\"os\":", "oci.case-variant")]
    [InlineData("\"os\":", "\"O\u017F\":\"linux\",\"os\":", "oci.case-variant")]
    [InlineData("sha256:", "md5:", "digest.malformed")]
    [InlineData("sha256:c", "sha256:C", "digest.malformed")]
    [InlineData("\"size\":7", "\"size\":7,\"data\":\"e30=\"", "oci.descriptor-data")]
    [InlineData("\"size\":7", "\"size\":7,\"data\":\"e30\"", "oci.index")]
    public void A_descriptor_that_reads_in_two_ways_is_refused(string from, string to, string code)
        => Index(Entry("linux/amd64").Replace(from, to, StringComparison.Ordinal)).ShouldFailWith(code);

    [Fact]
    public void Sizes_and_counts_are_bounded_on_both_sides()
    {
        Index([.. Enumerable.Range(0, ImageIndex.MostEntries).Select(number => Entry($"linux/cpu{number}"))]).ShouldSucceed();
        Index([.. Enumerable.Range(0, ImageIndex.MostEntries + 1).Select(number => Entry($"linux/cpu{number}"))]).ShouldFailWith("oci.index");
        Manifest(ImageManifest.MostLayers).ShouldSucceed();
        Manifest(ImageManifest.MostLayers + 1).ShouldFailWith("oci.manifest");
        Padded(ImageDocument.MostBytes).ShouldSucceed();
        Padded(ImageDocument.MostBytes + 1).ShouldFailWith("oci.too-large");

        static Result<ImageDocument> Manifest(int layers) => Parse(
            $"{{{ManifestHead},{Config},\"layers\":[{string.Join(',', Enumerable.Repeat($"{{\"mediaType\":\"a/b\",\"digest\":\"sha256:{Hex}\",\"size\":1}}", layers))}]}}");
        static Result<ImageDocument> Padded(int bytes) => Parse($"{{{ManifestHead},{Config},\"layers\":[]}}".PadRight(bytes));
    }

    [Fact]
    public void A_configuration_that_states_its_platform_twice_or_not_at_all_is_refused()
    {
        Assert.Equal("linux/arm64", Configuration("{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":\"v8\"}").ShouldSucceed().Platform.ToString());
        Configuration("{\"os\":\"linux\"}").ShouldFailWith("oci.config");
        Configuration("{\"os\":\"linux\",\"architecture\":\"arm64\",\"Architecture\":\"amd64\"}").ShouldFailWith("oci.case-variant");
        Configuration("{}", "application/vnd.oci.empty.v1+json").ShouldFailWith("oci.config");
        var bytes = "{}"u8.ToArray();
        ImageConfig.Parse(bytes, Descriptor.Describe(MediaType.OciConfig, "{ }"u8)).ShouldFailWith("oci.size-mismatch");
        ImageConfig.Parse(bytes, Descriptor.Describe(MediaType.OciConfig, "[]"u8)).ShouldFailWith("digest.mismatch");

        static Result<ImageConfig> Configuration(string text, string mediaType = MediaType.OciConfig)
            => ImageConfig.Parse(Encoding.UTF8.GetBytes(text), Descriptor.Describe(mediaType, Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void A_platform_that_several_children_fit_or_none_is_not_guessed()
    {
        var index = Index(
            Entry("linux/amd64"), Entry("windows/amd64", platform: ",\"os.version\":\"10.0.20348.1\""), Entry("windows/amd64", platform: ",\"os.version\":\"10.0.17763.1\"")).ShouldSucceed();

        index.Find(Platform.Parse("linux/amd64").ShouldSucceed()).ShouldSucceed();
        index.Find(Platform.Parse("windows(10.0.17763.9)/amd64").ShouldSucceed()).ShouldSucceed();
        index.Find(Platform.Parse("windows/amd64").ShouldSucceed()).ShouldFailWith("oci.no-such-platform");
        index.Find(Platform.Parse("linux/arm64").ShouldSucceed()).ShouldFailWith("oci.no-such-platform");
    }

    private static Result<ImageDocument> Parse(string text)
        => ImageDocument.Parse(Encoding.UTF8.GetBytes(text), Digest.Sha256(Encoding.UTF8.GetBytes(text)));

    private static Result<ImageIndex> Index(params string[] entries)
        => Parse($"{{{Head},\"manifests\":[{string.Join(',', entries)}]}}").Then(document => Result.Of((ImageIndex)document));

    private static string Attestation(string platform, string about) => Entry(
        platform, annotations: $",\"annotations\":{{\"vnd.docker.reference.type\":\"attestation-manifest\",\"vnd.docker.reference.digest\":\"sha256:{about}\"}}");

    private static string Entry(string text, string mediaType = MediaType.OciManifest, string platform = "", string annotations = "")
    {
        var parts = text.Split('/');
        var variant = parts.Length > 2 ? $",\"variant\":\"{parts[2]}\"" : "";
        return $"{{\"mediaType\":\"{mediaType}\",\"digest\":\"sha256:{Hex}\",\"size\":7,"
            + $"\"platform\":{{\"os\":\"{parts[0]}\",\"architecture\":\"{parts[1]}\"{variant}{platform}}}{annotations}}}";
    }
}
