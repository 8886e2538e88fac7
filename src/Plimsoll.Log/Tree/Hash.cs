using System.Buffers.Binary;
using Plimsoll.Primitives.Encodings;

namespace Plimsoll.Log.Tree;

/// <summary>A SHA-256 hash of a leaf or of a subtree (RFC 6962 2.1). Held by value: trees have many.</summary>
public readonly record struct Hash
{
    /// <summary>Length of a hash in bytes.</summary>
    public const int Bytes = 32;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>A hash from its 32 bytes.</summary>
    public Hash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Bytes)
            throw new ArgumentException($"a hash has {Bytes} bytes, not {bytes.Length}", nameof(bytes));
        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>Reads standard base64 in its one spelling, as checkpoints and proofs write hashes.</summary>
    public static Result<Hash> ParseBase64(string text)
    {
        if (!Base64Text.Decode(text).Succeeded(out var bytes, out var failure))
            return failure;
        return bytes.Length == Bytes
            ? new Hash(bytes)
            : Refused.Malformed("log.hash", $"a hash has {Bytes} bytes, and this one {bytes.Length}");
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    /// <summary>The 32 bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Bytes];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Standard base64, as checkpoints and proofs write it.</summary>
    public override string ToString() => Base64Text.Encode(ToArray());
}
