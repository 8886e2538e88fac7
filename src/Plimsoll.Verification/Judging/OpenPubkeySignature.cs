using System.Collections.Immutable;
using System.Globalization;
using Plimsoll.Envelopes;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Releases;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Primitives.Json;
using Plimsoll.Verification.Policy;

namespace Plimsoll.Verification.Judging;

/// <summary>A signature by one of the policy's identities.</summary>
/// <param name="Alternative">Which alternative of the rule it meets.</param>
/// <param name="Names">Every name by which the provider knows who it is, for counting different ones.</param>
/// <param name="Statement">The digest of what was signed: signatures count together only over the same bytes.</param>
/// <param name="Payload">The statement.</param>
/// <param name="Signer">Who it is, for people.</param>
internal sealed record IdentitySignature(
    int Alternative, ImmutableArray<string> Names, Digest Statement, Verified<ReadOnlyMemory<byte>> Payload, Signer Signer);

/// <summary>One signature of an envelope, by a PK token. Tests go from cheap to dear, so that junk costs little.</summary>
internal sealed class OpenPubkeySignature(Digest manifest, DsseEnvelope envelope, ImageRule rule, Evidence evidence, DateTimeOffset now)
{
    /// <summary>How far in the future a token may have been issued: clocks differ.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>Claims that name an identity. Two tokens that share one of them are of one repository, project or person, whatever else they say.</summary>
    private static readonly string[] IdentityClaims = ["repository_id", "project_id", "email", "sub"];

    public void Verify(DsseSignature signature, Action<IdentitySignature> count, Action<Progress, Failure> refuse)
    {
        if (!FindToken(signature).Succeeded(out var token, out var failure))
        {
            refuse(Progress.Fetched, failure);
            return;
        }

        var alternatives = rule.Signatures.Index()
            .Where(alternative => alternative.Item.Provider.Issuer.ToString() == token.UnverifiedClaims.Issuer)
            .ToList();
        if (alternatives.Count == 0)
        {
            refuse(Progress.Read, ForeignIssuer(token));
            return;
        }

        foreach (var byProvider in alternatives.GroupBy(alternative => alternative.Item.Provider))
            Verify(signature, token, byProvider.Key, byProvider, count, refuse);
    }

    private void Verify(
        DsseSignature signature, PkToken token, IdentityProvider provider, IEnumerable<(int Index, SignatureRule Item)> alternatives,
        Action<IdentitySignature> count, Action<Progress, Failure> refuse)
    {
        if (!FindKeys(provider).Succeeded(out var keys, out var failure))
        {
            refuse(Progress.KnownIssuer, failure);
            return;
        }

        var pae = envelope.PreAuthentication;
        if (!ReleaseTokens.Verify(token, provider, keys, pae).Succeeded(out var verified, out failure)
            || !verified.VerifySignature(signature.Value.Span, signature.KeyId).Succeeded(out var signed, out failure)
            || !NotFromTheFuture(verified.Claims.Value).Succeeded(out var claims, out failure))
        {
            refuse(Progress.HasKeys, failure);
            return;
        }

        foreach (var (index, alternative) in alternatives)
        {
            if (!alternative.Identity.Admit(claims.Payload).Succeeded(out var matched, out failure))
            {
                refuse(Progress.Signed, failure);
                continue;
            }

            // The encoding that was verified holds exactly this payload (DSSE protocol.md, PAE).
            if (signed.Then(_ => Result.Of(envelope.UnverifiedPayload)).Succeeded(out var payload, out failure))
            {
                var signer = new Signer("openpubkey", provider.Issuer.ToString(), provider.Name, matched, manifest);
                count(new IdentitySignature(index, NamesOf(provider, claims), envelope.PreAuthenticationDigest, payload, signer));
            }
        }
    }

    private Result<JwkSet> FindKeys(IdentityProvider provider)
        => evidence.Keys.TryGetValue(provider.Issuer, out var keys)
            ? keys
            : new Failure(Refusal.Missing, "signature.no-keys", $"the evidence holds no keys of {provider.Issuer}", "gather the evidence again");

    private Result<PkToken> FindToken(DsseSignature signature)
    {
        if (envelope.PayloadType != DsseEnvelope.InToto)
            return Foreign($"the payload type is '{envelope.PayloadType}', not '{DsseEnvelope.InToto}'");
        if (signature.Fault is { } fault)
            return fault;
        // Docker's older form, in which a token is the signature itself, has another key id and no extension: foreign here.
        return signature.Extension?.Kind == OpkExtension.Kind
            ? OpkExtension.Parse(signature.Extension).Then(extension => PkToken.Parse(extension.PkToken))
            : Foreign("a signature without a PK token");
    }

    // Only a log can say when a token was used. That it was issued by now is all that can be known here.
    private Result<IdTokenClaims> NotFromTheFuture(IdTokenClaims claims)
    {
        var issued = claims.Payload.Member("iat") is { Kind: JsonKind.Number } iat
            && long.TryParse(iat.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : (long?)null;
        return issued is { } at && at <= (now + Skew).ToUnixTimeSeconds()
            ? claims
            : new Failure(
                Refusal.Untrusted, "signature.future", $"the token was issued at {issued?.ToString() ?? "no time at all"}, and it is {now.ToUnixTimeSeconds()} here",
                "set this machine's clock; if it is right, the signer's provider has a wrong one");
    }

    // Whoever has none of these names is one with all others who have none. Mail servers do not tell Alice@ from alice@.
    private static ImmutableArray<string> NamesOf(IdentityProvider provider, IdTokenClaims claims)
    {
        var names = IdentityClaims
            .Where(claim => claims.Payload.Member(claim) is not null)
            .Select(claim => (Claim: claim, Value: claims.Payload.Member(claim)!.Value.Text))
            .Select(name => $"{provider.Issuer} {name.Claim} {(name.Claim == "email" ? name.Value.ToUpperInvariant() : name.Value)}")
            .ToImmutableArray();
        return names.IsEmpty ? [$"{provider.Issuer}"] : names;
    }

    private Failure ForeignIssuer(PkToken token) => new(
        Refusal.Untrusted, "signature.foreign-issuer",
        $"the token is one of '{token.UnverifiedClaims.Issuer}'; the policy wants {string.Join(" or ", rule.Signatures.Select(alternative => $"'{alternative.Provider.Issuer}'").Distinct())}",
        "if that issuer is to be trusted for this repository, add it to the policy");

    private static Failure Foreign(string what) => new(
        Refusal.Untrusted, "signature.foreign", what, "nothing: signatures of other kinds do not count here, and do no harm");
}
