using Plimsoll.EndToEnd.Tests.Peers;

namespace Plimsoll.EndToEnd.Tests;

/// <summary><c>./plimsoll</c> in a copy of its own, over a stand-in for the SDK that notes each build.</summary>
public sealed class DeveloperCommandTests : IDisposable
{
    private readonly TemporaryFolder _checkout = new();
    private readonly TemporaryFolder _elsewhere = new();

    public DeveloperCommandTests()
    {
        File.Copy(Path.Combine(TestData.Repository, "plimsoll"), Script);
        foreach (var source in new[] { "src/Plimsoll.Cli/Program.cs", "Directory.Build.props", "global.json", "BannedSymbols.txt" })
            _checkout.Write(source, "");

        // Building answers with the exit code in the file `build`; running shows the folder and the arguments, and ends with 7.
        Executable(_checkout.Write("bin/dotnet", """
            #!/bin/sh
            root=$(dirname -- "$(dirname -- "$0")")
            if [ "$1" = build ]; then
              echo build >>"$root/builds"
              mkdir -p artifacts/fast/bin/Plimsoll.Cli/release
              : >artifacts/fast/bin/Plimsoll.Cli/release/plimsoll.dll
              echo "Program.cs(1,1): error CS9999: as told"
              exit "$(cat "$root/build" 2>/dev/null || echo 0)"
            fi
            shift 2
            pwd
            for argument in "$@"; do echo "[$argument]"; done
            cat
            exit 7
            """));
    }

    private string Script => _checkout.At("plimsoll");

    [Fact]
    public async Task Folder_arguments_input_and_exit_code_are_the_callers_own()
    {
        var link = _elsewhere.At("link");
        File.CreateSymbolicLink(link, Script);

        var run = await Run(link, ["a b", "", "--json"], input: "piped");

        Assert.Equal(7, run.ExitCode);
        Assert.Equal($"{_elsewhere.Root}\n[a b]\n[]\n[--json]\npiped", run.Output);
        Assert.Equal("plimsoll: building from source\n", run.Errors);
    }

    [Fact]
    public async Task Nothing_is_built_twice_while_no_source_changes()
    {
        await Run(Script);

        var second = await Run(Script);

        Assert.Equal(1, Builds);
        Assert.Equal("", second.Errors);
    }

    [Theory]
    [InlineData("src/Plimsoll.Cli/Program.cs")]
    [InlineData("src/Plimsoll.Cli/New.cs")]
    [InlineData("Directory.Build.props")]
    [InlineData("global.json")]
    public async Task A_changed_or_new_source_is_built(string source)
    {
        await Run(Script);

        _checkout.Write(source, "changed");
        File.SetLastWriteTimeUtc(_checkout.At(source), DateTime.UtcNow.AddSeconds(5));
        await Run(Script);

        Assert.Equal(2, Builds);
    }

    [Fact]
    public async Task A_removed_source_is_noticed()
    {
        await Run(Script);

        File.Delete(_checkout.At("src/Plimsoll.Cli/Program.cs"));
        Directory.SetLastWriteTimeUtc(_checkout.At("src/Plimsoll.Cli"), DateTime.UtcNow.AddSeconds(5));
        await Run(Script);

        Assert.Equal(2, Builds);
    }

    [Fact]
    public async Task A_failed_build_shows_the_compilers_words_and_is_tried_again()
    {
        await Run(Script);
        _checkout.Write("src/Plimsoll.Cli/Program.cs", "broken");
        File.SetLastWriteTimeUtc(_checkout.At("src/Plimsoll.Cli/Program.cs"), DateTime.UtcNow.AddSeconds(5));
        _checkout.Write("build", "1");

        var failed = await Run(Script);
        // As if the edit were undone with its old time: the outputs may be half new, so it is built all the same.
        File.SetLastWriteTimeUtc(_checkout.At("src/Plimsoll.Cli/Program.cs"), DateTime.UtcNow.AddDays(-1));
        File.Delete(_checkout.At("build"));
        var repaired = await Run(Script);

        Assert.Equal(125, failed.ExitCode);
        Assert.Equal("", failed.Output);
        Assert.Contains("error CS9999: as told", failed.Errors, StringComparison.Ordinal);
        Assert.Equal(7, repaired.ExitCode);
        Assert.Equal(3, Builds);
    }

    [Fact]
    public async Task Of_many_callers_at_once_one_builds()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Run(Script)));

        Assert.Equal(1, Builds);
        Assert.All(runs, run => Assert.Equal(7, run.ExitCode));
    }

    [Fact]
    public async Task Without_the_SDK_it_says_so()
    {
        var run = await new Command(Script) { Environment = new Dictionary<string, string?> { ["PATH"] = Tools() } }.Run();

        Assert.Equal(127, run.ExitCode);
        Assert.Equal("plimsoll: the .NET 10 SDK is not on PATH: install it, then run this again\n", run.Errors);
    }

    public void Dispose()
    {
        _checkout.Dispose();
        _elsewhere.Dispose();
    }

    private int Builds => File.ReadAllLines(_checkout.At("builds")).Length;

    private Task<Finished> Run(string script, string[]? arguments = null, string input = "") => new Command(script, arguments ?? [])
    {
        Folder = _elsewhere.Root,
        Input = input,
        Environment = new Dictionary<string, string?> { ["PATH"] = $"{_checkout.At("bin")}:{Environment.GetEnvironmentVariable("PATH")}" },
    }.Run();

    // A folder with what the script itself needs, and no dotnet.
    private string Tools()
    {
        foreach (var tool in new[] { "bash", "dirname", "readlink" })
            File.CreateSymbolicLink(_elsewhere.At("tools", tool), $"/usr/bin/{tool}");

        return _elsewhere.At("tools");
    }

    private static void Executable(string file) => File.SetUnixFileMode(
        file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
