using Plimsoll.Primitives.Json;

namespace Plimsoll.Oci;

/// <summary>What is read of an image's configuration: the platform it was built for. A manifest by itself does not say it.</summary>
public sealed record ImageConfig(Descriptor Descriptor, Platform Platform)
{
    private static readonly ImmutableArray<string> KnownMembers =
        ["os", "architecture", "variant", "os.version", "os.features", "config", "rootfs", "history", "created", "author"];

    /// <summary>Reads a configuration after checking that it is the one the manifest names.</summary>
    public static Result<ImageConfig> Parse(ReadOnlyMemory<byte> bytes, Descriptor expected)
    {
        if (!MediaType.IsImageConfig(expected.MediaType))
            return Refused.Malformed("oci.config", $"{Refused.Shorten(expected.MediaType)} is not the configuration of a container image");
        if (bytes.Length > ImageDocument.MostBytes)
            return Refused.Malformed("oci.too-large", $"a configuration of {bytes.Length} bytes is more than {ImageDocument.MostBytes}");
        if (!expected.Verify(bytes).Then(verified => StrictJson.Parse(verified, ImageDocument.Limits)).Succeeded(out var root, out var failure))
            return failure;
        if (DocumentReader.CaseVariant(root, KnownMembers) is { } variant)
            return variant;
        return Platform.Read(root.ReadObject("oci.config")).Select(platform => new ImageConfig(expected, platform));
    }
}
