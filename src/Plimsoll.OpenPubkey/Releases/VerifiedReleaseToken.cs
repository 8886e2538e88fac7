using Plimsoll.OpenPubkey.Expiry;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.OpenPubkey.Verifying;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.OpenPubkey.Releases;

/// <summary>A token that vouches for one statement, as <see cref="ReleaseTokens"/> found it; nothing else makes one.</summary>
public sealed class VerifiedReleaseToken
{
    private readonly OpenedToken _opened;
    private readonly ReadOnlyMemory<byte> _statement;

    internal VerifiedReleaseToken(OpenedToken opened, ReadOnlyMemory<byte> statement)
    {
        _opened = opened;
        _statement = statement;
    }

    /// <summary>The token as it arrived.</summary>
    public PkToken Token => _opened.Token;

    /// <summary>The provider whose rules it met.</summary>
    public IdentityProvider Provider => _opened.Provider;

    /// <summary>What the provider says about who signed: the identity that a policy compares.</summary>
    public Verified<IdTokenClaims> Claims => _opened.Claims;

    /// <summary>The one-time key that may sign the statement.</summary>
    public VerificationKey UserKey => _opened.Client.Value.UserKey;

    /// <summary>RFC 7638 thumbprint of the key with which the provider signed.</summary>
    public string IssuerKeyThumbprint => _opened.IssuerKey.Thumbprint;

    /// <summary>Whether the provider's signature is hidden behind a proof; if not, the provider is allowed to publish it.</summary>
    public bool IsGq => _opened.Gq is not null;

    /// <summary>Gives the token back if the ID token was valid when it signed, by a time that somebody else vouches for.</summary>
    public Result<VerifiedReleaseToken> VerifySigningTime(DateTimeOffset vouched) => SigningTime.Verify(Claims, vouched).Select(_ => this);

    /// <summary>Gives the statement back if the one-time key signed it; ECDSA signatures in DER, as DSSE has them.</summary>
    /// <param name="signature">The envelope's signature.</param>
    /// <param name="keyId">The envelope's <c>keyid</c>: hex SHA-256 of the key's SubjectPublicKeyInfo.</param>
    public Result<Verified<ReadOnlyMemory<byte>>> VerifySignature(ReadOnlySpan<byte> signature, string keyId)
    {
        if (keyId != UserKey.KeyId)
            return Failures.EnvelopeSignature($"the signature's key id is {Failures.Shorten(keyId)}, the token's key is '{UserKey.KeyId}'");
        var key = UserKey is EcdsaVerificationKey elliptic ? elliptic.With(EcdsaEncoding.Der) : UserKey;
        return key.Verify(_statement, signature).Succeeded(out var signed, out var failure) ? signed : Failures.EnvelopeSignature(failure.What);
    }
}
