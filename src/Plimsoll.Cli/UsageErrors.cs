using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;

namespace Plimsoll.Cli;

/// <summary>What is wrong with a command line, in our words.</summary>
internal static class UsageErrors
{
    /// <summary>Nothing if the command line can run, or asks for help.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        if (parsed.Action is HelpAction or ExampleHelp)
            return [];

        // The parser takes an option that it does not know for an argument, if there is room for one.
        var unknown = parsed.Tokens
            .TakeWhile(token => token.Type != TokenType.DoubleDash)
            .Where(token => token.Type == TokenType.Argument && token.Value is ['-', _, ..])
            .Select(token => $"there is no option '{token.Value}'")
            .ToList();
        if (unknown.Count > 0 || parsed.Errors.Count == 0)
            return unknown;
        if (parsed.CommandResult.Command is { Action: null, Subcommands.Count: > 0 })
            return [parsed.UnmatchedTokens is [var word, ..] ? $"there is no command '{word}'" : "no command was given"];
        return parsed.UnmatchedTokens.Count > 0
            ? [.. parsed.UnmatchedTokens.Select(token => $"'{token}' is one argument too many")]
            : [.. parsed.Errors.Select(error => InOurVoice(error.Message))];
    }

    private static string InOurVoice(string message) => char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');

    /// <summary>The command line that shows how it is done.</summary>
    public static string HelpOf(ParseResult parsed)
    {
        var names = new List<string>();
        for (var result = parsed.CommandResult; result?.Command is not (null or RootCommand); result = result.Parent as CommandResult)
            names.Insert(0, result.Command.Name);
        return string.Join(' ', ["plimsoll", .. names, "--help"]);
    }
}
