using System.Buffers;
using System.Security.Cryptography;

namespace Plimsoll.Primitives.Hashing;

/// <summary>
/// A content digest as OCI writes it, <c>sha256:</c> and 64 or <c>sha512:</c> and 128 lower-case hex characters
/// (image-spec, descriptor.md, Digests). Two digests are equal only if algorithm and value are.
/// </summary>
public readonly record struct Digest
{
    // Both names have it.
    private const int AlgorithmLength = 6;
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");
    private readonly string? _text;

    private Digest(string text) => _text = text;

    /// <summary>The algorithm's registered name: <c>sha256</c> or <c>sha512</c>.</summary>
    public string Algorithm => _text?[..AlgorithmLength] ?? "";

    /// <summary>The value in lower-case hex, without the algorithm.</summary>
    public string Hex => _text?[(AlgorithmLength + 1)..] ?? "";

    /// <summary>Whether this is the value that nothing has: an unassigned digest matches no bytes.</summary>
    public bool IsEmpty => _text is null;

    /// <summary>The name under which .NET knows the algorithm, for hashing a stream.</summary>
    public HashAlgorithmName HashName => Algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;

    /// <summary>Reads a digest; other algorithms and upper-case hex are refused.</summary>
    public static Result<Digest> Parse(string text)
    {
        var length = text.StartsWith("sha256:", StringComparison.Ordinal) ? 64
            : text.StartsWith("sha512:", StringComparison.Ordinal) ? 128
            : 0;
        return length > 0 && text.Length == AlgorithmLength + 1 + length && !text.AsSpan(AlgorithmLength + 1).ContainsAnyExcept(LowerHex)
            ? new Digest(text)
            : new Failure(
                Refusal.Malformed, "digest.malformed", $"'{Shorten(text)}' is not sha256: or sha512: with its lower-case hex value",
                "give the whole digest, as 'docker buildx imagetools inspect' or the build prints it");
    }

    /// <summary>The SHA-256 digest of these bytes.</summary>
    public static Digest Sha256(ReadOnlySpan<byte> bytes) => FromHash("sha256", SHA256.HashData(bytes));

    /// <summary>A digest from a finished SHA-256 (32 bytes) or SHA-512 (64 bytes) hash.</summary>
    public static Digest FromHash(ReadOnlySpan<byte> hash) => hash.Length switch
    {
        32 => FromHash("sha256", hash),
        64 => FromHash("sha512", hash),
        _ => throw new ArgumentException("a SHA-256 or SHA-512 hash is needed", nameof(hash)),
    };

    /// <summary>Gives the bytes back if they are what the digest says.</summary>
    public Result<ReadOnlyMemory<byte>> Verify(ReadOnlyMemory<byte> bytes)
    {
        var found = FromHash(CryptographicOperations.HashData(HashName, bytes.Span));
        return this == found ? bytes : Mismatch(found);
    }

    /// <summary>The failure for bytes that turned out to have another digest.</summary>
    public Failure Mismatch(Digest found) => new(
        Refusal.Untrusted, "digest.mismatch", $"the bytes have digest {found}, not {this}",
        "fetch them again; if it stays, the registry or a proxy serves changed content");

    /// <summary>The text form.</summary>
    public override string ToString() => _text ?? "";

    private static Digest FromHash(string algorithm, ReadOnlySpan<byte> hash) => new($"{algorithm}:{Convert.ToHexStringLower(hash)}");

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
