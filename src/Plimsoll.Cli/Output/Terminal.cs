using System.Diagnostics;

namespace Plimsoll.Cli.Output;

/// <summary>
/// Where a command writes: data to standard output, progress and errors to standard error. Colour only on a terminal, and
/// control characters from outside never reach it.
/// </summary>
public sealed class Terminal(TextWriter data, TextWriter errors, TerminalColours colours, bool quiet)
{
    public TextWriter Data => data;

    /// <summary>Standard output and error of this process; <c>NO_COLOR</c> and <c>TERM=dumb</c> are honoured.</summary>
    public static Terminal OfProcess(bool quiet)
    {
        var wanted = Environment.GetEnvironmentVariable("NO_COLOR") is not { Length: > 0 } && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new(Console.Out, Console.Error, new(wanted && !Console.IsOutputRedirected, wanted && !Console.IsErrorRedirected), quiet);
    }

    /// <summary>Says what is being done, for people who wait.</summary>
    public void Progress(string what)
    {
        if (!quiet)
            errors.WriteLine($"… {Printable(what)}");
    }

    public void Line(string text) => data.WriteLine(text);

    public void Error(string text) => errors.WriteLine(text);

    /// <summary>Colours a word of the data by what it means.</summary>
    public string Paint(string word, string meaning) => Paint(word, meaning, colours.Data);

    /// <summary>Colours a word that goes to standard error.</summary>
    public string PaintError(string word, string meaning) => Paint(word, meaning, colours.Errors);

    private static string Paint(string word, string meaning, bool colour)
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

/// <summary>Which of the two is a terminal that shows colours: each may be sent to a file without the other.</summary>
public readonly record struct TerminalColours(bool Data, bool Errors);
