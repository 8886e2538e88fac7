using Plimsoll.Primitives;

namespace Plimsoll.Cli.Output;

/// <summary>Prints why a command stopped, and gives its exit code.</summary>
internal static class FailureText
{
    public static int Write(Terminal terminal, Failure failure, bool json)
    {
        if (json)
        {
            JsonOutput.Write(terminal, failure);
        }
        else
        {
            terminal.Error($"{terminal.PaintError("refused", "refused")}  {Terminal.Printable(failure.What)}   {failure.Code}");
            terminal.Error($"next: {Terminal.Printable(failure.Next)}");
        }

        return ExitCodes.Of(failure);
    }
}
