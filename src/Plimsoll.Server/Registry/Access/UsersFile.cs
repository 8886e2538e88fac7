using System.Collections.Immutable;
using System.Text;
using Plimsoll.Primitives;

namespace Plimsoll.Server.Registry.Access;

/// <summary>A user: a name, a password's hash, and what they may do.</summary>
internal sealed record User(string Name, PasswordHash Password, ImmutableArray<Grant> Grants)
{
    private const int MostName = 64;

    /// <summary>Whether this can be a user's name: it stands in a log, in a token and before the colon of Basic credentials.</summary>
    public static bool IsName(string text)
        => text.Length is > 0 and <= MostName && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-' or '@' or '+');

    public override string ToString() => string.Join(' ', [Name, Password.ToString(), .. Grants.Select(grant => grant.ToString())]);
}

/// <summary>Reads the users file (docs/formats.md, Users file): a user a line, white space between name, hash and grants.</summary>
internal static class UsersFile
{
    public const int MostBytes = 1024 * 1024;
    private const int MostUsers = 10_000;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Result<ImmutableDictionary<string, User>> Parse(ReadOnlySpan<byte> bytes)
    {
        string text;
        try
        {
            text = Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Malformed("is not UTF-8");
        }

        var users = ImmutableDictionary.CreateBuilder<string, User>(StringComparer.Ordinal);
        foreach (var (number, line) in text.Split('\n').Index())
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var parts = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (parts is not [var name, var hashText, .. { Length: > 0 } grantTexts] || !User.IsName(name))
                return Malformed($"line {number + 1} is not NAME HASH GRANT...");
            if (PasswordHash.Parse(hashText) is not { } hash)
                return Malformed($"line {number + 1} has no hash in the form pbkdf2-sha512:ITERATIONS:SALT:HASH");

            var grants = ImmutableArray.CreateBuilder<Grant>();
            foreach (var grantText in grantTexts)
            {
                if (!Grant.Parse(grantText).Succeeded(out var grant, out var failure))
                    return failure;
                grants.Add(grant);
            }

            if (!users.TryAdd(name, new User(name, hash, grants.ToImmutable())))
                return Malformed($"names '{name}' twice");
            if (users.Count > MostUsers)
                return Malformed($"has more than {MostUsers} users");
        }

        return users.ToImmutable();
    }

    private static Failure Malformed(string what) => new(
        Refusal.Malformed, "registry.users", $"the users file {what}", "make its lines with `plimsoll serve registry user`");
}
