using System.Collections.Immutable;
using Plimsoll.OpenPubkey.Cosigning;
using Plimsoll.OpenPubkey.Expiry;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.OpenPubkey.Verifying;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Json;

namespace Plimsoll.OpenPubkey.Conformance;

/// <summary>Vectors that ask whether a PK token verifies.</summary>
internal static class TokenVectors
{
    public static Finding Check(JsonValue vector, JsonValue settings)
    {
        var finding = Finding.Good;
        foreach (var form in Forms(vector))
        {
            if (!form.Succeeded(out var token, out var failure))
                return new Finding(failure, null);
            finding = finding.And(() => Finding.Of(Verify(token, settings)).Compare(vector, "pkTokenHash", token.Hash));
        }

        return finding;
    }

    public static Result<IdentityProvider> ParseProvider(JsonValue settings)
    {
        if (!Issuer.Parse(settings.Text("issuer")).Succeeded(out var issuer, out var failure))
            return failure;
        var binding = settings.Text("commitment") switch
        {
            "aud" => ClaimBinding.Audience,
            "gq" => ClaimBinding.Gq,
            "key" => ClaimBinding.Key,
            _ => ClaimBinding.Nonce,
        };
        var anyClient = settings.Is("skipClientIdCheck");
        return new IdentityProvider
        {
            Name = "vector",
            Issuer = issuer,
            Binding = binding,
            GqRequired = settings.Is("gqOnly"),
            ClientIds = anyClient || !settings.Has("clientId") ? [] : [settings.Text("clientId")],
            AnyClientUnsafe = anyClient && binding is ClaimBinding.Nonce or ClaimBinding.Key,
            AudiencePrefix = settings.Member("gqAudiencePrefix")?.Text,
        }.Consistent();
    }

    public static Result<JwkSet> ParseKeys(JsonValue settings)
        => settings.Member("jwks") is { } keys ? JwkSet.Parse(keys.Raw) : Failures.VectorFile("a vector without 'jwks'");

    /// <summary>The forms that one token is given in; each has to have the same verdict.</summary>
    private static IEnumerable<Result<PkToken>> Forms(JsonValue vector)
    {
        if (vector.Member("pkTokenText") is not null)
            yield return PkToken.Parse(vector.Utf8("pkTokenText"));
        if (vector.Member("pkTokenJson") is { } json)
            yield return PkToken.Parse(json.Raw);
        if (vector.Member("pkTokenCompact") is not null)
            yield return PkToken.ParseCompact(vector.Utf8("pkTokenCompact"));
    }

    private static Result<VerifiedPkToken> Verify(PkToken token, JsonValue settings)
    {
        if (!ParseProvider(settings).Succeeded(out var provider, out var failure)
            || !ParseKeys(settings).Succeeded(out var keys, out failure)
            || !ParseCosigners(settings).Succeeded(out var cosigners, out failure))
            return failure;

        var options = new VerifierOptions
        {
            Expiry = ParsePolicy(settings.Text("expirationPolicy")),
            RequireRefreshedIdToken = settings.Is("requireRefreshedIdToken"),
            Cosigners = cosigners,
        };
        return PkTokenVerifier.Verify(token, provider, keys, options, settings.Time("now"));
    }

    private static Result<ImmutableArray<Cosigner>> ParseCosigners(JsonValue settings)
    {
        var cosigners = ImmutableArray.CreateBuilder<Cosigner>();
        foreach (var one in settings.Member("cosigners")?.Elements() ?? [])
        {
            if (!Issuer.Parse(one.Text("issuer")).Succeeded(out var issuer, out var failure)
                || !ParseKeys(one).Succeeded(out var keys, out failure))
                return failure;
            cosigners.Add(new Cosigner(issuer, one.Is("strict"), keys));
        }

        return cosigners.ToImmutable();
    }

    private static ExpiryPolicy ParsePolicy(string name) => name switch
    {
        "OIDC" => ExpiryPolicy.Oidc,
        "OIDC_REFRESHED" => ExpiryPolicy.OidcRefreshed,
        "MAX_AGE_12HOURS" => ExpiryPolicy.MaxAge12Hours,
        "MAX_AGE_48HOURS" => ExpiryPolicy.MaxAge48Hours,
        "MAX_AGE_1WEEK" => ExpiryPolicy.MaxAge1Week,
        "NEVER_EXPIRE" => ExpiryPolicy.NeverExpire,
        _ => ExpiryPolicy.MaxAge24Hours,
    };
}
