using System.Text.RegularExpressions;
using Plimsoll.EndToEnd.Tests.Peers;
using Plimsoll.EndToEnd.Tests.Product;

namespace Plimsoll.EndToEnd.Tests;

/// <summary><c>plimsoll conformance</c> as anybody runs it who has vectors.</summary>
public sealed partial class ConformanceCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static string[] Vectors { get; } = [.. Directory.EnumerateFiles(TestData.Vectors("openpubkey"), "*.json").Order(StringComparer.Ordinal)];

    [Fact]
    public async Task All_vectors_agree()
    {
        var ran = await PlimsollProgram.Run(["conformance", "openpubkey", .. Vectors]);

        var lines = ran.OrFail().Output.TrimEnd('\n').Split('\n');
        Assert.Equal("450 agreed, 0 differed", lines[^1]);
        Assert.Equal(450, lines[..^1].Length);
        Assert.All(lines[..^1], line => Assert.Matches("^[^\t]+\t(valid|refused)\t[^\t]*$", line));
        Assert.Equal("", ran.Errors);
    }

    [Fact]
    public async Task A_vector_that_says_something_else_differs()
    {
        var original = await File.ReadAllTextAsync(TestData.Vectors("openpubkey/pktoken-valid.json"), TestContext.Current.CancellationToken);
        var altered = Payload().Replace(original, match => match.Value[..^1] + (match.Value[^1] == 'A' ? 'B' : 'A'), 1);
        Assert.NotEqual(original, altered);

        var ran = await PlimsollProgram.Run("conformance", "openpubkey", _folder.Write("altered.json", altered));

        Assert.Equal(1, ran.ExitCode);
        Assert.Matches("\n[0-9]+ agreed, 1 differed\n$", ran.Output);
    }

    [Fact]
    public async Task A_file_that_holds_no_vectors_is_no_success()
    {
        var ran = await PlimsollProgram.Run("conformance", "openpubkey", _folder.Write("empty.json", "{}"), Vectors[0]);

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("conformance.file", ran.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex("\"payload\" *: *\"[A-Za-z0-9_-]{20}")]
    private static partial Regex Payload();
}
