using System.Buffers;

namespace Plimsoll.Oci;

/// <summary>A tag: a letter, digit or underscore, then up to 127 of those, dots and hyphens (distribution-spec, Pulling manifests).</summary>
public readonly record struct Tag
{
    /// <summary>Longest tag.</summary>
    public const int MostCharacters = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-.");

    private readonly string? _text;

    private Tag(string text) => _text = text;

    /// <summary>The tag that a reference without tag and digest means.</summary>
    public static Tag Latest { get; } = new("latest");

    /// <summary>Reads a tag. Case is kept: <c>V1</c> and <c>v1</c> are two tags.</summary>
    public static Result<Tag> Parse(string text)
        => text.Length is > 0 and <= MostCharacters && !text.AsSpan().ContainsAnyExcept(Allowed) && text[0] is not ('.' or '-')
            ? new Tag(text)
            : Refused.Malformed(
                "oci.tag", $"'{Refused.Shorten(text)}' is not a tag of at most {MostCharacters} letters, digits, '_', '.' and '-'",
                "write the tag as docker tag would take it, such as 1.4 or latest");

    /// <summary>The text.</summary>
    public override string ToString() => _text ?? "";
}
