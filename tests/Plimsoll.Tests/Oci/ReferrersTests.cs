using System.Text;
using Plimsoll.Oci;
using Plimsoll.Oci.Referrers;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Tests.Oci;

public sealed class ReferrersTests
{
    private static readonly string Release = MediaType.Envelope("release");
    private static readonly string Provenance = MediaType.Envelope("provenance");

    [Fact]
    public void Junk_before_and_after_does_not_hide_the_good_one()
    {
        var good = Referrer("good", Release);
        foreach (var position in new[] { 0, 100, 900, 1023 })
        {
            var junk = Enumerable.Range(0, 1023).Select(number => Referrer($"junk {number}", "application/junk")).ToList();
            junk.Insert(position, good);

            Assert.Equal(good.Digest, Assert.Single(ListOf(junk).Select([Release])).Digest);
        }

        foreach (var position in new[] { 0, 127, 1023 - 127, 1023 })
        {
            var alike = Enumerable.Range(0, 1023).Select(number => Referrer($"junk {number}", Release)).ToList();
            alike.Insert(position, good);
            var selected = ListOf(alike).Select([Release]);

            Assert.Equal(ReferrersList.MostFetched, selected.Length);
            Assert.Contains(selected, entry => entry.Digest == good.Digest);
        }
    }

    [Fact]
    public void The_wanted_types_come_first_and_silent_ones_last()
    {
        var list = ListOf([Referrer("c", MediaType.OciEmpty), Referrer("p", Provenance), Referrer("n", null), Referrer("r", Release), Referrer("x", "application/x")]);

        Assert.Equal([Release, Provenance, MediaType.OciEmpty, null], list.Select([Release, Provenance, Release]).Select(entry => entry.ArtifactType));
        Assert.Equal(list.Select([Release]), list.Select([Release]));
        Assert.Single(list.Select([Release, Provenance], most: 1));
    }

    [Fact]
    public void Bad_lines_never_spoil_a_list()
    {
        var good = Referrer("good", Release);
        var text = Encoding.UTF8.GetString(DocumentWriter.Index([good]).Bytes.Span).Replace(
            "\"manifests\":[", "\"manifests\":[7,null,{},{\"mediaType\":\"text/plain\",\"digest\":\"x\"},{\"digest\":\"../../etc\"},", StringComparison.Ordinal);

        var list = ReferrersList.Parse(Encoding.UTF8.GetBytes(text)).ShouldSucceed();

        Assert.Equal(good.Digest, Assert.Single(list.Entries).Digest);
        Assert.Equal(5, list.Unreadable);
    }

    [Fact]
    public void Pages_are_joined_doubles_dropped_and_the_whole_is_bounded()
    {
        var first = ListOf([.. Enumerable.Range(0, 600).Select(number => Referrer($"{number}", Release))]);
        var second = ListOf([.. Enumerable.Range(500, 600).Select(number => Referrer($"{number}", Release))]);

        var list = first.With(second);

        Assert.Equal(ReferrersList.MostListed, list.Entries.Length);
        Assert.Equal(100 + (1100 - 1024), list.Unreadable);
    }

    [Fact]
    public void A_referrer_that_is_too_large_or_empty_is_not_fetched()
        => Assert.Empty(ListOf([Referrer("a", Release) with { Size = ReferrersList.MostManifestBytes + 1 }, Referrer("b", Release) with { Size = 0 }]).Select([Release]));

    [Theory]
    [InlineData("{\"manifests\":null}", null)]
    [InlineData("{\"schemaVersion\":2,\"manifests\":[]}", null)]
    [InlineData("{\"manifests\":{}}", "oci.referrers")]
    [InlineData("{}", "oci.referrers")]
    [InlineData("{\"mediaType\":\"text/plain\",\"manifests\":[]}", "oci.referrers")]
    [InlineData("{\"manifests\":[],\"Manifests\":[]}", "oci.case-variant")]
    [InlineData("<html>", "json.syntax")]
    public void What_is_no_list_is_refused(string text, string? code)
    {
        var parsed = ReferrersList.Parse(Encoding.UTF8.GetBytes(text));
        if (code is null)
            Assert.Empty(parsed.ShouldSucceed().Entries);
        else
            parsed.ShouldFailWith(code);
    }

    [Fact]
    public void The_tag_scheme_names_the_subject()
    {
        var sha256 = Digest.Sha256("x"u8);
        var sha512 = Digest.FromHash(System.Security.Cryptography.SHA512.HashData("x"u8));

        Assert.Equal($"sha256-{sha256.Hex}", ReferrersTag.Of(sha256).ToString());
        Assert.Equal($"sha512-{sha512.Hex[..64]}", ReferrersTag.Of(sha512).ToString());
        Assert.Throws<ArgumentException>(() => ReferrersTag.Of(default));
    }

    [Fact]
    public void Adding_to_the_tag_s_index_keeps_the_others_with_all_their_members()
    {
        var present = Encoding.UTF8.GetBytes(
            $$"""{"manifests":[{"mediaType":"{{MediaType.OciManifest}}","digest":"{{Digest.Sha256("old"u8)}}","size":3,"new":{"member":[1]} },7,{"digest":"x","n":1e999},"text"],"schemaVersion":2}""");
        var ours = Referrer("ours", Release);

        var made = ReferrersIndex.Add(present, ours).ShouldSucceed();
        var again = ReferrersIndex.Add(made.Bytes, ours).ShouldSucceed();

        Assert.Equal(made.Bytes.ToArray(), again.Bytes.ToArray());
        Assert.Contains("\"new\":{\"member\":[1]}", Encoding.UTF8.GetString(made.Bytes.Span), StringComparison.Ordinal);
        Assert.Equal([Digest.Sha256("old"u8), ours.Digest], ReferrersList.Parse(made.Bytes).ShouldSucceed().Entries.Select(entry => entry.Digest));
        Assert.Equal(made.Descriptor, Descriptor.Describe(MediaType.OciIndex, made.Bytes.Span));
        Assert.Single(ReferrersList.Parse(ReferrersIndex.Add(null, ours).ShouldSucceed().Bytes).ShouldSucceed().Entries);
        ReferrersIndex.Add("{"u8.ToArray(), ours).ShouldFailWith("json.syntax");
    }

    [Fact]
    public void A_list_that_would_grow_beyond_what_registries_take_is_refused()
    {
        var large = Referrer("large", Release) with { Annotations = Referrer("x", null).Annotations.Add("text", new string('x', ImageDocument.MostBytes - 450)) };
        var present = ReferrersIndex.Add(null, large).ShouldSucceed();

        ReferrersIndex.Add(present.Bytes, Referrer("one more", Release)).ShouldFailWith("oci.referrers-full");
    }

    [Fact]
    public void An_artifact_manifest_of_ours_reads_back_and_is_the_same_every_time()
    {
        var subject = Descriptor.Describe(MediaType.OciIndex, "root"u8) with { Platform = Platform.Unknown };
        var layer = Descriptor.Describe(Release, "envelope"u8) with { Annotations = Referrer("x", null).Annotations.Add(Annotations.PredicateType, "p") };

        var made = DocumentWriter.Artifact(Release, subject, [layer], layer.Annotations);
        var read = ImageManifest.Parse(made.Bytes, made.Descriptor).ShouldSucceed();

        Assert.Equal(Release, read.Kind);
        Assert.Equal((subject.Digest, subject.Size, subject.MediaType, null), (read.Subject!.Digest, read.Subject.Size, read.Subject.MediaType, read.Subject.Platform));
        Assert.Equal(layer.Digest, Assert.Single(read.Layers).Digest);
        Assert.Equal("p", read.Layers[0].Annotation(Annotations.PredicateType));
        Assert.Equal("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", read.Config.Digest.ToString());
        Assert.Equal("{}"u8.ToArray(), read.Config.Data!.Value.ToArray());
        Assert.Equal(Release, made.Descriptor.ArtifactType);
        Assert.Equal(made.Bytes.ToArray(), DocumentWriter.Artifact(Release, subject, [layer], layer.Annotations).Bytes.ToArray());
    }

    private static ReferrersList ListOf(IEnumerable<Descriptor> entries) => ReferrersList.Parse(DocumentWriter.Index(entries).Bytes).ShouldSucceed();

    private static Descriptor Referrer(string content, string? artifactType)
        => Descriptor.Describe(MediaType.OciManifest, Encoding.UTF8.GetBytes(content)) with { ArtifactType = artifactType };
}
