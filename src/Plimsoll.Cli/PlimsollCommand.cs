using System.CommandLine;
using System.CommandLine.Help;
using Plimsoll.Cli.Commands;
using Plimsoll.Cli.Output;

namespace Plimsoll.Cli;

/// <summary>The command as a table of its verbs.</summary>
public static class PlimsollCommand
{
    /// <summary>Parses and runs; gives the exit code.</summary>
    public static async Task<int> Run(string[] arguments)
    {
        var parsed = Create().Parse(arguments);
        if (UsageErrors.Of(parsed) is { Count: > 0 } errors)
        {
            foreach (var error in errors)
                await Console.Error.WriteLineAsync($"plimsoll: {Terminal.Printable(error)}");
            await Console.Error.WriteLineAsync($"next: see `{UsageErrors.HelpOf(parsed)}`");
            return ExitCodes.Usage;
        }

        using var interruption = new Interruption();
        try
        {
            // Without a timeout of its own, the library leaves signals alone.
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(configuration, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.ExitCode is { } code)
        {
            await Console.Error.WriteLineAsync("plimsoll: interrupted before it was done");
            await Console.Error.WriteLineAsync("next: run it again; what was begun does no harm");
            return code;
        }
        catch (Exception defect)
        {
            // Whatever arrives here is our mistake; refusing is the one safe answer to it.
            await Console.Error.WriteLineAsync($"plimsoll: internal error: {defect.GetType().Name}: {defect.Message}");
            await Console.Error.WriteLineAsync("next: report it with the command line (no tokens) and `plimsoll --version`");
            if (Environment.GetEnvironmentVariable("PLIMSOLL_TRACE") == "1")
                await Console.Error.WriteLineAsync(defect.ToString());
            return ExitCodes.Internal;
        }
    }

    internal static RootCommand Create()
    {
        var root = new RootCommand("The trust layer for container images: proves who built an image and what it is before it runs.")
        {
            SignCommand.Create(),
            VerifyCommand.Create(),
            DemoCommand.Create(),
            ServeCommand.Create(),
            ConformanceCommand.Create(),
        };
        foreach (var help in root.Options.OfType<HelpOption>())
            help.Action = new ExampleHelp((HelpAction)help.Action!);
        return root;
    }
}
