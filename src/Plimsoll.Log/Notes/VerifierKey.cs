using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Log.Notes;

/// <summary>What a key of a note signs, and how (the signature types of c2sp.org/signed-note).</summary>
public enum NoteKeyType
{
    /// <summary>Ed25519 over the text.</summary>
    Ed25519 = 0x01,

    /// <summary>ECDSA on P-256 over the text; Rekor v1 and others use it.</summary>
    Ecdsa = 0x02,

    /// <summary>Ed25519 over a time and a checkpoint: <c>cosignature/v1</c>.</summary>
    Cosignature = 0x04,

    /// <summary>A tree head of RFC 6962; certificate transparency logs use it.</summary>
    TreeHead = 0x05,

    /// <summary>ML-DSA-44 over a time and a tree or subtree: <c>subtree/v1</c>.</summary>
    MlDsaCosignature = 0x06,
}

/// <summary>A key that verifies notes, with the name it signs under: <c>NAME+HEX(key id)+BASE64(type || key)</c>.</summary>
public sealed class VerifierKey
{
    private readonly VerificationKey? _key;
    private readonly string _text;

    private VerifierKey(NoteName name, NoteKeyType type, uint id, VerificationKey? key, string text)
    {
        Name = name;
        Type = type;
        Id = id;
        _key = key;
        _text = text;
    }

    /// <summary>The name that its signature lines carry.</summary>
    public NoteName Name { get; }

    /// <summary>What it signs.</summary>
    public NoteKeyType Type { get; }

    /// <summary>The four bytes by which a signature line finds it.</summary>
    public uint Id { get; }

    /// <summary>Whether this platform can verify it; ML-DSA needs OpenSSL 3.5. Signatures of a key that it cannot are passed over as unknown.</summary>
    public bool IsSupported => _key is not null;

    /// <summary>Whether its signatures say when its owner saw the tree.</summary>
    public bool IsCosigner => Type is NoteKeyType.Cosignature or NoteKeyType.MlDsaCosignature;

    /// <summary>SHA-256 of the key's SubjectPublicKeyInfo where it has one: two names of one key are one key.</summary>
    public string Material => _key?.KeyId ?? _text[(_text.LastIndexOf('+') + 1)..];

    /// <summary>Reads a verifier key; its id has to be the one that name and key give.</summary>
    public static Result<VerifierKey> Parse(string text)
    {
        if (text.Split('+', 3) is not [var name, var id, var encoded])
            return Malformed($"'{Refused.Shorten(text)}' is not NAME+ID+KEY");
        if (!NoteName.Parse(name).Succeeded(out var parsed, out var failure) || !Base64Text.Decode(encoded).Succeeded(out var bytes, out failure))
            return failure;
        if (bytes.Length < 2 || id.Length != 8 || !uint.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var stated) || id != $"{stated:x8}")
            return Malformed($"the verifier key of '{name}' has no key, or an id that is not eight lower-case hex characters");

        var type = (NoteKeyType)bytes[0];
        if (!ImportKey(type, bytes.AsSpan(1)).Succeeded(out var key, out failure))
            return failure;
        var computed = IdOf(parsed, type, bytes.AsSpan(1));
        return computed == stated
            ? new VerifierKey(parsed, type, stated, key.Key, text)
            : Malformed($"the verifier key of '{name}' says id {id}, and its name and key give {computed:x8}");
    }

    /// <summary>A verifier key for an Ed25519 key.</summary>
    /// <param name="name">The name it signs under.</param>
    /// <param name="type">Ed25519, or Cosignature for a witness.</param>
    /// <param name="key">The public key.</param>
    public static VerifierKey Of(NoteName name, NoteKeyType type, Ed25519VerificationKey key)
    {
        if (type is not (NoteKeyType.Ed25519 or NoteKeyType.Cosignature))
            throw new ArgumentException("an Ed25519 key signs notes or cosignatures", nameof(type));
        var id = IdOf(name, type, key.PublicKey.Span);
        return new VerifierKey(name, type, id, key, $"{name}+{id:x8}+{Base64Text.Encode([(byte)type, .. key.PublicKey.Span])}");
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    /// <summary>Gives the text back if the signature is this key's over it, with the time that it states.</summary>
    internal Result<SignedText> Verify(ReadOnlyMemory<byte> text, ReadOnlySpan<byte> signature)
    {
        var key = _key ?? throw new InvalidOperationException($"{Name}: the platform has no {Type}");
        if (!NoteMessages.Of(this, text, signature).Succeeded(out var message, out var failure))
            return failure;
        return key.Verify(message.Bytes, message.Signature).Succeeded(out var verified, out _)
            ? verified.Then(_ => Result.Of(text)).Select(signed => new SignedText(signed, message.Time))
            : Refused.Untrusted(
                "log.note-signature-invalid", $"the signature of '{Name}' ({Id:x8}) is not over this text",
                "get the note from its source again; if it stays, it was changed after signing, or somebody signs in that name");
    }

    private static Result<ImportedKey> ImportKey(NoteKeyType type, ReadOnlySpan<byte> key) => type switch
    {
        NoteKeyType.Ed25519 or NoteKeyType.Cosignature => Ed25519VerificationKey.Import(key).Select(imported => new ImportedKey(imported)),
        NoteKeyType.Ecdsa or NoteKeyType.TreeHead => PublicKeys.ImportSpki(key, EcdsaEncoding.Der).Then(OnP256),
        NoteKeyType.MlDsaCosignature => MlDsaVerificationKey.IsSupported
            ? MlDsaVerificationKey.Import(key).Select(imported => new ImportedKey(imported))
            : key.Length == MlDsaVerificationKey.KeyBytes ? new ImportedKey(null) : Malformed($"an ML-DSA-44 key has {MlDsaVerificationKey.KeyBytes} bytes, not {key.Length}"),
        _ => Malformed($"a key of type 0x{(byte)type:x2} is not known here"),
    };

    private static Result<ImportedKey> OnP256(VerificationKey key) => key.Algorithm == SignatureAlgorithm.ES256
        ? new ImportedKey(key)
        : Malformed($"a key of type {key.Algorithm}, where ECDSA on P-256 belongs");

    private static uint IdOf(NoteName name, NoteKeyType type, ReadOnlySpan<byte> key)
    {
        byte[] hashed = type switch
        {
            // Rekor v1 hashes the key alone.
            NoteKeyType.Ecdsa => [.. key],

            // A certificate log is named by its log id (RFC 6962 3.2).
            NoteKeyType.TreeHead => [.. name.Utf8(), (byte)'\n', (byte)type, .. SHA256.HashData(key)],
            _ => [.. name.Utf8(), (byte)'\n', (byte)type, .. key],
        };
        return BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(hashed));
    }

    private static Failure Malformed(string what) => Refused.Malformed(
        "log.verifier-key", what, "copy the verifier key from whoever signs, whole and on one line");

    private readonly record struct ImportedKey(VerificationKey? Key);
}

/// <summary>A text whose signature held, and when its signer says that he saw it.</summary>
internal readonly record struct SignedText(Verified<ReadOnlyMemory<byte>> Text, DateTimeOffset? Time);
