using System.Buffers.Binary;
using Plimsoll.Primitives.Encodings;

namespace Plimsoll.Log.Notes;

/// <summary>One signature line of a note: who, with which key, and what.</summary>
/// <param name="Name">The key's name.</param>
/// <param name="KeyId">The first four bytes of a hash over name and key; it finds a key and proves nothing.</param>
/// <param name="Value">The signature, in its key's own form.</param>
public sealed record NoteSignature(NoteName Name, uint KeyId, ReadOnlyMemory<byte> Value)
{
    private const string Dash = "\u2014 ";

    /// <summary>Reads a line: em dash, name, base64 of key id and signature, one space between each.</summary>
    public static Result<NoteSignature> Parse(string line)
    {
        var parts = line.StartsWith(Dash, StringComparison.Ordinal) ? line[Dash.Length..].Split(' ') : [];
        if (parts is not [var name, var value])
            return Malformed($"'{Refused.Shorten(line)}' is no signature line");
        if (!NoteName.Parse(name).Succeeded(out var parsed, out var failure) || !Base64Text.Decode(value).Succeeded(out var bytes, out failure))
            return failure;
        return bytes.Length > 4
            ? new NoteSignature(parsed, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(4))
            : Malformed($"a signature line of '{name}' has no signature");
    }

    /// <summary>The line, without its end.</summary>
    public override string ToString()
    {
        var bytes = new byte[4 + Value.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
        Value.Span.CopyTo(bytes.AsSpan(4));
        return $"{Dash}{Name} {Base64Text.Encode(bytes)}";
    }

    private static Failure Malformed(string what) => Refused.Malformed("log.note-signature", what);
}
