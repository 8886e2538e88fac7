using System.Diagnostics;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;

namespace Plimsoll.OpenPubkey.Expiry;

/// <summary>The expiry policies as rules over verified claims.</summary>
public static class ExpiryRules
{
    /// <summary>How far an issuer's clock may be ahead of ours: a token from further in the future is refused.</summary>
    public static readonly TimeSpan MostClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Gives the claims back if the policy finds them good at this time. The refreshed token counts only as a verified one;
    /// its <c>exp</c> alone says nothing, since anybody can write one.
    /// </summary>
    /// <param name="claims">The ID token's claims.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="refreshed">The verified refreshed token, or why there is none.</param>
    /// <param name="now">The time.</param>
    public static Result<Verified<IdTokenClaims>> Verify(
        Verified<IdTokenClaims> claims, ExpiryPolicy policy, Result<Verified<IdTokenClaims>> refreshed, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(claims);
        if (!claims.Value.Seconds("iat").Succeeded(out var issued, out var failure)
            || !claims.Value.Seconds("exp").Succeeded(out var expires, out failure))
            return failure;

        // Deviation: the reference accepts any iat in the future, which would lengthen every maximum age.
        if (issued.At > now + MostClockSkew)
            return Failures.Expiration($"the ID token is from {issued.At:u}, which is later than now ({now:u})");

        return policy switch
        {
            ExpiryPolicy.Oidc => Unexpired(claims, expires, now),
            ExpiryPolicy.OidcRefreshed => UnexpiredOrRefreshed(claims, expires, refreshed, now),
            ExpiryPolicy.MaxAge12Hours => Younger(claims, issued, TimeSpan.FromHours(12), now),
            ExpiryPolicy.MaxAge24Hours => Younger(claims, issued, TimeSpan.FromHours(24), now),
            ExpiryPolicy.MaxAge48Hours => Younger(claims, issued, TimeSpan.FromHours(48), now),
            ExpiryPolicy.MaxAge1Week => Younger(claims, issued, TimeSpan.FromDays(7), now),
            ExpiryPolicy.NeverExpire => claims,
            _ => throw new UnreachableException($"no rule for {policy}"),
        };
    }

    private static Result<Verified<IdTokenClaims>> Unexpired(Verified<IdTokenClaims> claims, IdTokenClaims.Time expires, DateTimeOffset now)
    {
        // OpenID Connect Core 2: the current time must be before exp. A zero is as good as none.
        if (expires.At is not { } at || at == DateTimeOffset.UnixEpoch)
            return Failures.Expiration("the ID token has no 'exp'");
        return now < at ? claims : Failures.Expiration($"the ID token expired at {at:u}, now is {now:u}");
    }

    private static Result<Verified<IdTokenClaims>> UnexpiredOrRefreshed(
        Verified<IdTokenClaims> claims, IdTokenClaims.Time expires, Result<Verified<IdTokenClaims>> refreshed, DateTimeOffset now)
    {
        if (Unexpired(claims, expires, now).Succeeded(out _, out var failure))
            return claims;
        return expires.At is not null && refreshed.Succeeded(out _, out failure) ? claims : failure!;
    }

    private static Result<Verified<IdTokenClaims>> Younger(Verified<IdTokenClaims> claims, IdTokenClaims.Time issued, TimeSpan age, DateTimeOffset now)
    {
        if (issued.At is not { } at)
            return Failures.Expiration("the ID token has no 'iat'");
        return now - at <= age ? claims : Failures.Expiration($"the ID token is from {at:u} and good for {age.TotalHours} hours, now is {now:u}");
    }
}
