using System.Collections.Immutable;
using Plimsoll.OpenPubkey.Cosigning;
using Plimsoll.OpenPubkey.Expiry;

namespace Plimsoll.OpenPubkey.Verifying;

/// <summary>What a verifier asks of a token beyond the provider's rules.</summary>
public sealed record VerifierOptions
{
    /// <summary>How long a token is good. The default is the reference's.</summary>
    public ExpiryPolicy Expiry { get; init; } = ExpiryPolicy.MaxAge24Hours;

    /// <summary>Whether the token must carry a refreshed ID token that holds.</summary>
    public bool RequireRefreshedIdToken { get; init; }

    /// <summary>The cosigners that are known. Without any, a cosigner's signature is not looked at.</summary>
    public ImmutableArray<Cosigner> Cosigners { get; init; } = [];
}
