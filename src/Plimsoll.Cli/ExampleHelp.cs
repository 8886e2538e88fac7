using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Plimsoll.Cli;

/// <summary>A command whose help ends with examples that can be copied.</summary>
/// <param name="name">The verb.</param>
/// <param name="description">One sentence.</param>
/// <param name="examples">Whole command lines, each with what it does before it as a comment.</param>
internal sealed class VerbCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;
}

/// <summary>The usual help, then the command's examples.</summary>
internal sealed class ExampleHelp(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        // The library has no help for a hidden command; whoever asks has found it.
        parseResult.CommandResult.Command.Hidden = false;
        var code = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not VerbCommand { Examples.Count: > 0 } verb)
            return code;

        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var line in verb.Examples)
            output.WriteLine($"  {line}");
        output.WriteLine();
        return code;
    }
}
