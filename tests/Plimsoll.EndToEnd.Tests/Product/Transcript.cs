using System.Text;
using System.Text.RegularExpressions;
using Plimsoll.EndToEnd.Tests.Peers;

namespace Plimsoll.EndToEnd.Tests.Product;

/// <summary>
/// A transcript: commands after <c>$ </c>, what they print (standard error after <c>2> </c>), and their exit codes. Lines before a
/// command are for the reader. What differs from run to run has a name in braces.
/// </summary>
/// <param name="text">The file's text.</param>
/// <param name="names">What stands for what, in this run: <c>{registry}</c> for <c>127.0.0.1:40961</c>; the longest values first.</param>
public sealed partial class Transcript(string text, IReadOnlyList<(string Name, string Value)> names)
{
    private const string Prompt = "$ ", Errors = "2> ", Exit = "exit ";

    /// <summary>Runs the commands in order in one folder; gives the text as it would be now.</summary>
    public async Task<string> Run(Func<string, Command> shell)
    {
        var now = new StringBuilder();
        var lines = text.Split('\n');
        for (var at = 0; at < lines.Length; at++)
        {
            if (!lines[at].StartsWith(Prompt, StringComparison.Ordinal))
            {
                now.Append(lines[at]).Append(at == lines.Length - 1 ? "" : "\n");
                continue;
            }

            now.Append(lines[at]).Append('\n').Append(Show(await shell(WithValues(lines[at][Prompt.Length..])).Run()));
            // What the command printed last time is no more.
            if (HasAnswer(lines, at))
                at = Array.FindIndex(lines, at, IsEnd);
        }

        return now.ToString();
    }

    private static bool IsEnd(string line) => ExitLine().IsMatch(line);

    private static bool HasAnswer(string[] lines, int command)
    {
        var (end, next) = (Array.FindIndex(lines, command, IsEnd), Array.FindIndex(lines, command + 1, line => line.StartsWith(Prompt, StringComparison.Ordinal)));
        return end > 0 && (next < 0 || end < next);
    }

    private string Show(Finished finished)
    {
        var shown = new StringBuilder();
        foreach (var line in Lines(finished.Output))
            shown.Append(line).Append('\n');
        foreach (var line in Lines(finished.Errors))
            shown.Append(Errors).Append(line).Append('\n');
        return WithNames(shown.Append(Exit).Append(finished.ExitCode).Append('\n').ToString());
    }

    private static string[] Lines(string output) => output.Length == 0 ? [] : (output.EndsWith('\n') ? output[..^1] : output + "\\").Split('\n');

    private string WithValues(string command) => names.Aggregate(command, (so, pair) => so.Replace(pair.Name, pair.Value, StringComparison.Ordinal));

    private string WithNames(string output)
    {
        output = names.Aggregate(output, (so, pair) => so.Replace(pair.Value, pair.Name, StringComparison.Ordinal));
        output = Digest().Replace(output, "{digest}");
        output = ShortDigest().Replace(output, "{start}…");
        return Version().Replace(output, "${number}+{commit}");
    }

    [GeneratedRegex("^exit [0-9]+$")]
    private static partial Regex ExitLine();

    [GeneratedRegex("sha256:[0-9a-f]{64}")]
    private static partial Regex Digest();

    [GeneratedRegex("sha256:[0-9a-f]{12}…")]
    private static partial Regex ShortDigest();

    [GeneratedRegex(@"(?<number>[0-9]+\.[0-9]+\.[0-9]+)\+[0-9a-f]{40}", RegexOptions.ExplicitCapture)]
    private static partial Regex Version();
}
