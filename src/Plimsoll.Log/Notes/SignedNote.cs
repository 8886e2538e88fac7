using System.Text;
using System.Text.Unicode;

namespace Plimsoll.Log.Notes;

/// <summary>
/// A text and signatures over it (c2sp.org/signed-note). The text is bytes that arrived, with its last line end; read nothing
/// of it before <see cref="Verify"/> said who signed it.
/// </summary>
public sealed class SignedNote
{
    /// <summary>Largest note that is read; a signature of ML-DSA has 3.3 kB here.</summary>
    public const int MostBytes = 128 * 1024;

    /// <summary>Most signatures that are read.</summary>
    public const int MostSignatures = 64;

    private SignedNote(ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> text, ImmutableArray<NoteSignature> signatures)
    {
        Bytes = bytes;
        UnverifiedText = text;
        Signatures = signatures;
    }

    /// <summary>The whole note, as it arrived.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>What is signed, last line end included.</summary>
    public ReadOnlyMemory<byte> UnverifiedText { get; }

    /// <summary>The signatures, in their order.</summary>
    public ImmutableArray<NoteSignature> Signatures { get; }

    /// <summary>Reads a note. The bytes are kept, not copied.</summary>
    public static Result<SignedNote> Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MostBytes)
            return Malformed($"has {bytes.Length} bytes, more than {MostBytes}");
        if (!IsPlain(bytes.Span))
            return Malformed("is not UTF-8, or has a control character other than the line end");

        // The last blank line: a text may have some of its own.
        var blank = bytes.Span.LastIndexOf("\n\n"u8);
        if (blank < 0 || bytes.Span[^1] != (byte)'\n' || blank + 2 == bytes.Length)
            return Malformed("needs a text, a blank line, and signatures, each line with its end");

        var lines = Encoding.UTF8.GetString(bytes.Span[(blank + 2)..^1]).Split('\n');
        if (lines.Length > MostSignatures)
            return Malformed($"has {lines.Length} signatures, more than {MostSignatures}");

        var signatures = ImmutableArray.CreateBuilder<NoteSignature>(lines.Length);
        foreach (var line in lines)
        {
            if (!NoteSignature.Parse(line).Succeeded(out var signature, out var failure))
                return failure;
            signatures.Add(signature);
        }

        return new SignedNote(bytes, bytes[..(blank + 1)], signatures.MoveToImmutable());
    }

    /// <summary>A note from a text and signatures over it.</summary>
    public static Result<SignedNote> Of(ReadOnlySpan<byte> text, IEnumerable<NoteSignature> signatures)
        => Parse((byte[])[.. text, (byte)'\n', .. Encoding.UTF8.GetBytes(string.Concat(signatures.Select(signature => $"{signature}\n")))]);

    /// <summary>
    /// Who of these keys signed. Signatures of other keys are passed over; one by a key that is asked for and does not hold
    /// makes the whole note unacceptable, and so does a note that none of the keys signed.
    /// </summary>
    /// <param name="keys">The keys that the caller knows; each counts once, however often it signed.</param>
    public Result<VerifiedNote> Verify(IReadOnlyCollection<VerifierKey> keys)
    {
        var good = ImmutableArray.CreateBuilder<VerifiedSignature>();
        ReadOnlyMemory<byte>? text = null;
        foreach (var signature in Signatures)
        {
            if (keys.FirstOrDefault(key => key.Name == signature.Name && key.Id == signature.KeyId) is not { IsSupported: true } key)
                continue;
            if (!key.Verify(UnverifiedText, signature.Value.Span).Succeeded(out var verified, out var failure))
                return failure;
            text = verified.Text.Value;
            if (!good.Any(other => other.Key == key))
                good.Add(new VerifiedSignature(key, verified.Time));
        }

        return text is { } signed
            ? new VerifiedNote(this, signed, good.ToImmutable())
            : Refused.Untrusted(
                "log.note-unsigned", $"none of the {keys.Count} known keys signed the note; it is signed by {string.Join(", ", Signatures.Select(signature => signature.Name).Distinct().Take(8))}",
                "name the verifier key of whoever signs it, or get the note from its source again");
    }

    private static bool IsPlain(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (value is < 0x20 and not (byte)'\n' or 0x7f)
                return false;
        }

        return Utf8.IsValid(bytes);
    }

    private static Failure Malformed(string what) => Refused.Malformed("log.note", $"the signed note {what}");
}

/// <summary>A note that known keys signed.</summary>
/// <param name="Note">The note as it arrived.</param>
/// <param name="Text">What they signed.</param>
/// <param name="Signatures">Each key once.</param>
public sealed record VerifiedNote(SignedNote Note, ReadOnlyMemory<byte> Text, ImmutableArray<VerifiedSignature> Signatures);

/// <summary>A signature that held.</summary>
/// <param name="Key">Whose it is.</param>
/// <param name="Time">When a cosigner says that he saw it; null for signatures without a time.</param>
public sealed record VerifiedSignature(VerifierKey Key, DateTimeOffset? Time);
