using Plimsoll.EndToEnd.Tests.Peers;
using Plimsoll.EndToEnd.Tests.Product;

namespace Plimsoll.EndToEnd.Tests;

/// <summary>What reaches a terminal: colour there and nowhere else, and no control character from outside.</summary>
public sealed class TerminalTests : IDisposable
{
    private const string Red = "\e[31m";

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_terminal_gets_colour_unless_its_user_wants_none()
    {
        Assert.Contains($"{Red}refused\e[0m  ", await OnTerminal("xterm", ""), StringComparison.Ordinal);
        Assert.DoesNotContain(Red, await OnTerminal("xterm", "1"), StringComparison.Ordinal);
        Assert.DoesNotContain(Red, await OnTerminal("dumb", ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_gets_no_colour_while_the_other_stream_is_a_terminal()
    {
        var errors = _folder.At("errors");

        await OnTerminal("xterm", "", $"2>{errors}");

        Assert.StartsWith("refused  ", await File.ReadAllTextAsync(errors, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_characters_in_a_name_are_shown_and_not_obeyed()
    {
        var refused = await PlimsollProgram.Run("verify", "app:1.4", "--policy", "a\e[2Jb\u202ec");
        var unknown = await PlimsollProgram.Run("verify", "app:1.4", "--\e[2J");

        Assert.Contains(@"a\u001b[2Jb\u202ec", refused.Errors, StringComparison.Ordinal);
        Assert.Contains(@"--\u001b[2J", unknown.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', refused.Errors + unknown.Errors);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Runs a command that refuses, with a pseudo-terminal as its output; gives what the terminal received.</summary>
    private static async Task<string> OnTerminal(string terminal, string noColour, string redirection = "")
    {
        var environment = PlimsollProgram.Clean(new Dictionary<string, string> { ["TERM"] = terminal, ["NO_COLOR"] = noColour });
        var command = $"'{PlimsollProgram.File}' verify app:1.4 --policy /nonexistent {redirection}";
        var ran = await new Command("script", "--quiet", "--return", "--command", command, "/dev/null") { Environment = environment }.Run();
        Assert.Equal(13, ran.ExitCode);
        return ran.Output;
    }
}
