using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.World.Images;

/// <summary>One platform's image in a <see cref="SampleImage"/>, and what BuildKit said about it.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="Manifest">The image's manifest.</param>
/// <param name="Attestation">The attestation manifest, with one unsigned provenance statement.</param>
/// <param name="Statement">The statement's bytes.</param>
public sealed record SamplePlatform(Platform Platform, MadeDocument Manifest, MadeDocument Attestation, ReadOnlyMemory<byte> Statement);

/// <summary>
/// A small image for several platforms, made in memory in the form that BuildKit gives one: for each platform a
/// configuration, a layer and an attestation manifest with a provenance statement, and an index over all.
/// </summary>
/// <param name="Index">The index, the image's root.</param>
/// <param name="Platforms">Its platforms in order.</param>
/// <param name="Blobs">Everything to be stored before the manifests.</param>
public sealed record SampleImage(MadeDocument Index, ImmutableArray<SamplePlatform> Platforms, ImmutableArray<ReadOnlyMemory<byte>> Blobs)
{
    private const string Provenance = "https://slsa.dev/provenance/v1";
    private const string Layer = "application/vnd.oci.image.layer.v1.tar";

    private static readonly Platform[] Usual = [Known("linux/amd64"), Known("linux/arm64")];

    /// <summary>Makes an image whose only file holds <paramref name="content"/>, for linux/amd64 and linux/arm64 unless other platforms are named.</summary>
    /// <param name="name">What the statements call the image: host and repository.</param>
    /// <param name="content">What the file says; another content is another image.</param>
    /// <param name="platforms">The platforms, each once.</param>
    public static SampleImage Create(string name, string content = "hello\n", params ReadOnlySpan<Platform> platforms)
    {
        var blobs = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        var made = ImmutableArray.CreateBuilder<SamplePlatform>();
        foreach (var platform in platforms.IsEmpty ? Usual : platforms)
            made.Add(CreatePlatform(name, content, platform, blobs));

        // BuildKit: the images first, then what is said about them.
        var entries = made.Select(one => one.Manifest.Descriptor with { Platform = one.Platform })
            .Concat(made.Select(one => Entry(one.Attestation, one.Manifest)));
        return new SampleImage(DocumentWriter.Index(entries), made.ToImmutable(), blobs.ToImmutable());
    }

    /// <summary>An index entry for BuildKit's statements about a manifest.</summary>
    public static Descriptor Entry(MadeDocument attestation, MadeDocument about) => attestation.Descriptor with
    {
        // In an index the annotations say what the entry is; what the manifest is, it says itself.
        ArtifactType = null,
        Platform = Platform.Unknown,
        Annotations = ImmutableSortedDictionary.CreateRange<string, string>(StringComparer.Ordinal,
        [
            new(Annotations.ReferenceType, Annotations.AttestationManifest),
            new(Annotations.ReferenceDigest, about.Descriptor.Digest.ToString()),
        ]),
    };

    /// <summary>An attestation manifest in BuildKit's older form, which looks like an image, holding this statement.</summary>
    public static (MadeDocument Manifest, ReadOnlyMemory<byte> Config) Attest(ReadOnlyMemory<byte> statement, string predicateType = Provenance)
    {
        var layer = Descriptor.Describe(MediaType.InToto, statement.Span) with
        {
            Annotations = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(Annotations.PredicateType, predicateType),
        };
        var config = ToUtf8(Config("unknown", "unknown", layer.Digest));
        return (DocumentWriter.Manifest(Descriptor.Describe(MediaType.OciConfig, config), [layer]), config);
    }

    /// <summary>A SLSA provenance statement (in-toto v0.1, as BuildKit writes it) about one digest.</summary>
    public static ReadOnlyMemory<byte> Describe(string name, Digest digest, Platform platform) => ToUtf8(new JsonObject
    {
        ["_type"] = "https://in-toto.io/Statement/v0.1",
        ["predicateType"] = Provenance,
        ["subject"] = new JsonArray(new JsonObject
        {
            ["name"] = $"pkg:docker/{name}?platform={Uri.EscapeDataString(platform.ToString())}",
            ["digest"] = new JsonObject { ["sha256"] = digest.ToString()["sha256:".Length..] },
        }),
        ["predicate"] = new JsonObject
        {
            ["buildDefinition"] = new JsonObject
            {
                ["buildType"] = "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md",
                ["externalParameters"] = new JsonObject { ["configSource"] = new JsonObject { ["path"] = "Dockerfile" } },
                ["internalParameters"] = new JsonObject { ["builderPlatform"] = "linux/amd64" },
                ["resolvedDependencies"] = new JsonArray(),
            },
            ["runDetails"] = new JsonObject
            {
                ["builder"] = new JsonObject { ["id"] = "https://github.com/acme/app/actions/runs/8123456789" },
                ["metadata"] = new JsonObject { ["invocationId"] = "9c1k4hb4", ["startedOn"] = "2026-12-01T11:58:00Z", ["finishedOn"] = "2026-12-01T11:58:09Z" },
            },
        },
    });

    private static SamplePlatform CreatePlatform(string name, string content, Platform platform, ImmutableArray<ReadOnlyMemory<byte>>.Builder blobs)
    {
        var layer = Tar("hello.txt", $"{content.TrimEnd('\n')} from {platform}\n");
        var config = ToUtf8(Config(platform.Os, platform.Architecture, Digest.Sha256(layer), platform.Variant));
        var manifest = DocumentWriter.Manifest(
            Descriptor.Describe(MediaType.OciConfig, config), [Descriptor.Describe(Layer, layer)]);
        var statement = Describe(name, manifest.Descriptor.Digest, platform);
        var (attestation, attestationConfig) = Attest(statement);

        blobs.AddRange(layer, config, statement, attestationConfig);
        return new SamplePlatform(platform, manifest, attestation, statement);
    }

    private static JsonObject Config(string os, string architecture, Digest layer, string variant = "")
    {
        var config = new JsonObject
        {
            ["architecture"] = architecture,
            ["os"] = os,
            ["config"] = new JsonObject { ["Cmd"] = new JsonArray("/hello.txt") },
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray(layer.ToString()) },
        };
        if (variant.Length > 0)
            config["variant"] = variant;
        return config;
    }

    // One entry with fixed owner and time, so that the same content has the same digest in every run.
    private static byte[] Tar(string name, string content)
    {
        using var output = new MemoryStream();
        using (var writer = new System.Formats.Tar.TarWriter(output, System.Formats.Tar.TarEntryFormat.Ustar, leaveOpen: true))
        {
            using var data = new MemoryStream(Encoding.UTF8.GetBytes(content));
            writer.WriteEntry(new System.Formats.Tar.UstarTarEntry(System.Formats.Tar.TarEntryType.RegularFile, name)
            {
                DataStream = data,
                ModificationTime = DateTimeOffset.UnixEpoch,
                Mode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            });
        }

        return output.ToArray();
    }

    private static byte[] ToUtf8(JsonObject json) => Identity.TokenWriter.ToUtf8(json);

    private static Platform Known(string text)
        => Platform.Parse(text).Succeeded(out var platform, out var failure) ? platform : throw new ArgumentException(failure.What, nameof(text));
}
