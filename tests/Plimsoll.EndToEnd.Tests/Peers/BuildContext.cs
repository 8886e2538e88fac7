using System.Text.Json;

namespace Plimsoll.EndToEnd.Tests.Peers;

/// <summary>A folder with a Dockerfile, and the platforms to build it for.</summary>
public sealed class BuildContext : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private BuildContext(string[] platforms) => Platforms = platforms;

    public string Folder => _folder.Root;

    public IReadOnlyList<string> Platforms { get; }

    /// <summary>An image that runs busybox, from nothing: no base image, no step that runs, so any platform builds on any machine.</summary>
    /// <param name="says">What the container prints; a different text is a different image.</param>
    /// <param name="platforms">Two by default: linux/amd64 and linux/arm64.</param>
    public static async Task<BuildContext> Busybox(string says, params string[] platforms)
    {
        var context = new BuildContext(platforms is [] ? ["linux/amd64", "linux/arm64"] : platforms);
        foreach (var architecture in context.Platforms.Select(platform => platform.Split('/')[1]).Distinct(StringComparer.Ordinal))
        {
            // A layer of its own for each: BuildKit's export into a layout trips over one layer that two platforms share.
            File.Copy(await PeerPrograms.Resolve("busybox"), context._folder.At(architecture, "busybox"));
            context._folder.Write($"{architecture}/architecture", architecture);
        }

        context._folder.Write("Dockerfile", $"""
            FROM scratch
            ARG TARGETARCH
            COPY $TARGETARCH/ /bin/
            ENTRYPOINT ["/bin/busybox", "echo", "{says}"]
            """);
        return context;
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>An image that was built and pushed.</summary>
/// <param name="Name">Registry, repository and tag.</param>
/// <param name="Digest">The digest that the build's metadata file gives: what a signer signs.</param>
/// <param name="MetadataFile">The metadata file itself; it lives as long as the engine.</param>
public sealed record BuiltImage(string Name, string Digest, string MetadataFile)
{
    internal static BuiltImage Read(string name, string metadataFile)
    {
        using var metadata = JsonDocument.Parse(File.ReadAllBytes(metadataFile));
        return new(name, metadata.RootElement.GetProperty("containerimage.digest").GetString()!, metadataFile);
    }
}
