using YamlDotNet.RepresentationModel;

namespace Plimsoll.EndToEnd.Tests.Documents;

/// <summary>A command that a document tells its reader to run.</summary>
/// <param name="Document">The document's path from the root.</param>
/// <param name="Line">Where it is, from 1.</param>
/// <param name="Text">The command as it stands there.</param>
public sealed record DocumentCommand(string Document, int Line, string Text)
{
    // What a line of an indented block starts with when it is a command and no picture, tree or example of a format.
    private static readonly string[] Programs =
    [
        "apt-get", "cosign", "curl", "docker", "dotnet", "git", "kubectl", "notation", "oras", "plimsoll", "podman", "skopeo", "sudo", "tar",
    ];

    private static readonly string[] Shells = ["console", "sh", "bash", "shell"];

    /// <summary>The commands of a document, in order: of shell blocks, of indented blocks, and of the steps of workflows.</summary>
    public static IEnumerable<DocumentCommand> In(MarkdownDocument document) => document.Blocks.SelectMany(block => block.Language switch
    {
        "yaml" => OfWorkflow(document.Name, block),
        var language => OfLines(document.Name, block, Shells.Contains(language)),
    });

    private static IEnumerable<DocumentCommand> OfLines(string name, CodeBlock block, bool shell)
    {
        var lines = block.Text.Split('\n');
        for (var at = 0; at < lines.Length; at++)
        {
            var (first, text) = (at, lines[at]);
            while (text.EndsWith('\\') && at + 1 < lines.Length)
                text = $"{text[..^1].TrimEnd()} {lines[++at].Trim()}";

            // In a console block what follows no prompt is output.
            var prompted = text.StartsWith("$ ", StringComparison.Ordinal);
            if (prompted)
                text = text[2..];
            if (prompted || (shell && block.Language != "console" && text is not ("" or ['#', ..])) || (block.Language == "" && IsProgram(text.Split(' ')[0])))
                yield return new DocumentCommand(name, block.Line + first, text);
        }
    }

    private static bool IsProgram(string word)
    {
        var file = Path.Combine(TestData.Repository, word);
        return Programs.Contains(word)
            || (word.Contains('/', StringComparison.Ordinal) && File.Exists(file) && File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute));
    }

    private static IEnumerable<DocumentCommand> OfWorkflow(string name, CodeBlock block)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(block.Text));
        return stream.Documents.SelectMany(document => Steps(document.RootNode))
            .Select(step => new DocumentCommand(name, block.Line + (int)step.Start.Line - 1, step.Value!));
    }

    /// <summary>GitHub's <c>run:</c> and GitLab's <c>script:</c>.</summary>
    private static IEnumerable<YamlScalarNode> Steps(YamlNode node) => node switch
    {
        YamlMappingNode mapping => mapping.Children.SelectMany(entry => ((YamlScalarNode)entry.Key).Value switch
        {
            "run" when entry.Value is YamlScalarNode run => [run],
            "script" when entry.Value is YamlSequenceNode script => script.Children.Cast<YamlScalarNode>(),
            _ => Steps(entry.Value),
        }),
        YamlSequenceNode sequence => sequence.Children.SelectMany(Steps),
        _ => [],
    };

    public override string ToString() => $"{Document}:{Line}: {Text}";
}
