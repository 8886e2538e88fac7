using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;

namespace Plimsoll.OpenPubkey.Expiry;

/// <summary>
/// Was the ID token valid when it was used to sign? An artifact is good for years after its token: what counts is a time that
/// somebody else vouches for, such as a transparency log's.
/// </summary>
public static class SigningTime
{
    /// <summary>How far before <c>iat</c> the vouched time may lie: clocks differ.</summary>
    public static readonly TimeSpan SlackBefore = TimeSpan.FromMinutes(5);

    /// <summary>How far after <c>exp</c> it may lie: a signature takes a moment to be recorded.</summary>
    public static readonly TimeSpan SlackAfter = TimeSpan.FromMinutes(10);

    /// <summary>Gives the claims back if <paramref name="vouched"/> lies within their validity, both slacks included.</summary>
    public static Result<Verified<IdTokenClaims>> Verify(Verified<IdTokenClaims> claims, DateTimeOffset vouched)
    {
        ArgumentNullException.ThrowIfNull(claims);
        if (!claims.Value.Seconds("iat").Succeeded(out var issued, out var failure)
            || !claims.Value.Seconds("exp").Succeeded(out var expires, out failure))
            return failure;
        if (issued.At is not { } from || expires.At is not { } until || until < from)
            return Failures.SigningTime("the ID token does not say from when until when it was valid");

        return vouched >= from - SlackBefore && vouched <= until + SlackAfter
            ? claims
            : Failures.SigningTime($"signed at {vouched:u}, but the ID token was valid from {from:u} to {until:u}");
    }
}
