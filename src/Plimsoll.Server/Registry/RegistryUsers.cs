using System.Collections.Immutable;
using System.Text;
using Plimsoll.Primitives;
using Plimsoll.Server.Registry.Access;

namespace Plimsoll.Server.Registry;

/// <summary>Changes a users file; a server that uses it sees the change within a second.</summary>
public static class RegistryUsers
{
    private const int FewestPasswordBytes = 8;

    /// <summary>Adds or replaces a user; gives a sentence about what was done.</summary>
    public static Result<string> Put(string file, string name, string password, IReadOnlyList<string> grants)
    {
        if (!User.IsName(name))
            return Refused($"'{name}' is no user's name", "use 1 to 64 letters, digits and . _ - @ +");
        var bytes = Encoding.UTF8.GetBytes(password);
        if (bytes.Length is < FewestPasswordBytes or > PasswordHash.MostPasswordBytes)
            return Refused($"the password has {bytes.Length} bytes", $"give one of {FewestPasswordBytes} to {PasswordHash.MostPasswordBytes} bytes on standard input");

        var read = ImmutableArray.CreateBuilder<Grant>();
        foreach (var text in grants)
        {
            if (!Grant.Parse(text).Succeeded(out var grant, out var failure))
                return failure;
            read.Add(grant);
        }

        var line = new User(name, PasswordHash.Of(bytes), read.ToImmutable()).ToString();
        return Change(file, name, line).Select(had => $"{(had ? "replaced" : "added")} {name}: {string.Join(' ', read)}");
    }

    /// <summary>Removes a user; gives a sentence about what was done.</summary>
    public static Result<string> Remove(string file, string name) => Change(file, name, null).Then(had => had
        ? Result.Of($"removed {name}")
        : Refused($"the users file {file} has no '{name}'", "look at the names in it"));

    // Comments and the other users' lines stay as they are.
    private static Result<bool> Change(string file, string name, string? line)
    {
        try
        {
            var lines = File.Exists(file) ? File.ReadAllLines(file) : ["# a user a line: NAME HASH PATTERN=RIGHT,…"];
            var kept = lines.Where(other => other.Split([' ', '\t'], 2)[0] != name).ToList();
            var had = kept.Count < lines.Length;
            if (line is not null)
                kept.Add(line);
            var bytes = Encoding.UTF8.GetBytes(string.Join('\n', kept) + "\n");
            if (!UsersFile.Parse(bytes).Succeeded(out _, out var failure))
                return failure;
            Write(file, bytes);
            return had;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return Refused($"the users file {file} cannot be changed: {failed.Message}", "name a file that you may write");
        }
    }

    // Never readable to others, not even for a moment: a hash can be guessed at.
    private static void Write(string file, byte[] bytes)
    {
        var temporary = $"{file}~{Guid.NewGuid():n}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        // A crash before leaves the old users and a file that nobody reads.
        File.Move(temporary, file, overwrite: true);
    }

    private static Failure Refused(string what, string next) => new(Refusal.Malformed, "registry.users", what, next);
}
