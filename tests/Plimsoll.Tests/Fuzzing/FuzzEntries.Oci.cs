using Plimsoll.Envelopes;
using Plimsoll.Oci;
using Plimsoll.Oci.BuildKit;
using Plimsoll.Oci.Layout;
using Plimsoll.Oci.Referrers;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Verification.Subjects;

namespace Plimsoll.Tests.Fuzzing;

/// <summary>The parsers of Plimsoll.Oci and Plimsoll.Envelopes.</summary>
internal sealed class OciFuzzEntries : IFuzzEntries
{
    private static readonly byte[] LayoutMarker = """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray();

    private const string Hex = "c5b1261d6d3e43071626931fc004f70149baeba2c8ec672bd4f27761f8e1ad6b";

    private static readonly string[] Documents =
    [
        $$$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:{{{Hex}}}","size":7,"platform":{"os":"linux","architecture":"arm64","variant":"v8"} },{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:{{{Hex}}}","size":7,"platform":{"os":"unknown","architecture":"unknown"},"annotations":{"vnd.docker.reference.type":"attestation-manifest","vnd.docker.reference.digest":"sha256:{{{Hex}}}" } }]}""",
        $$$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.docker.attestation.manifest.v1+json","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2,"data":"e30="},"layers":[{"mediaType":"application/vnd.in-toto+json","digest":"sha256:{{{Hex}}}","size":7,"annotations":{"in-toto.io/predicate-type":"p"} }],"subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:{{{Hex}}}","size":7} }""",
        """{"os":"linux","architecture":"arm","variant":"v7","rootfs":{}}""",
    ];

    private static readonly string Metadata = $$$"""{"containerimage.digest":"sha256:{{{Hex}}}","image.name":"a/b:1,c","containerimage.descriptor":{"mediaType":"a/b","digest":"sha256:{{{Hex}}}","size":1} }""";

    private static readonly string[] Statements =
    [
        $$$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"docker.io/library/app","digest":{"sha256":"{{{Hex}}}" } }],"predicateType":"https://plimsoll.dev/release/v1","predicate":{"tags":["1"],"root":{"mediaType":"a/b","size":1},"children":[{"digest":"sha256:{{{Hex}}}","size":1,"mediaType":"a/b","platform":"linux/amd64","config":"sha256:{{{Hex}}}"}],"statements":[{"digest":"sha256:{{{Hex}}}","predicateType":"p","child":"sha256:{{{Hex}}}"}],"build":{"a":"b"} } }""",
        $$$"""{"_type":"https://in-toto.io/Statement/v0.1","subject":[{"name":"pkg:docker/app@1?platform=linux%2Famd64","digest":{"sha256":"{{{Hex}}}" } }],"predicateType":"p"}""",
    ];

    private static readonly string[] References = ["alpine", "docker.io/library/alpine:3.20", "[::1]:5000/a/b_c:v1@sha256:" + Hex, "Registry.Example:443/a"];

    public IEnumerable<FuzzEntry> Entries()
    {
        var digest = Digest.Parse("sha256:" + Hex).Succeeded(out var parsed, out _) ? parsed : default;
        var repository = RepositoryName.Parse("app").Succeeded(out var name, out _) ? name : default;

        yield return FuzzEntry.OfText("oci.reference", Reference.Parse, FuzzSeeds.Text(References), value => Assert.NotEmpty(value.Familiar));
        yield return FuzzEntry.OfText("oci.platform", Platform.Parse, FuzzSeeds.Text("linux/arm64/v8", "windows(10.0.1.2)/amd64"), value => Assert.NotEmpty(value.ToString()));
        yield return FuzzEntry.Of("oci.document", bytes => ImageDocument.Parse(bytes, Digest.Sha256(bytes)), FuzzSeeds.Text(Documents), Walk);
        yield return FuzzEntry.Of(
            "oci.attestation-manifest", bytes => AttestationManifest.Parse(bytes, Descriptor.Describe(MediaType.OciManifest, bytes), digest), FuzzSeeds.Text(Documents));
        yield return FuzzEntry.Of("oci.config", bytes => ImageConfig.Parse(bytes, Descriptor.Describe(MediaType.OciConfig, bytes)), FuzzSeeds.Text(Documents));
        yield return FuzzEntry.Of("oci.referrers", ReferrersListOf, FuzzSeeds.Text(Documents), value => Assert.True(value.Select(["a/b"]).Length <= ReferrersList.MostFetched));
        yield return FuzzEntry.Of("oci.referrers-index", bytes => ReferrersIndex.Add(bytes, Descriptor.EmptyConfig), FuzzSeeds.Text(Documents)).Costing(allocationPerByte: 2000);
        yield return FuzzEntry.Of("oci.layout", bytes => ImageLayout.Parse(LayoutMarker, bytes), FuzzSeeds.Text(Documents), value => value.Choose());
        yield return FuzzEntry.Of("oci.build-metadata", bytes => BuildResult.ParseMetadata(bytes), FuzzSeeds.Text(Metadata));
        yield return FuzzEntry.Of("oci.build-id", bytes => BuildResult.ParseIdFile(bytes), FuzzSeeds.Text("sha256:" + Hex + "\n"));
        yield return FuzzEntry.Of("envelopes.dsse", bytes => DsseEnvelope.Parse(bytes), FuzzSeeds.Text(
            """{"payloadType":"t","payload":"e30=","signatures":[{"keyid":"k","sig":"AA==","extension":{"kind":"OPK","ext":{"pkt":"e30="}}},{"sig":"-_-_"}]}"""), Verify);
        yield return FuzzEntry.Of(
            "envelopes.statement", bytes => InTotoStatement.ParseAttached(bytes), FuzzSeeds.Text(Statements), value => ImageSubjects.ForeignNames(value, digest, repository));
        yield return FuzzEntry.Of("envelopes.release", bytes => ReleaseStatement.Parse(bytes), FuzzSeeds.Text(Statements), value => value.ToBytes()).Costing(allocationPerByte: 2000);
        yield return FuzzEntry.OfText(
            "envelopes.package-url", PackageUrl.Parse, FuzzSeeds.Text("pkg:docker/localhost%3A5001/a@1?platform=linux%2Famd64&x=y", "pkg:docker/a:1"), value => Assert.NotEmpty(value.ToString()));
    }

    private static Plimsoll.Primitives.Result<ReferrersList> ReferrersListOf(byte[] bytes) => ReferrersList.Parse(bytes);

    private static void Walk(ImageDocument document)
    {
        if (document is not ImageIndex index)
            return;
        Assert.True(index.Children.Count() + index.Attestations.Count() == index.Entries.Length, "an entry is an image or an attestation manifest");
        Assert.All(index.Children, child => Assert.NotNull(child.Platform));
    }

    private static void Verify(DsseEnvelope envelope)
    {
        Assert.False(envelope.Verify([]).Succeeded(out _, out _));
        foreach (var signature in envelope.Signatures)
            OpkExtension.Parse(signature.Extension);
    }
}
