using Plimsoll.EndToEnd.Tests.Peers;
using Plimsoll.EndToEnd.Tests.Product;
using Plimsoll.World.Demo;
using Plimsoll.World.Images;

namespace Plimsoll.EndToEnd.Tests;

/// <summary>
/// What the command prints is a file beside this one: a change to it shows in review. PLIMSOLL_TRANSCRIPTS=update writes
/// the files anew; read what it changes.
/// </summary>
/// <remarks>
/// Each runs in a folder of its own with the files of <c>Transcripts/files</c>, against a registry and an identity provider of its
/// own: <c>{registry}/acme/app:1.4</c> is there and unsigned, <c>other/app:1.4</c> too, <c>. ./github-job</c> (<c>gitlab-job</c>) makes the shell one of acme/app's jobs.
/// </remarks>
public sealed class TranscriptTests
{
    private static readonly string Folder = Path.Combine(TestData.Repository, "tests", "Plimsoll.EndToEnd.Tests", "Transcripts");

    public static TheoryData<string> Files { get; } = [.. Directory.EnumerateFiles(Folder, "*.txt").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_command_prints_what_its_transcript_says(string file)
    {
        await using var stage = await DemoStage.Start(TestContext.Current.CancellationToken);
        using var folder = new TemporaryFolder();
        var image = await stage.Push(stage.Image("acme/app:1.4"), SampleImage.Create($"{stage.Host}/acme/app"), TestContext.Current.CancellationToken);
        await stage.Push(stage.Image("other/app:1.4"), image, TestContext.Current.CancellationToken);
        List<(string Name, string Value)> names =
        [
            ("{registry}", stage.Host), ("{provider}", stage.Provider.Origin), ("{folder}", folder.Root), ("{root}", $"{image.Index.Descriptor.Digest}"),
            .. image.Platforms.Select(one => ($"{{{one.Platform.Architecture}}}", $"{one.Manifest.Descriptor.Digest}")),
        ];
        foreach (var source in Directory.EnumerateFiles(Path.Combine(Folder, "files")))
            folder.Write(Path.GetFileName(source), names.Aggregate(await File.ReadAllTextAsync(source, TestContext.Current.CancellationToken), (text, pair) => text.Replace(pair.Name, pair.Value, StringComparison.Ordinal)));
        folder.Write("github-job", Exports(stage.Provider.GitHubJob(DemoStage.TrustedJob)));
        folder.Write("gitlab-job", Exports(stage.Provider.GitLabJob()));
        folder.Write("policy.yaml", stage.PolicyText);

        var path = Path.Combine(Folder, file);
        var expected = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var now = await new Transcript(expected, names).Run(command => Shell(folder.Root, command));

        if (Environment.GetEnvironmentVariable("PLIMSOLL_TRANSCRIPTS") == "update")
            await File.WriteAllTextAsync(path, now, TestContext.Current.CancellationToken);
        else
            Assert.Equal(expected, now);
    }

    private static Command Shell(string folder, string command)
    {
        var environment = PlimsollProgram.Clean(null);
        environment["PATH"] = $"{Path.GetDirectoryName(PlimsollProgram.File)}:{Environment.GetEnvironmentVariable("PATH")}";
        environment["LC_ALL"] = "C.UTF-8";
        return new Command("bash", "-c", command) { Folder = folder, Environment = environment };
    }

    private static string Exports(IReadOnlyDictionary<string, string> variables)
        => string.Concat(variables.Select(variable => $"export {variable.Key}='{variable.Value}'\n"));
}
