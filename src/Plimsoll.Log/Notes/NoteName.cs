using System.Text;

namespace Plimsoll.Log.Notes;

/// <summary>The name of a key that signs notes (signed-note): not empty, no white space, no <c>+</c>.</summary>
public readonly record struct NoteName
{
    /// <summary>Longest name that is read, in characters.</summary>
    public const int MostLength = 256;

    private readonly string? _text;

    private NoteName(string text) => _text = text;

    /// <summary>Reads a name.</summary>
    public static Result<NoteName> Parse(string text)
        => text.Length is > 0 and <= MostLength && !text.Any(character => char.IsWhiteSpace(character) || char.IsControl(character) || character == '+')
            ? new NoteName(text)
            : Refused.Malformed("log.note-name", $"'{Refused.Shorten(text)}' is no name of a key: 1 to {MostLength} characters without white space and '+'");

    /// <inheritdoc/>
    public override string ToString() => _text ?? "";

    internal byte[] Utf8() => Encoding.UTF8.GetBytes(ToString());
}
