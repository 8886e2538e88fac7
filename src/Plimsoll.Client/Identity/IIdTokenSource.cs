using Plimsoll.Primitives;

namespace Plimsoll.Client.Identity;

/// <summary>Where a workload gets an ID token about itself. A source is asked once for each signature.</summary>
public interface IIdTokenSource
{
    /// <summary>What the source is, for messages: <c>GitHub Actions</c>, <c>file /run/token</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Gets an ID token for a client instance. A source that can ask for an audience asks for the commitment; one whose
    /// token is made in advance gives it as it is, and the commitment is bound by the GQ proof instead.
    /// </summary>
    Task<Result<IdTokenText>> Request(string commitment, CancellationToken cancellation);
}

/// <summary>
/// What a token must say before it is used, so that a mistake in a job's definition is named as such here and not as a
/// refusal by whoever verifies. It is a courtesy to the signer and no check of the token.
/// </summary>
/// <param name="Source">What the token came from, for messages.</param>
/// <param name="Issuer">The issuer that it must be from.</param>
/// <param name="AudienceAdvice">What to do when the audience is another one.</param>
/// <param name="ListOfOne">Whether <c>aud</c> may be a list of one string, as the provider's tokens always have it.</param>
internal sealed record TokenExpectation(string Source, string Issuer, string AudienceAdvice, bool ListOfOne = false)
{
    // An early word to the signer must not depend on clocks that agree to the second.
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(1);

    public Result<IdTokenText> Meet(Result<IdTokenText> received, Func<string, bool> audience, string wanted, DateTimeOffset now)
    {
        if (!received.Succeeded(out var token, out var failure))
            return failure;
        if (Find(token, audience, wanted, now) is not { } found)
            return token;
        token.Dispose();
        return found;
    }

    private Failure? Find(IdTokenText token, Func<string, bool> audience, string wanted, DateTimeOffset now)
    {
        if (token.Issuer != Issuer)
        {
            return new Failure(
                Refusal.Untrusted, "identity.token-issuer", $"the ID token from {Source} is of {token.Issuer}, and the environment says {Issuer}",
                "name the provider instead of having it found, if the token's issuer is the right one");
        }

        if (token.Audiences is not [var only] || !audience(only) || (token.AudienceIsList && !ListOfOne))
        {
            return new Failure(
                Refusal.Untrusted, "identity.token-audience",
                $"the ID token from {Source} is for {Shown(token)}, and {wanted} is needed", AudienceAdvice);
        }

        // A duration rather than a date: the claim may hold a number that no date can.
        return token.Expires is { } expires && expires <= (now - Leeway).ToUnixTimeSeconds()
            ? new Failure(
                Refusal.Stale, "identity.token-expired",
                $"the ID token from {Source} expired {now.ToUnixTimeSeconds() - expires} s ago by this machine's clock",
                "run the job again and sign sooner, or set the clock")
            : null;
    }

    private static string Shown(IdTokenText token)
    {
        var all = string.Join(", ", token.Audiences.Take(4).Select(audience => audience.Length <= 80 ? $"'{audience}'" : $"'{audience[..80]}…'"));
        return token.AudienceIsList ? $"the list [{all}]" : all.Length > 0 ? all : "nobody";
    }
}
