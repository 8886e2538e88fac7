using Plimsoll.EndToEnd.Tests.Peers;

namespace Plimsoll.EndToEnd.Tests;

/// <summary>How <c>./test</c> counts: from reports, and only from whole ones.</summary>
public sealed class TestCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Errors_outside_tests_count_as_failures()
    {
        var counted = await Count("""<assemblies><assembly total="9" passed="5" failed="1" skipped="2" not-run="0" errors="1"></assembly></assemblies>""");

        Assert.Equal("5 2 2\n", counted.OrFail().Output);
    }

    [Fact]
    public async Task Skipped_tests_are_listed_with_their_reasons()
    {
        var counted = await Count("""
            <assemblies><assembly passed="1" failed="0" skipped="2" errors="0"><collection>
            <test name="Passes" result="Pass"><output><![CDATA[prints <test name="Fake" result="Skip"> and <assembly passed="99">]]></output></test>
            <test name="Reads &quot;a &amp; b&quot;" result="Skip"><reason><![CDATA[upstream data absent: shared/<a> & b]]></reason></test>
            <test name="Other" result="Skip"></test>
            </collection></assembly></assemblies>
            """);

        Assert.Equal("1 0 2\n", counted.OrFail().Output);
        Assert.Equal(
            "Reads \"a & b\"\tupstream data absent: shared/<a> & b\nOther\t(no reason given)\n",
            await File.ReadAllTextAsync(_folder.At("skipped.tsv"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<assemblies></assemblies>")]
    [InlineData("""<assemblies><assembly passed="5" failed="0" skipped="0" errors="0"><collection>""")]
    public async Task A_report_that_a_crash_cut_off_counts_for_nothing(string report)
    {
        var counted = await Count(report);

        Assert.Equal(1, counted.ExitCode);
        Assert.Equal("", counted.Output);
    }

    public void Dispose() => _folder.Dispose();

    private Task<Finished> Count(string report) => new Command(
        "awk", "-f", Path.Combine(TestData.Repository, "tests", "count.awk"), "-v", $"skipped={_folder.At("skipped.tsv")}", _folder.Write("report.xml", report)).Run();
}
