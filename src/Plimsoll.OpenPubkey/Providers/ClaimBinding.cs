namespace Plimsoll.OpenPubkey.Providers;

/// <summary>Where a provider's tokens hold the commitment to the user's key. A provider has one; tokens of another are refused.</summary>
public enum ClaimBinding
{
    /// <summary>The claim <c>nonce</c> is the commitment: providers that people log in to.</summary>
    Nonce,

    /// <summary>The claim <c>aud</c> is the commitment, as one string: providers whose jobs choose the audience at run time.</summary>
    Audience,

    /// <summary>
    /// The header of the GQ proof holds the commitment, and <c>aud</c> declares that the token is meant for this: providers
    /// whose jobs get an audience that was fixed beforehand.
    /// </summary>
    Gq,

    /// <summary>The claim <c>cnf</c> holds the user's key itself (RFC 9449). Nothing else of the client's claims is vouched for.</summary>
    Key,
}
