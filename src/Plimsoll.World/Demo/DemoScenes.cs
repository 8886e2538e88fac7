using System.Collections.Immutable;
using Plimsoll.Client.Gathering;
using Plimsoll.Client.Registry;
using Plimsoll.Envelopes;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Primitives.Keys;
using Plimsoll.World.Identity;
using Plimsoll.World.Images;

namespace Plimsoll.World.Demo;

/// <summary>The honest release, and every attack that this version answers. Each scene has a repository of its own.</summary>
public static class DemoScenes
{
    /// <summary>All scenes in the order in which they are shown.</summary>
    public static ImmutableArray<DemoScene> All { get; } =
    [
        new("release", "acme's release workflow builds, pushes and signs an image", null, Release),
        new("tampered", "the index is changed after signing, and the signature put on the changed one", "content.digest", Tampered),
        new("copied", "the image is copied with its signature to another repository", "content.repository", Copied),
        new("second-child", "the index gets a second, evil image for the same platform", "oci.index-doubled-platform", SecondChild),
        new("wrong-identity", "another repository signs an image of its own under acme's name", "identity.mismatch", WrongIdentity),
        new("foreign-caller", "another repository calls acme's reusable workflow", "identity.mismatch", ForeignCaller),
        new("stolen-token", "the published token is put on another image", "openpubkey.att-mismatch", StolenToken),
        new("planted-statement", "a build step plants a statement about a foreign image, for CI to sign", "subject.planted", PlantedStatement),
        new("unknown-key", "the token is signed by a key that the provider does not have", "openpubkey.op-key-lookup", UnknownKey),
        new("unsigned", "nobody signed the image", "signature.none", Unsigned),
    ];

    private static async Task<DemoOutcome> Release(DemoStage stage, CancellationToken cancellation)
    {
        var image = stage.Image("acme/app:1.4");
        _ = await Released(stage, image, cancellation);
        return new DemoOutcome(await stage.Verify(image, cancellation, DemoStage.Must(Platform.Parse("linux/arm64"))));
    }

    private static async Task<DemoOutcome> Tampered(DemoStage stage, CancellationToken cancellation)
    {
        var image = stage.Image("tampered/app:1.4");
        var (made, envelope) = await Released(stage, image, cancellation);

        var index = DemoStage.Must(ImageIndex.Parse(made.Index.Bytes, made.Index.Descriptor));
        var changed = DocumentWriter.Index(index.Entries.Where(entry => entry.Platform?.Architecture != "arm64"));
        await Replace(stage, image, changed, envelope, cancellation);
        return new DemoOutcome(await stage.Verify(image, cancellation));
    }

    private static async Task<DemoOutcome> Copied(DemoStage stage, CancellationToken cancellation)
    {
        var original = stage.Image("original/app:1.4");
        var (made, envelope) = await Released(stage, original, cancellation);

        var copy = stage.Image("copied/app:1.4");
        _ = await stage.Push(copy, made, cancellation);
        await Attach(stage.Store(copy), envelope, made.Index.Descriptor, cancellation);
        return new DemoOutcome(await stage.Verify(copy, cancellation));
    }

    private static async Task<DemoOutcome> SecondChild(DemoStage stage, CancellationToken cancellation)
    {
        var image = stage.Image("second-child/app:1.4");
        var (made, envelope) = await Released(stage, image, cancellation);

        var evil = SampleImage.Create(image.Repository.ToString(), "evil\n");
        _ = await stage.Push(image, evil, cancellation);
        var index = DemoStage.Must(ImageIndex.Parse(made.Index.Bytes, made.Index.Descriptor));
        var second = evil.Platforms[0].Manifest.Descriptor with { Platform = evil.Platforms[0].Platform };
        await Replace(stage, image, DocumentWriter.Index([second, .. index.Entries]), envelope, cancellation);
        return new DemoOutcome(await stage.Verify(image, cancellation, second.Platform));
    }

    private static Task<DemoOutcome> WrongIdentity(DemoStage stage, CancellationToken cancellation)
        => SignedBy(stage, stage.Image("wrong-identity/app:1.4"), new ActionsJob { Repository = "mallory/app", RepositoryId = "666" }, cancellation);

    private static Task<DemoOutcome> ForeignCaller(DemoStage stage, CancellationToken cancellation) => SignedBy(
        stage, stage.Image("foreign-caller/app:1.4"),
        DemoStage.TrustedJob with { Repository = "mallory/app", RepositoryId = "666" }, cancellation);

    private static async Task<DemoOutcome> StolenToken(DemoStage stage, CancellationToken cancellation)
    {
        var image = stage.Image("stolen-token/app:1.4");
        var (_, envelope) = await Released(stage, image, cancellation);
        var token = DemoStage.Must(OpkExtension.Parse(DemoStage.Must(DsseEnvelope.Parse(envelope)).Signatures[0].Extension));

        // The thief states what he likes and signs it with a key of his own: the token's key never left the job.
        var evil = await stage.Push(image, SampleImage.Create(image.Repository.ToString(), "evil\n"), cancellation);
        var statement = Forge(image, evil);
        using var key = EcdsaSigningKey.Create(EllipticCurve.P256);
        var forged = DsseEnvelope.Of(DsseEnvelope.InToto, statement, DsseSignature.Sign(DsseEnvelope.InToto, statement, key, token.ToExtension()));
        await Attach(stage.Store(image), forged.ToBytes(), evil.Index.Descriptor, cancellation);
        return new DemoOutcome(await stage.Verify(image, cancellation));
    }

    private static async Task<DemoOutcome> PlantedStatement(DemoStage stage, CancellationToken cancellation)
    {
        var image = stage.Image("planted/app:1.4");
        var made = await stage.Push(image, WithPlanted(image), cancellation);
        var signed = DemoStage.Must(await stage.Sign(image, made.Index.Descriptor.Digest, DemoStage.TrustedJob, cancellation));
        return new DemoOutcome(await stage.Verify(image, cancellation), signed.Inventory.LeftOut.SingleOrDefault()?.Why);
    }

    private static async Task<DemoOutcome> UnknownKey(DemoStage stage, CancellationToken cancellation)
    {
        var image = stage.Image("unknown-key/app:1.4");
        var key = stage.Provider.Keys.Rotate();
        _ = await Released(stage, image, cancellation);
        stage.Provider.Keys.Vanish(key);
        try
        {
            return new DemoOutcome(await stage.Verify(image, cancellation));
        }
        finally
        {
            _ = stage.Provider.Keys.Rotate();
        }
    }

    private static async Task<DemoOutcome> Unsigned(DemoStage stage, CancellationToken cancellation)
    {
        var image = stage.Image("unsigned/app:1.4");
        _ = await stage.Push(image, SampleImage.Create(image.Repository.ToString()), cancellation);
        return new DemoOutcome(await stage.Verify(image, cancellation));
    }

    private static async Task<DemoOutcome> SignedBy(DemoStage stage, Reference image, ActionsJob job, CancellationToken cancellation)
    {
        var made = await stage.Push(image, SampleImage.Create(image.Repository.ToString(), "evil\n"), cancellation);
        _ = DemoStage.Must(await stage.Sign(image, made.Index.Descriptor.Digest, job, cancellation));
        return new DemoOutcome(await stage.Verify(image, cancellation));
    }

    private static async Task<(SampleImage Made, ReadOnlyMemory<byte> Envelope)> Released(DemoStage stage, Reference image, CancellationToken cancellation)
    {
        var made = await stage.Push(image, SampleImage.Create(image.Repository.ToString()), cancellation);
        var signed = DemoStage.Must(await stage.Sign(image, made.Index.Descriptor.Digest, DemoStage.TrustedJob, cancellation));
        var store = stage.Store(image);
        var attached = await DemoStage.MustAsync(store.GetManifest(signed.Envelope, cancellation));
        var layer = DemoStage.Must(ImageManifest.Parse(attached.Bytes, signed.Envelope)).Layers[0];
        return (made, await DemoStage.MustAsync(store.GetBlob(layer, int.MaxValue, cancellation)));
    }

    private static async Task Replace(DemoStage stage, Reference image, MadeDocument index, ReadOnlyMemory<byte> envelope, CancellationToken cancellation)
    {
        // An attacker with write access pushes what our own client would refuse to.
        var store = stage.Store(image);
        _ = await DemoStage.MustAsync(store.PushUnread(index.Bytes, index.Descriptor.MediaType, image.Tag, cancellation));
        await Attach(store, envelope, index.Descriptor, cancellation);
    }

    private static async Task Attach(RegistryRepository store, ReadOnlyMemory<byte> envelope, Descriptor subject, CancellationToken cancellation)
    {
        var layer = Descriptor.Describe(EvidenceGatherer.ReleaseArtifact, envelope.Span);
        _ = await DemoStage.MustAsync(store.PushBlob(envelope, cancellation));
        _ = await DemoStage.MustAsync(store.PushBlob(Descriptor.EmptyConfig.Data!.Value, cancellation));
        var manifest = DocumentWriter.Artifact(EvidenceGatherer.ReleaseArtifact, subject, [layer]);
        _ = await DemoStage.MustAsync(store.PushManifest(manifest.Bytes, tag: null, cancellation));
    }

    private static byte[] Forge(Reference image, SampleImage evil) => DemoStage.Must(new ReleaseStatement
    {
        Repository = image.Repository.ToString(),
        Root = evil.Index.Descriptor.Digest,
        RootMediaType = evil.Index.Descriptor.MediaType,
        RootSize = evil.Index.Descriptor.Size,
        Tags = [image.Tag!.Value.ToString()],
        Children = [.. evil.Platforms.Select(one => new ReleaseChild(
            one.Manifest.Descriptor.Digest, one.Manifest.Descriptor.Size, one.Manifest.Descriptor.MediaType, one.Platform.ToString(),
            DemoStage.Must(ImageManifest.Parse(one.Manifest.Bytes, one.Manifest.Descriptor)).Config.Digest))],
    }.ToBytes());

    private static SampleImage WithPlanted(Reference image)
    {
        var made = SampleImage.Create(image.Repository.ToString());
        var foreign = Digest.Sha256("somebody else's image"u8);
        var statement = SampleImage.Describe("bank/vault", foreign, made.Platforms[0].Platform);
        var (attestation, config) = SampleImage.Attest(statement);
        var planted = made.Platforms[0] with { Attestation = attestation, Statement = statement };
        var platforms = made.Platforms.SetItem(0, planted);
        var entries = platforms.Select(one => one.Manifest.Descriptor with { Platform = one.Platform })
            .Concat(platforms.Select(one => SampleImage.Entry(one.Attestation, one.Manifest)));
        return new SampleImage(DocumentWriter.Index(entries), platforms, [.. made.Blobs, statement, config]);
    }
}
