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
        using var interrupted = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            interrupted.Cancel();
        };

        var parsed = Create().Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync($"plimsoll: {error.Message}");
            await Console.Error.WriteLineAsync($"next: see `{HelpOf(parsed)}`");
            return ExitCodes.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, interrupted.Token);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("plimsoll: interrupted; nothing was changed that was not reported");
            return ExitCodes.Cancelled;
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
            ConformanceCommand.Create(),
        };
        foreach (var help in root.Options.OfType<HelpOption>())
            help.Action = new ExampleHelp((HelpAction)help.Action!);
        return root;
    }

    private static string HelpOf(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        return command is RootCommand ? "plimsoll --help" : $"plimsoll {command.Name} --help";
    }
}
