using System.Text.RegularExpressions;

namespace Plimsoll.World.Tests.Registry;

/// <summary>The table of the distribution specification's requirements names tests: they have to exist.</summary>
public sealed partial class EmbeddedRegistryConformanceTests
{
    [Fact]
    public void Every_test_that_the_table_names_exists()
    {
        var tests = new[] { "Plimsoll.World.Tests", "Plimsoll.EndToEnd.Tests" }
            .SelectMany(project => Directory.EnumerateFiles(Path.Combine(TestData.Repository, "tests", project), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => Method().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .ToHashSet();
        var rows = File.ReadLines(Path.Combine(TestData.Repository, "docs", "registry-conformance.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal)).ToList();
        var named = rows.SelectMany(row => Name().Matches(row).Select(match => match.Groups[1].Value)).ToHashSet();

        Assert.InRange(named.Count, 40, 200);
        Assert.Equal([], named.Except(tests));
    }

    [GeneratedRegex("^    public (?:async )?(?:Task|void) (\\w+)\\(", RegexOptions.Multiline)]
    private static partial Regex Method();

    [GeneratedRegex("`([A-Z][a-z]*_\\w+)`")]
    private static partial Regex Name();
}
