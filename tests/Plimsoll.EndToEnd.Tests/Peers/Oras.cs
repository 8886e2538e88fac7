namespace Plimsoll.EndToEnd.Tests.Peers;

/// <summary>The oras client: artifacts, referrers, and copies with all that is attached.</summary>
public static class Oras
{
    public static async Task<Finished> Run(string? folder, params string[] arguments) =>
        await new Command(await PeerPrograms.Find("oras"), arguments) { Folder = folder }.Run();

    /// <summary>Attaches a file to an image as a referrer.</summary>
    public static async Task<Finished> Attach(string image, string artifactType, string file, string mediaType) => (await Run(
        Path.GetDirectoryName(file), "attach", "--plain-http", "--artifact-type", artifactType, image, $"{Path.GetFileName(file)}:{mediaType}")).OrFail();

    /// <summary>The referrers of an image, as JSON: <c>referrers</c> lists descriptors with <c>artifactType</c> and <c>digest</c>.</summary>
    public static async Task<string> Discover(string image) =>
        (await Run(null, "discover", "--plain-http", "--format", "json", image)).OrFail().Output;

    /// <summary>Copies an image and its referrers within or between registries on plain HTTP.</summary>
    public static async Task<Finished> CopyWithReferrers(string from, string to) =>
        (await Run(null, "cp", "-r", "--from-plain-http", "--to-plain-http", from, to)).OrFail();
}
