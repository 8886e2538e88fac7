using System.Buffers;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.OpenPubkey.Gq;

/// <summary>
/// An identity provider's RSA key, held to GQ proofs of its RS256 signatures. It verifies JWS signing inputs: the GQ header's
/// text, a dot, the payload's text. The format of OpenPubkey 0.25 and later only, in which the proof covers that header.
/// </summary>
public sealed class GqVerificationKey : VerificationKey
{
    private readonly RsaVerificationKey _rsa;

    private GqVerificationKey(RsaVerificationKey rsa, GqModulus modulus, string thumbprint)
    {
        _rsa = rsa;
        Modulus = modulus;
        Thumbprint = thumbprint;
    }

    /// <inheritdoc/>
    public override SignatureAlgorithm Algorithm => SignatureAlgorithm.GQ256;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> SubjectPublicKeyInfo => _rsa.SubjectPublicKeyInfo;

    /// <summary>The key's RFC 7638 SHA-256 thumbprint.</summary>
    public string Thumbprint { get; }

    /// <summary>The key's prepared arithmetic.</summary>
    public GqModulus Modulus { get; }

    /// <summary>Prepares a provider's RS256 key for proofs.</summary>
    public static Result<GqVerificationKey> Create(VerificationKey key, string thumbprint)
    {
        if (key is not RsaVerificationKey { Algorithm: SignatureAlgorithm.RS256 } rsa)
            return Failures.ProviderAlgorithm($"a {key.Algorithm} key makes no signatures that GQ256 can prove");
        return GqModulus.Create(rsa.Modulus.Span, rsa.Exponent.Span).Select(modulus => new GqVerificationKey(rsa, modulus, thumbprint));
    }

    /// <inheritdoc/>
    protected override bool Accepts(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        // The cheap answer first: proofs under one key have one length.
        if (signature.Length != Modulus.ProofBytes || message.IndexOf((byte)'.') is not (var dot and > 0))
            return false;
        if (!TokenSignature.ParseHeader(message[..dot]).Then(GqHeader.Parse).Succeeded(out var header, out _))
            return false;

        // Deviation: the reference never compares jkt (docs/adr/0003-openpubkey-strictness.md).
        if (header.Thumbprint is { } thumbprint && thumbprint != Thumbprint)
            return false;

        // What the provider signed: its own header's text, a dot, the same payload's text.
        var payload = message[dot..];
        var rented = ArrayPool<byte>.Shared.Rent(header.OriginalText.Length + payload.Length);
        var identity = rented.AsSpan(0, header.OriginalText.Length + payload.Length);
        header.OriginalText.Span.CopyTo(identity);
        payload.CopyTo(identity[header.OriginalText.Length..]);

        var accepted = GqProof.Verify(Modulus, identity, message, signature);
        ArrayPool<byte>.Shared.Return(rented);
        return accepted;
    }
}
