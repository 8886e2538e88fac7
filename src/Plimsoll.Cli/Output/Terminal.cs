using System.Diagnostics;

namespace Plimsoll.Cli.Output;

/// <summary>
/// Where a command writes: data to standard output, progress and errors to standard error. Colour only on a terminal, and
/// control characters from outside never reach it.
/// </summary>
public sealed class Terminal(TextWriter data, TextWriter errors, bool colour, bool quiet)
{
    public TextWriter Data => data;

    /// <summary>Standard output and error of this process; <c>NO_COLOR</c> is honoured.</summary>
    public static Terminal OfProcess(bool quiet) => new(
        Console.Out, Console.Error,
        !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is not { Length: > 0 },
        quiet);

    /// <summary>Says what is being done, for people who wait.</summary>
    public void Progress(string what)
    {
        if (!quiet)
            errors.WriteLine($"… {Printable(what)}");
    }

    public void Line(string text) => data.WriteLine(text);

    public void Error(string text) => errors.WriteLine(text);

    /// <summary>Colours a word by what it means.</summary>
    public string Paint(string word, string meaning)
    {
        if (!colour)
            return word;
        var code = meaning switch
        {
            "ok" or "accepted" => "32",
            "unsafe" => "33",
            "refused" => "31",
            "ignored" => "90",
            _ => throw new UnreachableException(meaning),
        };
        return $"\e[{code}m{word}\e[0m";
    }

    /// <summary>Text from outside, with every control character made visible.</summary>
    public static string Printable(string text) => text.Any(NeedsEscape)
        ? string.Concat(text.Select(character => NeedsEscape(character) ? $"\\u{(int)character:x4}" : character.ToString()))
        : text;

    // Control characters move the cursor; bidirectional marks reorder what is read.
    private static bool NeedsEscape(char character)
        => char.IsControl(character) || character is (>= '\u200e' and <= '\u200f') or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
