using System.Diagnostics;
using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.Gq;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;

namespace Plimsoll.OpenPubkey.Verifying;

/// <summary>A token whose two signatures and binding hold; nothing has been said about time yet.</summary>
internal sealed record OpenedToken(
    PkToken Token, IdentityProvider Provider, Verified<IdTokenClaims> Claims, Verified<ClientInstanceClaims> Client, IssuerKey IssuerKey, GqHeader? Gq);

/// <summary>
/// What every use of a PK token has in common, in the reference's order: settings, client claims and their signature, issuer,
/// audience, the provider's signature, the binding, required claims. It knows nothing of time, cosigners and refreshed tokens.
/// </summary>
internal static class TokenOpening
{
    /// <summary>Opens a token; <paramref name="verifyBinding"/> decides which bindings can be met at all.</summary>
    public static Result<OpenedToken> Open(
        PkToken token, IdentityProvider provider, JwkSet keys, Func<Binding, Result<ClientInstanceClaims>> verifyBinding)
    {
        if (!provider.Consistent().Succeeded(out _, out var failure)
            || !VerifyClient(token).Succeeded(out var client, out failure))
            return failure;

        var claims = token.UnverifiedClaims;
        if (!provider.Issuer.Is(claims.Issuer))
            return Failures.Issuer($"the token's issuer is {Failures.Shorten(claims.Issuer)}, provider '{provider.Name}' is {provider.Issuer}");
        if (!provider.ClientIds.IsDefaultOrEmpty && !provider.ClientIds.Any(claims.HasAudience))
            return Failures.Audience($"'aud' of the token has none of the client ids of provider '{provider.Name}'");

        if (!ProviderSignatures.Verify(token, provider, keys).Succeeded(out var signature, out failure)
            || !VerifiedClaims(token, signature).Succeeded(out var verified, out failure)
            || !verifyBinding(new Binding(provider, token.ProviderSignature, verified.Value, signature.Gq, client.Value)).Succeeded(out _, out failure))
            return failure;

        foreach (var required in provider.RequiredClaims.IsDefault ? [] : provider.RequiredClaims)
        {
            if (!required.IsMetBy(claims.Payload))
                return Failures.RequiredClaim($"provider '{provider.Name}' requires the claim '{required.Name}' to be '{required.Value}'");
        }

        return new OpenedToken(token, provider, verified, client, signature.Key, signature.Gq);
    }

    /// <summary>Reads the client's claims and verifies that the key they name signed them together with the payload.</summary>
    private static Result<Verified<ClientInstanceClaims>> VerifyClient(PkToken token)
    {
        var signature = token.ClientSignature;
        if (!ClientInstanceClaims.Parse(signature.Header).Succeeded(out var claims, out var failure))
            return failure;
        return claims.UserKey.Verify(signature.SigningInput(token.PayloadText), signature.Signature.Span).Succeeded(out var signed, out failure)
            ? signed.Then(_ => Result.Of(claims))
            : Failures.ClientSignature(failure.What);
    }

    // The claims were read from the payload's text when the token was; the text is what the provider signed, behind its dot.
    private static Result<Verified<IdTokenClaims>> VerifiedClaims(PkToken token, ProviderSignature signature) => signature.Signed.Then(bytes =>
        bytes.Span.EndsWith(token.PayloadText.Span)
            ? Result.Of(token.UnverifiedClaims)
            : throw new UnreachableException("the provider's signature was verified over another payload"));
}
