using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Plimsoll.Oci;

/// <summary>
/// A repository with its registry host, in the one spelling that policies and signatures use: <c>alpine</c> is
/// <c>docker.io/library/alpine</c> (docs/formats.md, Reference).
/// </summary>
public readonly record struct RepositoryName
{
    /// <summary>Longest name, host included, as most clients and registries allow it.</summary>
    public const int MostCharacters = 255;

    /// <summary>The registry that a name without a host means.</summary>
    public const string DefaultHost = "docker.io";

    private const string OfficialPrefix = "library/";
    private readonly string? _host;
    private readonly string? _path;

    private RepositoryName(string host, string path)
    {
        _host = host;
        _path = path;
    }

    /// <summary>The registry: a lower-case host name or address, with its port if one was given.</summary>
    public string Host => _host ?? "";

    /// <summary>The repository within the registry, such as <c>library/alpine</c>.</summary>
    public string Path => _path ?? "";

    /// <summary>Whether this is the value that names nothing.</summary>
    public bool IsEmpty => _path is null;

    /// <summary>The shortest spelling that still means this repository: what people type and Docker prints.</summary>
    public string Familiar
    {
        get
        {
            if (Host != DefaultHost)
                return ToString();
            var path = Path.StartsWith(OfficialPrefix, StringComparison.Ordinal) && Path.LastIndexOf('/') < OfficialPrefix.Length
                ? Path[OfficialPrefix.Length..]
                : Path;
            // docker.io/localhost/app would be read as the host localhost when it comes back.
            return Parse(path).Succeeded(out var read, out _) && read == this ? path : ToString();
        }
    }

    /// <summary>Reads and normalises a repository name; a tag or digest is refused.</summary>
    public static Result<RepositoryName> Parse(string text)
    {
        if (text.Length > MostCharacters)
            return Malformed(text, $"is longer than {MostCharacters} characters");

        var (host, path) = Split(text);
        if (path.Any(char.IsAsciiLetterUpper))
            return Malformed(text, "has upper-case letters; a repository's name is lower case");
        if (!path.Split('/').All(IsComponent))
            return Malformed(text, "is not path components of a-z, 0-9 and single separators ('.', '_', '__', '-'), joined by '/'");
        if (NormaliseHost(host) is not { } normal)
            return Malformed(text, $"has '{Refused.Shorten(host)}' where a registry's host name stands");

        if (normal == DefaultHost && !path.Contains('/', StringComparison.Ordinal))
            path = OfficialPrefix + path;
        return normal.Length + 1 + path.Length <= MostCharacters
            ? new RepositoryName(normal, path)
            : Malformed(text, $"is longer than {MostCharacters} characters when its host is written out");
    }

    /// <summary>The normalised text, host included.</summary>
    public override string ToString() => IsEmpty ? "" : $"{Host}/{Path}";

    // Docker's rule: the first component is a host if it has a dot or a port, or is localhost.
    private static (string Host, string Path) Split(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return (DefaultHost, text);

        var first = text[..slash];
        return first.AsSpan().ContainsAny('.', ':') || first.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            ? (first, text[(slash + 1)..])
            : (DefaultHost, text);
    }

    // distribution: [a-z0-9]+ joined by '.', '_', '__' or any number of '-'.
    private static bool IsComponent(string text)
    {
        if (text.Length == 0 || !IsWord(text[0]) || !IsWord(text[^1]))
            return false;

        var at = 0;
        while (at < text.Length)
        {
            var start = at;
            while (at < text.Length && !IsWord(text[at]))
                at++;
            if (text[start..at] is not ("" or "." or "_" or "__") && text[start..at].Trim('-').Length > 0)
                return false;
            while (at < text.Length && IsWord(text[at]))
                at++;
        }

        return true;

        static bool IsWord(char character) => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character);
    }

    private static string? NormaliseHost(string host)
    {
        if (!Ascii.IsValid(host))
            return null;

        // The colons inside an IPv6 address are not the port's.
        var colon = host.IndexOf(':', Math.Max(0, host.IndexOf(']', StringComparison.Ordinal)));
        var (name, port) = colon < 0 ? (host, null) : (host[..colon], host[(colon + 1)..]);
        if (port is not null && !(port.Length is > 0 and <= 5 && port.All(char.IsAsciiDigit) && port[0] != '0' && int.Parse(port) <= ushort.MaxValue))
            return null;

        // Deviation: Docker keeps the case of a host. DNS does not see it, so two spellings would be one registry under two names (ADR 0004).
        name = name.ToLowerInvariant();
        if (name.StartsWith('['))
        {
            if (!name.EndsWith(']') || name.Contains('%', StringComparison.Ordinal)
                || !IPAddress.TryParse(name.AsSpan(1, name.Length - 2), out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
                return null;
            name = $"[{address}]";
        }
        else if (!name.Split('.').All(IsLabel))
        {
            return null;
        }

        var normal = port is null ? name : $"{name}:{port}";
        return normal == "index.docker.io" ? DefaultHost : normal;

        static bool IsLabel(string label)
            => label.Length > 0 && label[0] != '-' && label[^1] != '-' && label.All(character => char.IsAsciiLetterOrDigit(character) || character == '-');
    }

    private static Failure Malformed(string text, string what) => Refused.Malformed(
        "oci.repository", $"'{Refused.Shorten(text)}' {what}", "write the repository as docker pull would take it, such as registry.example/team/app");
}
