using System.Text.RegularExpressions;

namespace Plimsoll.Tests.Conventions;

/// <summary>
/// docs/failures.md and the source name the same codes. A string literal is taken for a code if it has the form of one and
/// its subject, what stands before the dot, is a subject of that page, or if it stands where only codes stand.
/// </summary>
public sealed partial class FailureCodeTests
{
    // Literals that only look like codes: file names, hosts, members of other formats.
    private static readonly HashSet<string> NotCodes = new(StringComparer.Ordinal) { "config.json", "index.json", "image.name", "layout.json", "policy.yaml" };

    private static readonly string[] Kinds = ["Malformed", "Untrusted", "Stale", "Missing", "Denied", "Unreachable"];

    private static readonly IReadOnlyList<Row> Listed = [.. File.ReadLines(Path.Combine(TestData.Repository, "docs", "failures.md"))
        .Select(line => TableRow().Match(line))
        .Where(match => match.Success)
        .Select(match => new Row(match.Groups[1].Value, match.Groups[2].Value.Trim(), match.Groups[3].Value.Trim(), match.Groups[4].Value.Trim()))];

    [Fact]
    public void Every_code_in_the_source_is_listed_in_the_docs()
    {
        var listed = Listed.Select(row => row.Code).ToHashSet(StringComparer.Ordinal);
        var subjects = listed.Select(code => code.Split('.')[0]).ToHashSet(StringComparer.Ordinal);
        var missing = new SortedDictionary<string, string>(StringComparer.Ordinal);

        foreach (var file in SourceFile.All)
        {
            var looksLike = Literal().Matches(file.Code).Select(match => match.Groups[1].Value).Where(code => subjects.Contains(code.Split('.')[0]));
            var standsWhere = CodePosition().Matches(file.Code).Select(match => match.Groups[1].Value);
            foreach (var code in looksLike.Concat(standsWhere).Where(code => !listed.Contains(code) && !NotCodes.Contains(code)))
                missing[code] = file.Path;
        }

        Assert.True(missing.Count == 0, "not listed in docs/failures.md: " + string.Join(", ", missing.Select(code => $"{code.Key} ({code.Value})")));
    }

    [Fact]
    public void Every_code_in_the_docs_is_in_the_source()
    {
        var used = SourceFile.All.SelectMany(file => Literal().Matches(file.Code)).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var unused = Listed.Select(row => row.Code).Where(code => !used.Contains(code)).ToArray();

        Assert.True(unused.Length == 0, "listed in docs/failures.md and nowhere in src/: " + string.Join(", ", unused));
    }

    [Fact]
    public void Each_code_is_listed_once_with_its_kind_its_cause_and_what_to_do()
    {
        Assert.True(Listed.Count >= 14);
        Assert.Equal([], Listed.GroupBy(row => row.Code, StringComparer.Ordinal).Where(rows => rows.Count() > 1).Select(rows => rows.Key));
        foreach (var row in Listed)
        {
            Assert.True(row.Kind.Split(", ").All(kind => Kinds.Contains(kind)), $"{row.Code}: '{row.Kind}' is not a refusal family");
            Assert.True(row.Cause.Length > 0 && row.Todo.Length > 0, $"{row.Code} has no cause or nothing to do");
        }
    }

    [Fact]
    public void A_code_is_refused_under_the_kind_that_the_docs_say()
    {
        foreach (var file in SourceFile.All)
        {
            foreach (var match in KindAndCode().Matches(file.Code).Cast<Match>())
            {
                if (Listed.FirstOrDefault(row => row.Code == match.Groups[2].Value) is { } row)
                    Assert.True(row.Kind.Split(", ").Contains(match.Groups[1].Value), $"{row.Code} is {match.Groups[1].Value} in {file.Path} and {row.Kind} in docs/failures.md");
            }
        }
    }

    [Fact]
    public void Codes_are_whole_literals_and_never_put_together()
    {
        foreach (var file in SourceFile.All)
            Assert.False(AssembledCode().IsMatch(file.Code), $"{file.Path} puts a failure code together");
    }

    [GeneratedRegex(@"^\| `([a-z0-9.-]+)` \|([^|]*)\|(.*)\|([^|]*)\|\s*$")]
    private static partial Regex TableRow();

    [GeneratedRegex("\"([a-z0-9]+(?:-[a-z0-9]+)*\\.[a-z0-9]+(?:-[a-z0-9]+)*)\"")]
    private static partial Regex Literal();

    // A literal right after a refusal family, or as the code of a reading.
    [GeneratedRegex("(?:Refusal\\.\\w+,\\s*|ReadObject\\()\"([^\"]+)\"")]
    private static partial Regex CodePosition();

    [GeneratedRegex("Refusal\\.(\\w+),\\s*\"([^\"]+)\"")]
    private static partial Regex KindAndCode();

    [GeneratedRegex("Refusal\\.\\w+,\\s*(?:\\$\"|\"[^\"]*\"\\s*\\+)")]
    private static partial Regex AssembledCode();

    private sealed record Row(string Code, string Kind, string Cause, string Todo);
}
