using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.Cosigning;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.OpenPubkey.Verifying;

/// <summary>A PK token that passed every check of <see cref="PkTokenVerifier"/>, which alone makes it.</summary>
public sealed class VerifiedPkToken
{
    private readonly OpenedToken _opened;

    internal VerifiedPkToken(OpenedToken opened, CosignerClaims? cosigner, Verified<IdTokenClaims>? refreshed)
    {
        _opened = opened;
        Cosigner = cosigner;
        RefreshedClaims = refreshed;
    }

    /// <summary>The token as it arrived.</summary>
    public PkToken Token => _opened.Token;

    /// <summary>The provider whose rules it met.</summary>
    public IdentityProvider Provider => _opened.Provider;

    /// <summary>Who issued the ID token.</summary>
    public Issuer Issuer => _opened.Provider.Issuer;

    /// <summary>What the provider says about the subject.</summary>
    public Verified<IdTokenClaims> Claims => _opened.Claims;

    /// <summary>What the client says; with key binding the provider vouches for the key alone.</summary>
    public Verified<ClientInstanceClaims> Client => _opened.Client;

    /// <summary>The key of the person or job that the claims are about.</summary>
    public VerificationKey UserKey => _opened.Client.Value.UserKey;

    /// <summary>RFC 7638 thumbprint of the key with which the provider signed.</summary>
    public string IssuerKeyThumbprint => _opened.IssuerKey.Thumbprint;

    /// <summary>Whether the token shows a proof in place of the provider's signature.</summary>
    public bool IsGq => _opened.Gq is not null;

    /// <summary>The cosigner that signed too, if one of those the verifier knows did.</summary>
    public CosignerClaims? Cosigner { get; }

    /// <summary>The refreshed ID token's claims, if there is one and it holds.</summary>
    public Verified<IdTokenClaims>? RefreshedClaims { get; }
}
