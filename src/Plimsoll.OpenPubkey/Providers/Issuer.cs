using System.Net;
using Plimsoll.Primitives;

namespace Plimsoll.OpenPubkey.Providers;

/// <summary>
/// An identity provider's issuer, exactly as its tokens have it in <c>iss</c> (OpenID Connect Core 2): an https URL, or http on
/// the loopback interface. Compared character by character.
/// </summary>
public readonly record struct Issuer
{
    /// <summary>Longest issuer that is accepted.</summary>
    public const int MostCharacters = 512;

    private readonly string? _url;

    private Issuer(string url) => _url = url;

    /// <summary>Reads an issuer. There is one spelling: no query, fragment, user, default port, upper-case host or dot segments.</summary>
    public static Result<Issuer> Parse(string text)
    {
        if (text.Length > MostCharacters || !Uri.TryCreate(text, UriKind.Absolute, out var url))
            return Failures.IssuerUrl($"{Failures.Shorten(text)} is not a URL of at most {MostCharacters} characters");
        if (url.Scheme != "https" && !(url.Scheme == "http" && IsLoopback(url)))
            return Failures.IssuerUrl($"{Failures.Shorten(text)} is not an https URL");
        if (url.Query.Length > 0 || url.Fragment.Length > 0 || url.UserInfo.Length > 0 || text.AsSpan().IndexOfAny("?#@") >= 0)
            return Failures.IssuerUrl($"{Failures.Shorten(text)} has a query, a fragment or a user");

        // Two spellings of one URL would be two issuers to us and one to a browser.
        var canonical = url.AbsoluteUri;
        return (text == canonical || text + "/" == canonical) && !url.AbsolutePath.Contains("//", StringComparison.Ordinal)
            ? new Issuer(text)
            : Failures.IssuerUrl($"{Failures.Shorten(text)} is not in the one spelling, which is {Failures.Shorten(canonical.TrimEnd('/'))}");
    }

    /// <summary>The URL.</summary>
    public override string ToString() => _url ?? "";

    /// <summary>Whether a token's <c>iss</c> is this issuer.</summary>
    internal bool Is(string? claim) => _url is not null && claim == _url;

    private static bool IsLoopback(Uri url)
        => url.Host == "localhost" || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
