using System.Buffers.Binary;
using System.Text;
using Plimsoll.Log.Checkpoints;
using Plimsoll.Log.Tree;

namespace Plimsoll.Log.Notes;

/// <summary>What a key really signs when it signs a text, the bare signature, and the time within it.</summary>
internal sealed record NoteMessage(ReadOnlyMemory<byte> Bytes, byte[] Signature, DateTimeOffset? Time);

/// <summary>The messages of the signature types (signed-note, tlog-cosignature, static-ct-api).</summary>
internal static class NoteMessages
{
    private const int TimeBytes = 8;

    // What DateTimeOffset can hold; the specification allows up to 2^63 - 1, which is no time that anybody saw.
    private const ulong LastSecond = 253_402_300_799;

    public static Result<NoteMessage> Of(VerifierKey key, ReadOnlyMemory<byte> text, ReadOnlySpan<byte> signature) => key.Type switch
    {
        NoteKeyType.Cosignature => Timed(key, signature, time => Cosignature(text, time)),
        NoteKeyType.MlDsaCosignature => OverSubtree(key, text, signature),
        NoteKeyType.TreeHead => TreeHead(key, text, signature),
        _ => new NoteMessage(text, signature.ToArray(), null),
    };

    /// <summary>tlog-cosignature, Ed25519: the time in words, then the whole checkpoint.</summary>
    public static byte[] Cosignature(ReadOnlyMemory<byte> text, ulong time) => [.. Encoding.ASCII.GetBytes($"cosignature/v1\ntime {time}\n"), .. text.Span];

    /// <summary>tlog-cosignature, ML-DSA-44: cosigner, time, origin, and a subtree by its range and hash.</summary>
    public static byte[] Subtree(ReadOnlySpan<byte> cosigner, ulong time, ReadOnlySpan<byte> origin, Subtree range, Hash hash) =>
    [
        .. "subtree/v1\n\0"u8, checked((byte)cosigner.Length), .. cosigner, .. Eight(time), checked((byte)origin.Length), .. origin,
        .. Eight(range.Start), .. Eight(range.End), .. hash.ToArray(),
    ];

    // A checkpoint is the subtree from 0; its extension lines are not covered.
    private static Result<NoteMessage> OverSubtree(VerifierKey key, ReadOnlyMemory<byte> text, ReadOnlySpan<byte> signature)
    {
        if (!Checkpoint.Parse(text).Succeeded(out var checkpoint, out var failure))
            return failure;
        var (cosigner, origin) = (key.Name.Utf8(), Encoding.UTF8.GetBytes(checkpoint.Origin));
        return cosigner.Length <= byte.MaxValue && origin.Length <= byte.MaxValue
            ? Timed(key, signature, time => Subtree(cosigner, time, origin, new Subtree(0, checkpoint.Size), checkpoint.Root))
            : Malformed(key, "has names of more than 255 bytes");
    }

    private static Result<NoteMessage> Timed(VerifierKey key, ReadOnlySpan<byte> signature, Func<ulong, byte[]> message)
    {
        if (signature.Length <= TimeBytes)
            return Malformed(key, "has no time");
        var time = BinaryPrimitives.ReadUInt64BigEndian(signature);
        return time is > 0 and <= LastSecond
            ? new NoteMessage(message(time), signature[TimeBytes..].ToArray(), DateTimeOffset.FromUnixTimeSeconds((long)time))
            : Malformed(key, $"says the time {time}, which nobody saw");
    }

    // static-ct-api: milliseconds, then a DigitallySigned of RFC 5246 4.7 with SHA-256 and ECDSA, over a TreeHeadSignature of RFC 6962 3.5.
    private static Result<NoteMessage> TreeHead(VerifierKey key, ReadOnlyMemory<byte> text, ReadOnlySpan<byte> signature)
    {
        if (!Checkpoint.Parse(text).Succeeded(out var checkpoint, out var failure))
            return failure;
        if (!checkpoint.Extensions.IsEmpty)
            return Malformed(key, "is over a tree head, which has no extension lines");
        if (signature.Length < TimeBytes + 4 || signature[TimeBytes] != 4 || signature[TimeBytes + 1] != 3
            || BinaryPrimitives.ReadUInt16BigEndian(signature[(TimeBytes + 2)..]) != signature.Length - TimeBytes - 4)
            return Malformed(key, "is not SHA-256 with ECDSA in the form of a tree head");

        byte[] message = [0, 1, .. signature[..TimeBytes], .. Eight(checkpoint.Size), .. checkpoint.Root.ToArray()];
        return new NoteMessage(message, signature[(TimeBytes + 4)..].ToArray(), null);
    }

    private static byte[] Eight(ulong number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return bytes;
    }

    private static Failure Malformed(VerifierKey key, string what) => Refused.Malformed("log.note-signature", $"the signature of '{key.Name}' {what}");
}
