using System.Text;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Oci.BuildKit;

/// <summary>What a build says it made: the digest that is then signed, so that no tag is ever asked for it.</summary>
/// <param name="Digest">The root: index or single manifest.</param>
/// <param name="Names">The names under which it was pushed or stored.</param>
/// <param name="Descriptor">The root's descriptor, where the file has it.</param>
public sealed record BuildResult(Digest Digest, ImmutableArray<Reference> Names, Descriptor? Descriptor)
{
    private const int MostNames = 256;
    private static readonly JsonLimits Limits = new(40 * 1024 * 1024, Depth: 64, Values: 1_000_000);

    /// <summary>
    /// Reads the file of <c>docker buildx build --metadata-file</c>. A <c>bake</c> file has one such object for each target:
    /// name the target.
    /// </summary>
    public static Result<BuildResult> ParseMetadata(ReadOnlyMemory<byte> bytes, string? target = null)
    {
        if (!StrictJson.Parse(bytes, Limits).Succeeded(out var root, out var failure))
            return failure;
        if (target is not null)
        {
            if (root.Member(target) is not { } inner)
                return NoDigest($"the metadata file has no target '{Refused.Shorten(target)}'");
            root = inner;
        }

        var members = root.ReadObject("oci.build-metadata");
        var digest = members.OptionalString("containerimage.digest");
        var names = members.OptionalString("image.name") ?? "";
        var value = members.OptionalValue("containerimage.descriptor");
        if (members.Failed(out failure))
            return failure;
        if (digest is null)
            return NoDigest("the metadata file has no 'containerimage.digest': the build made no image, or kept it in its cache");
        if (!Digest.Parse(digest).Succeeded(out var parsed, out failure))
            return failure;

        Descriptor? descriptor = null;
        if (value is { } found && !ImageDocument.ReadDescriptor(found, "oci.build-metadata").Succeeded(out descriptor, out failure))
            return failure;
        return descriptor is not null && descriptor.Digest != parsed
            ? Refused.Malformed("oci.build-metadata", $"the metadata file names {parsed}, and its descriptor {descriptor.Digest}", "build again and use the new file")
            : Named(parsed, names, descriptor);
    }

    /// <summary>Reads the file of <c>--iidfile</c>: the digest alone.</summary>
    public static Result<Digest> ParseIdFile(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 256)
            return Refused.Malformed("oci.build-id", $"an id file of {bytes.Length} bytes holds more than a digest", "give the file that --iidfile wrote");
        return Digest.Parse(Encoding.UTF8.GetString(bytes).TrimEnd('\r', '\n'));
    }

    private static Result<BuildResult> Named(Digest digest, string names, Descriptor? descriptor)
    {
        var references = ImmutableArray.CreateBuilder<Reference>();
        foreach (var name in names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(MostNames))
        {
            if (!Reference.Parse(name).Succeeded(out var reference, out var failure))
                return failure;
            references.Add(reference);
        }

        return new BuildResult(digest, references.ToImmutable(), descriptor);
    }

    private static Failure NoDigest(string what) => Refused.Missing(
        "oci.build-without-image", what, "build with --push or --output type=oci, and give that build's file; for bake name the target");
}
