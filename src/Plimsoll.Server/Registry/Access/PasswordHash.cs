using System.Security.Cryptography;
using Plimsoll.Primitives.Encodings;

namespace Plimsoll.Server.Registry.Access;

/// <summary>
/// A password as the users file keeps it: <c>pbkdf2-sha512:ITERATIONS:SALT:HASH</c>, salt and hash in base64url (RFC 8018 5.2).
/// </summary>
internal sealed record PasswordHash(int Iterations, ReadOnlyMemory<byte> Salt, ReadOnlyMemory<byte> Hash)
{
    /// <summary>Longest password, in UTF-8 bytes.</summary>
    public const int MostPasswordBytes = 256;

    private const string Name = "pbkdf2-sha512";
    private const int Fewest = 100_000;
    private const int Most = 10_000_000;

    // OWASP's number for PBKDF2 with HMAC-SHA-512.
    private const int Usual = 210_000;
    private const int SaltLength = 16;
    private const int HashLength = 32;

    /// <summary>What a password is compared with where there is no such user, so that both take the same time.</summary>
    public static PasswordHash Dummy { get; } = new(Usual, new byte[SaltLength], new byte[HashLength]);

    public static PasswordHash Of(ReadOnlySpan<byte> password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        return new PasswordHash(Usual, salt, Derive(password, salt, Usual));
    }

    public static PasswordHash? Parse(string text)
        => text.Split(':') is [Name, var number, var saltText, var hashText]
            && Protocol.Numbers.TryParse(number, out var iterations) && iterations is >= Fewest and <= Most
            && Base64Text.DecodeUrl(saltText).Succeeded(out var salt, out _) && salt.Length is >= SaltLength and <= 64
            && Base64Text.DecodeUrl(hashText).Succeeded(out var hash, out _) && hash.Length == HashLength
            ? new PasswordHash((int)iterations, salt, hash)
            : null;

    /// <summary>Whether this is the password's; takes about a tenth of a second by design, and as long for a wrong one.</summary>
    public bool Matches(ReadOnlySpan<byte> password)
        => CryptographicOperations.FixedTimeEquals(Derive(password, Salt.Span, Iterations), Hash.Span);

    public override string ToString() => $"{Name}:{Iterations}:{Base64Text.EncodeUrl(Salt.Span)}:{Base64Text.EncodeUrl(Hash.Span)}";

    private static byte[] Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations)
        => Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA512, HashLength);
}
