using Plimsoll.Envelopes;
using Plimsoll.Oci;
using Plimsoll.Verification.Policy;

namespace Plimsoll.Benchmarks;

/// <summary>The documents that a verdict reads: how long each takes, and what it allocates.</summary>
public static class FormatFigures
{
    /// <summary>The figures.</summary>
    public static IEnumerable<Figure> All()
    {
        var release = new Lazy<SampleRelease>();
        return
        [
            .. Of("dsse.parse", () => Bench.Must(DsseEnvelope.Parse(release.Value.Envelope))),
            .. Of("dsse.pae", () => Pae.Encode(DsseEnvelope.InToto, release.Value.Statement)),
            .. Of("release.parse", () => Bench.Must(ReleaseStatement.Parse(release.Value.Statement))),
            .. Of("policy.parse", () => Bench.Must(TrustPolicy.Parse(SampleRelease.Policy))),
            .. Of("index.parse", () => Bench.Must(ImageIndex.Parse(release.Value.Image.Index.Bytes, release.Value.Image.Index.Descriptor))),
            .. Of("manifest.parse", () => Bench.Must(ImageManifest.Parse(release.Value.Image.Platforms[0].Manifest.Bytes, release.Value.Image.Platforms[0].Manifest.Descriptor))),
        ];
    }

    private static IEnumerable<Figure> Of(string name, Action action) =>
    [
        Figure.Of(name, "us", bench => bench.Microseconds(action)),
        Figure.Allocated($"{name}.allocated", () => action),
    ];
}
