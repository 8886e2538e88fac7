using System.Buffers.Binary;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Log.Notes;

/// <summary>An Ed25519 key that signs notes or cosigns checkpoints under a name.</summary>
public sealed class NoteSigner
{
    private readonly Ed25519SigningKey _key;

    private NoteSigner(VerifierKey verifier, Ed25519SigningKey key)
    {
        Verifier = verifier;
        _key = key;
    }

    /// <summary>The key that others verify with.</summary>
    public VerifierKey Verifier { get; }

    /// <summary>A signer; the key stays its caller's, who disposes it.</summary>
    /// <param name="name">The name to sign under. A cosignature does not cover it: give each cosigner a key of its own.</param>
    /// <param name="type">Ed25519, or Cosignature for a witness.</param>
    /// <param name="key">The key.</param>
    public static Result<NoteSigner> Create(NoteName name, NoteKeyType type, Ed25519SigningKey key)
        => PublicKeys.ImportSpki(key.SubjectPublicKeyInfo.Span, EcdsaEncoding.Joined)
            .Select(imported => new NoteSigner(VerifierKey.Of(name, type, (Ed25519VerificationKey)imported), key));

    /// <summary>Signs a text.</summary>
    public NoteSignature Sign(ReadOnlyMemory<byte> text)
        => Verifier.Type == NoteKeyType.Ed25519
            ? new NoteSignature(Verifier.Name, Verifier.Id, _key.Sign(text.Span, EcdsaEncoding.Joined))
            : throw new InvalidOperationException("a cosigner states when it saw the checkpoint: use Cosign");

    /// <summary>Cosigns a checkpoint's text at a time, in whole seconds.</summary>
    public NoteSignature Cosign(ReadOnlyMemory<byte> checkpoint, DateTimeOffset seen)
    {
        if (Verifier.Type != NoteKeyType.Cosignature)
            throw new InvalidOperationException("a log signs its checkpoints without a time: use Sign");
        var time = checked((ulong)seen.ToUnixTimeSeconds());
        var value = new byte[8 + Ed25519VerificationKey.SignatureBytes];
        BinaryPrimitives.WriteUInt64BigEndian(value, time);
        _key.Sign(NoteMessages.Cosignature(checkpoint, time), EcdsaEncoding.Joined).CopyTo(value.AsSpan(8));
        return new NoteSignature(Verifier.Name, Verifier.Id, value);
    }
}
