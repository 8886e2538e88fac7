using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.OpenPubkey.Verifying;
using Plimsoll.Primitives;

namespace Plimsoll.OpenPubkey.Refresh;

/// <summary>
/// Refreshed ID tokens: proof that the login behind an old token still stands. They carry no nonce, which is why the old
/// token is kept and the new one appended.
/// </summary>
internal static class RefreshedIdTokens
{
    /// <summary>Verifies the refreshed token of an opened one: signed by the same provider, same subject and audience, not older, not expired.</summary>
    public static Result<Verified<IdTokenClaims>> Verify(OpenedToken opened, JwkSet keys, DateTimeOffset now)
    {
        if (opened.Token.RefreshedIdToken is not { } refreshed)
            return Failures.RefreshedMissing("the token carries no refreshed ID token");

        // Without a client id of its own there is nothing that ties a refreshed token to this use.
        if (opened.Provider.Binding is not (ClaimBinding.Nonce or ClaimBinding.Key))
            return Failures.RefreshedAudience($"tokens with {opened.Provider.Binding} binding cannot be refreshed");
        if (!VerifySignature(refreshed, keys).Succeeded(out var claims, out var failure))
            return failure;

        failure = CheckIdentity(opened, refreshed, claims.Value) ?? CheckTimes(opened.Claims.Value, claims.Value, now);
        return failure is null ? claims : failure;
    }

    private static Result<Verified<IdTokenClaims>> VerifySignature(CompactJws refreshed, JwkSet keys)
    {
        if (!ProviderSignatures.FindKey(refreshed.Signature, keys).Succeeded(out var key, out var failure)
            || !key.Key.Verify(refreshed.SigningInput, refreshed.Signature.Signature.Span).Succeeded(out var signed, out failure))
            return Failures.RefreshedSignature($"the refreshed ID token: {failure.What}");
        return signed.Then(_ => IdTokenClaims.Parse(refreshed.Payload));
    }

    private static Failure? CheckIdentity(OpenedToken opened, CompactJws refreshed, IdTokenClaims claims)
    {
        var original = opened.Claims.Value;
        if (claims.Issuer is null || claims.Issuer != original.Issuer)
            return Failures.RefreshedIdentity($"the refreshed token is by {Failures.Shorten(claims.Issuer)}, the original by {Failures.Shorten(original.Issuer)}");
        if (claims.Subject is null || claims.Subject != original.Subject)
            return Failures.RefreshedIdentity($"the refreshed token is about {Failures.Shorten(claims.Subject)}, the original about {Failures.Shorten(original.Subject)}");
        if (!opened.Provider.ClientIds.IsDefaultOrEmpty && !opened.Provider.ClientIds.Any(claims.HasAudience))
            return Failures.RefreshedAudience("'aud' of the refreshed token has none of the provider's client ids");

        var keyBound = refreshed.Signature.Text("typ") == SignatureTypes.KeyBound;
        if (keyBound != (opened.Provider.Binding == ClaimBinding.Key))
            return Failures.RefreshedIdentity("of the refreshed and the original token one is bound to a key and the other is not");
        if (keyBound && KeyBinding.KeyBoundTokens.Thumbprint(claims) != opened.Client.Value.PublicKey.Thumbprint)
            return Failures.RefreshedIdentity("the refreshed token is bound to another key than the original");

        // OpenID Connect Core 12.2: anything else that the provider signed RS256 is not an ID token.
        return SignatureTypes.Of(refreshed.Signature.Header).Succeeded(out var type, out _) && type == SignatureType.Provider
            ? null
            : Failures.RefreshedIdentity("the refreshed token is not an ID token");
    }

    private static Failure? CheckTimes(IdTokenClaims original, IdTokenClaims claims, DateTimeOffset now)
    {
        if (!original.Seconds("iat").Succeeded(out var first, out _) || !claims.Seconds("iat").Succeeded(out var second, out _)
            || first.At is null || second.At is null || second.At < first.At)
            return Failures.RefreshedOrder("the refreshed token was not issued after the original");
        if (second.At > now + Expiry.ExpiryRules.MostClockSkew)
            return Failures.RefreshedOrder($"the refreshed token is from {second.At:u}, which is later than now ({now:u})");
        return claims.Seconds("exp").Succeeded(out var expires, out _) && now < expires.At
            ? null
            : Failures.RefreshedExpired($"the refreshed token expired at {expires.At:u}, now is {now:u}");
    }
}
