using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Plimsoll.Client.Registry;

/// <summary>Walks over a header's value by the grammar of RFC 9110 5.6: tokens, quoted strings, optional white space.</summary>
internal ref struct HeaderCursor(ReadOnlySpan<char> text)
{
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> Token68Characters = SearchValues.Create(
        "-._~+/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private ReadOnlySpan<char> _rest = text.Trim(" \t");

    /// <summary>Whether nothing is left.</summary>
    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Whether this character comes next.</summary>
    public readonly bool Peek(char character) => _rest.StartsWith(character);

    /// <summary>Steps over the character and the white space behind it, if it comes next.</summary>
    public bool Skip(char character)
    {
        if (!Peek(character))
            return false;
        Step(1);
        return true;
    }

    /// <summary>A token and the white space behind it, or null.</summary>
    public string? Token()
    {
        var length = Length(TokenCharacters);
        if (length == 0)
            return null;
        var token = _rest[..length].ToString();
        Step(length);
        return token;
    }

    /// <summary>What stands up to the character, which is stepped over too; null if the character does not come.</summary>
    public string? Until(char character)
    {
        var length = _rest.IndexOf(character);
        if (length < 0)
            return null;
        var found = _rest[..length].ToString();
        Step(length + 1);
        return found;
    }

    /// <summary>
    /// A parameter: a token, <c>=</c> and a value. False if no parameter begins here; a null value if one begins and is malformed.
    /// </summary>
    public bool Parameter([NotNullWhen(true)] out string? name, out string? value)
    {
        var before = _rest;
        value = null;
        name = Token();

        // "abc=" and "abc==" are token68 (RFC 9110 11.2), not parameters.
        if (name is null || !Skip('=') || AtEnd || Peek('=') || Peek(','))
        {
            _rest = before;
            name = null;
            return false;
        }

        value = Peek('"') ? Quoted() : Token();
        return true;
    }

    /// <summary>Steps over a token68, if one stands here.</summary>
    public void SkipToken68()
    {
        var length = Length(Token68Characters);
        while (length > 0 && length < _rest.Length && _rest[length] == '=')
            length++;
        Step(length);
    }

    private string? Quoted()
    {
        var value = new StringBuilder();
        for (var at = 1; at < _rest.Length; at++)
        {
            var character = _rest[at];
            if (character == '"')
            {
                Step(at + 1);
                return value.ToString();
            }

            if (character == '\\' && ++at < _rest.Length)
                character = _rest[at];

            // RFC 9110 5.6.4: visible characters, space and tab; we leave bytes above ASCII out.
            if (character is not '\t' and (< ' ' or > '~'))
                return null;
            _ = value.Append(character);
        }

        return null;
    }

    private readonly int Length(SearchValues<char> set)
    {
        var length = _rest.IndexOfAnyExcept(set);
        return length < 0 ? _rest.Length : length;
    }

    private void Step(int length) => _rest = _rest[length..].TrimStart(" \t");
}
