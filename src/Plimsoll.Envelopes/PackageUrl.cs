using System.Text;

namespace Plimsoll.Envelopes;

/// <summary>
/// A package URL, <c>pkg:type/namespace/name@version?qualifiers</c>, as the subjects of image statements are named. Docker
/// puts the registry's host in front of the namespace, and some of its pipelines write <c>:</c> for <c>@</c>.
/// </summary>
/// <param name="Type">The package type, lower case; <c>docker</c> for images.</param>
/// <param name="Path">Namespace and name, decoded, joined by slashes.</param>
/// <param name="Version">The version, or null; a tag in a docker URL.</param>
public sealed record PackageUrl(string Type, string Path, string? Version)
{
    /// <summary>The type of images.</summary>
    public const string Docker = "docker";

    /// <summary>Longest URL that is read.</summary>
    public const int MostCharacters = 4096;

    private const int MostQualifiers = 32;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The qualifiers, decoded; keys are lower case.</summary>
    public ImmutableSortedDictionary<string, string> Qualifiers { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>A qualifier's value, or null.</summary>
    public string? Qualifier(string key) => Qualifiers.GetValueOrDefault(key);

    /// <summary>Reads a package URL. A subpath (<c>#…</c>) is refused: a part of an image is not the image.</summary>
    public static Result<PackageUrl> Parse(string text)
    {
        if (text.Length > MostCharacters)
            return Malformed(text, $"is longer than {MostCharacters} characters");
        if (!text.StartsWith("pkg:", StringComparison.Ordinal) || text.Contains('#', StringComparison.Ordinal))
            return Malformed(text, "does not start with 'pkg:', or has a subpath");

        var (rest, query) = Cut(text[4..], text.IndexOf('?', StringComparison.Ordinal) - 4);
        if (rest.IndexOf('/', StringComparison.Ordinal) is not (> 0 and var slash) || !rest[..slash].All(IsTypeCharacter))
            return Malformed(text, "has no type in front of its first '/'");

        var type = rest[..slash].ToLowerInvariant();
        var (raw, encodedVersion) = SplitVersion(rest[(slash + 1)..], type);
        var version = encodedVersion is null ? null : Decode(encodedVersion);
        if (encodedVersion is not null && version is not { Length: > 0 })
            return Malformed(text, "has an empty version, or one that is not percent-encoded UTF-8");

        var segments = raw.Split('/').Select(Decode).ToArray();
        // A segment that is empty, climbs, or hides a slash would make another name of the joined path.
        if (segments.Any(segment => segment is null or "" or "." or ".." || segment.Contains('/', StringComparison.Ordinal)))
            return Malformed(text, "has a path segment that is empty, climbs, or is not percent-encoded UTF-8");
        return ReadQualifiers(query) is { } qualifiers
            ? new PackageUrl(type, string.Join('/', segments), version) { Qualifiers = qualifiers }
            : Malformed(text, "has a qualifier that is doubled, nameless, empty or not percent-encoded UTF-8");
    }

    /// <summary>The canonical text, with <c>@</c> before the version, and everything encoded but letters, digits and <c>-._~</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("pkg:").Append(Type).Append('/').AppendJoin('/', Path.Split('/').Select(Uri.EscapeDataString));
        if (Version is { } version)
            _ = text.Append('@').Append(Uri.EscapeDataString(version));
        var separator = '?';
        foreach (var (key, value) in Qualifiers)
        {
            _ = text.Append(separator).Append(key).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return text.ToString();
    }

    private static (string Path, string? Version) SplitVersion(string text, string type)
    {
        if (text.LastIndexOf('@') is >= 0 and var at)
            return Cut(text, at);
        // Deviation: the official images' pipeline writes pkg:docker/docker:24.0.7-cli. A port is percent-encoded or stands before a slash.
        return type == Docker && text.LastIndexOf(':') is > 0 and var colon && colon > text.LastIndexOf('/') ? Cut(text, colon) : (text, null);
    }

    private static (string Before, string? After) Cut(string text, int at) => at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);

    private static ImmutableSortedDictionary<string, string>? ReadQualifiers(string? query)
    {
        var qualifiers = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var pair in query?.Split('&') ?? [])
        {
            var (key, encoded) = Cut(pair, pair.IndexOf('=', StringComparison.Ordinal));
            key = key.ToLowerInvariant();
            if (key.Length == 0 || !key.All(IsQualifierCharacter) || encoded is null || Decode(encoded) is not { Length: > 0 } value
                || qualifiers.ContainsKey(key) || qualifiers.Count == MostQualifiers)
                return null;
            qualifiers.Add(key, value);
        }

        return qualifiers.ToImmutable();
    }

    private static string? Decode(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var length = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '%')
            {
                // Everything that may stand unencoded in some purl is ASCII and printable.
                if (text[at] is <= ' ' or >= '\u007F')
                    return null;
                bytes[length++] = (byte)text[at];
                continue;
            }

            if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
                return null;
            bytes[length++] = Convert.ToByte(text.Substring(at + 1, 2), 16);
            at += 2;
        }

        try
        {
            return Strict.GetString(bytes, 0, length) is var decoded && !decoded.Any(char.IsControl) ? decoded : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static bool IsTypeCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '.' or '+' or '-';

    private static bool IsQualifierCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_';

    private static Failure Malformed(string text, string what) => Refused.Malformed(
        "purl.malformed", $"'{Refused.Shorten(text)}' {what}", "name the image as pkg:docker/NAME@TAG?platform=OS%2FARCHITECTURE");
}
