using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.OpenPubkey.Verifying;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Json;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.OpenPubkey.KeyBinding;

/// <summary>
/// ID tokens that the provider bound to the user's key (RFC 7800 <c>cnf</c>, typ <c>dpop+id_token</c>). The provider vouches for
/// the key and for none of the other client claims.
/// </summary>
internal static class KeyBoundTokens
{
    /// <summary>Gives the client's claims back if <c>cnf.jwk</c> is their key.</summary>
    public static Result<ClientInstanceClaims> Verify(Binding binding)
    {
        if (binding.ProviderHeader.Text("typ") != SignatureTypes.KeyBound)
            return Failures.CommitmentType($"the ID token is not bound to a key, provider '{binding.Provider.Name}' has key binding");
        var thumbprint = Thumbprint(binding.Claims);
        return thumbprint == binding.Client.PublicKey.Thumbprint
            ? binding.Client
            : Failures.Commitment($"the ID token is bound to the key {Failures.Shorten(thumbprint)}, the client's is '{binding.Client.PublicKey.Thumbprint}'");
    }

    /// <summary>The thumbprint of <c>cnf.jwk</c>, or null where there is none that can be read.</summary>
    public static string? Thumbprint(IdTokenClaims claims)
        => claims.Payload.Member("cnf") is { Kind: JsonKind.Object } confirmation
            && confirmation.Member("jwk") is { } jwk
            && Jwk.Parse(jwk).Succeeded(out var key, out _)
                ? key.Thumbprint
                : null;
}
