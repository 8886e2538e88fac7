namespace Plimsoll.Verification.Policy;

/// <summary>
/// The one pattern language of a policy: <c>*</c> stands for any characters within a path segment, <c>**</c> as the last
/// segment for any number of segments. Everything else stands for itself, upper and lower case apart.
/// </summary>
public sealed record Glob
{
    /// <summary>Longest pattern, in characters; matching takes at most pattern times text steps.</summary>
    public const int MostLength = 512;

    private readonly string[] _segments;
    private readonly bool _open;

    private Glob(string pattern)
    {
        Pattern = pattern;
        _open = pattern == "**" || pattern.EndsWith("/**", StringComparison.Ordinal);
        _segments = pattern == "**" ? [] : (_open ? pattern[..^3] : pattern).Split('/');
    }

    /// <summary>The pattern as written.</summary>
    public string Pattern { get; }

    /// <summary>Whether it holds no wildcard, and so matches one text only.</summary>
    public bool IsExact => !Pattern.Contains('*');

    /// <summary>How many characters stand before the first wildcard: the longer, the more specific the rule.</summary>
    public int LiteralPrefix => Pattern.IndexOf('*') is var at and >= 0 ? at : Pattern.Length;

    /// <summary>Reads a pattern; <c>**</c> anywhere but as the last segment is refused.</summary>
    public static Result<Glob> Parse(string pattern)
    {
        if (pattern.Length is 0 or > MostLength)
            return Malformed($"a pattern has 1 to {MostLength} characters, not {pattern.Length}");

        var last = pattern.Split('/')[^1];
        var body = last == "**" ? pattern[..^2] : pattern;
        return body.Contains("**", StringComparison.Ordinal)
            ? Malformed($"'{pattern}' has '**' where only a whole last segment may be '**'")
            : new Glob(pattern);
    }

    /// <summary>Whether the whole text fits the pattern.</summary>
    public bool Matches(string text)
    {
        var parts = text.Split('/');
        if (_open ? parts.Length <= _segments.Length : parts.Length != _segments.Length)
            return false;
        return _segments.Zip(parts).All(pair => SegmentMatches(pair.First, pair.Second));
    }

    /// <inheritdoc/>
    public bool Equals(Glob? other) => other is not null && Pattern == other.Pattern;

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Pattern);

    /// <inheritdoc/>
    public override string ToString() => Pattern;

    // Greedy with one point of return: a star can only have to grow, so earlier stars need not be tried again.
    private static bool SegmentMatches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        var (p, t, star, resume) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && pattern[p] == text[t])
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart('*').IsEmpty;
    }

    private static Failure Malformed(string what) => new(
        Refusal.Malformed, "policy.pattern", what, "use '*' within a path segment and '**' only as the last segment");
}
