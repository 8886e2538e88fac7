using System.Text.RegularExpressions;

namespace Plimsoll.EndToEnd.Tests.Documents;

/// <summary>A block of code in a document.</summary>
/// <param name="Line">The line of its first line in the document, from 1.</param>
/// <param name="Language">What stands after the fence; empty for an indented block.</param>
/// <param name="Text">The lines, without fence and indentation.</param>
public sealed record CodeBlock(int Line, string Language, string Text);

/// <summary>A document of this repository, as far as its code goes.</summary>
/// <param name="Name">Its path from the root.</param>
/// <param name="Blocks">Its fenced and indented blocks, in order.</param>
/// <param name="Spans">Its inline code, with lines.</param>
public sealed partial record MarkdownDocument(string Name, IReadOnlyList<CodeBlock> Blocks, IReadOnlyList<(int Line, string Text)> Spans)
{
    private const string Fence = "```", Indent = "    ";

    /// <summary>README.md, CONTRIBUTING.md and everything under docs/ and bench/.</summary>
    public static IReadOnlyList<MarkdownDocument> All { get; } =
    [
        .. new[] { "README.md", "CONTRIBUTING.md", "SECURITY.md" }
            .Concat(new[] { "docs", "bench" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(TestData.Repository, folder), "*.md", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(TestData.Repository, file))))
            .Order(StringComparer.Ordinal)
            .Select(name => Parse(name, File.ReadAllLines(Path.Combine(TestData.Repository, name)))),
    ];

    /// <summary>Reads a document's lines.</summary>
    public static MarkdownDocument Parse(string name, IReadOnlyList<string> lines)
    {
        var (blocks, spans) = (new List<CodeBlock>(), new List<(int, string)>());
        for (var at = 0; at < lines.Count; at++)
        {
            if (lines[at].StartsWith(Fence, StringComparison.Ordinal))
            {
                var end = at + 1;
                while (end < lines.Count && !lines[end].StartsWith(Fence, StringComparison.Ordinal))
                    end++;
                blocks.Add(new CodeBlock(at + 2, lines[at][Fence.Length..].Trim(), Join(lines, at + 1, end)));
                at = end;
            }
            else if (lines[at].StartsWith(Indent, StringComparison.Ordinal))
            {
                var end = at;
                while (end < lines.Count && lines[end].StartsWith(Indent, StringComparison.Ordinal))
                    end++;
                blocks.Add(new CodeBlock(at + 1, "", string.Join('\n', lines.Take(end).Skip(at).Select(line => line[Indent.Length..]))));
                at = end - 1;
            }
            else
            {
                spans.AddRange(Span().Matches(lines[at]).Select(match => (at + 1, match.Groups["code"].Value)));
            }
        }

        return new MarkdownDocument(name, blocks, spans);
    }

    private static string Join(IReadOnlyList<string> lines, int from, int end) => string.Join('\n', lines.Take(end).Skip(from));

    [GeneratedRegex("`(?<code>[^`]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Span();
}
