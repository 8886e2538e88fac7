using System.Collections.Immutable;
using Plimsoll.OpenPubkey.Expiry;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;

namespace Plimsoll.OpenPubkey.Cosigning;

/// <summary>Verifies a token's cosigner signature against the cosigners that a verifier knows.</summary>
internal static class Cosigners
{
    /// <summary>What came of it: the claims of the cosigner that signed, or none where none was asked for.</summary>
    public readonly record struct Outcome(CosignerClaims? Claims);

    public static Result<Outcome> Verify(PkToken token, ImmutableArray<Cosigner> known, DateTimeOffset now)
    {
        if (known.IsDefaultOrEmpty)
            return new Outcome(Claims: null);

        CosignerClaims? claims = null;
        if (token.CosignerSignature is { } signature && !VerifySignature(signature, token.PayloadText, known, now).Succeeded(out claims, out var failure))
            return failure;
        return known.FirstOrDefault(cosigner => cosigner.Strict && !cosigner.Issuer.Is(claims?.Issuer)) is { } missing
            ? Failures.CosignerMissing($"the required signature of cosigner {missing.Issuer} is missing")
            : new Outcome(claims);
    }

    private static Result<CosignerClaims> VerifySignature(
        TokenSignature signature, ReadOnlyMemory<byte> payloadText, ImmutableArray<Cosigner> known, DateTimeOffset now)
    {
        if (!CosignerClaims.Parse(signature.Header).Succeeded(out var claims, out var failure))
            return failure;
        if (known.FirstOrDefault(one => one.Issuer.Is(claims.Issuer)) is not { } cosigner)
            return Failures.CosignerIssuer($"no cosigner {Failures.Shorten(claims.Issuer)} is known");
        if (!cosigner.Keys.Find(claims.KeyId).Succeeded(out var key, out failure))
            return Failures.CosignerKeyLookup(failure.What);
        if (key.Algorithm.ToString() != claims.Algorithm)
            return Failures.CosignerAlgorithm($"the cosigner's header says {Failures.Shorten(claims.Algorithm)}, its key {key.Algorithm}");
        if (!key.Key.Verify(signature.SigningInput(payloadText), signature.Signature.Span).Succeeded(out var signed, out failure))
            return Failures.CosignerSignature(failure.What);
        if (claims.Expires <= now)
            return Failures.CosignerExpired($"the cosigner's signature expired at {claims.Expires:u}, now is {now:u}");
        if (claims.Issued > now + ExpiryRules.MostClockSkew)
            return Failures.CosignerExpired($"the cosigner's signature is from {claims.Issued:u}, which is later than now ({now:u})");
        return signed.Then(_ => Result.Of(claims)).Select(verified => verified.Value);
    }
}
