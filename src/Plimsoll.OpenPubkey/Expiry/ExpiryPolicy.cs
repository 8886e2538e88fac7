namespace Plimsoll.OpenPubkey.Expiry;

/// <summary>How long a token is good, counted by the verifier's clock. For artifacts none of these fits; see <see cref="SigningTime"/>.</summary>
public enum ExpiryPolicy
{
    /// <summary>Until the ID token's <c>exp</c>.</summary>
    Oidc,

    /// <summary>Until the ID token's <c>exp</c>, or that of a refreshed token which holds.</summary>
    OidcRefreshed,

    /// <summary>12 hours from <c>iat</c>.</summary>
    MaxAge12Hours,

    /// <summary>24 hours from <c>iat</c>: the reference's default.</summary>
    MaxAge24Hours,

    /// <summary>48 hours from <c>iat</c>.</summary>
    MaxAge48Hours,

    /// <summary>A week from <c>iat</c>.</summary>
    MaxAge1Week,

    /// <summary>For ever.</summary>
    NeverExpire,
}
