using Plimsoll.OpenPubkey.Gq;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;

namespace Plimsoll.OpenPubkey.Verifying;

/// <summary>A provider's signature that held: over which bytes, by which key, and with which GQ header.</summary>
internal sealed record ProviderSignature(Verified<ReadOnlyMemory<byte>> Signed, IssuerKey Key, GqHeader? Gq);

/// <summary>
/// Verifies the identity provider's signature. The algorithm comes from a list of five; the key must be the one the header
/// names and of the algorithm its JWK names; every other way out is a refusal.
/// </summary>
internal static class ProviderSignatures
{
    public static Result<ProviderSignature> Verify(PkToken token, IdentityProvider provider, JwkSet keys)
    {
        var algorithm = token.ProviderSignature.Text("alg");
        if (algorithm is null)
            return Failures.ProviderHeader("the provider's header has no 'alg'");
        if (provider.GqRequired && algorithm != "GQ256")
            return Failures.GqRequired($"the provider's signature is {Failures.Shorten(algorithm)}, not a GQ proof");
        return algorithm == "GQ256" ? VerifyGq(token, keys) : VerifyPlain(token.ProviderSignature, token.PayloadText, keys);
    }

    /// <summary>Finds the key for a plain JWS of the provider and checks that both name the same algorithm.</summary>
    public static Result<IssuerKey> FindKey(TokenSignature signature, JwkSet keys)
    {
        // CVE-2025-3757: what is not on the list is refused, whatever it is.
        var algorithm = signature.Text("alg");
        if (algorithm is not ("RS256" or "PS256" or "ES256" or "EdDSA"))
            return Failures.ProviderAlgorithm($"the provider's signature says {Failures.Shorten(algorithm)}; RS256, PS256, ES256, EdDSA and GQ256 are accepted");
        if (!keys.Find(signature.Text("kid")).Succeeded(out var key, out var failure))
            return failure;
        return key.Algorithm.ToString() == algorithm
            ? key
            : Failures.ProviderAlgorithm($"the token says {algorithm}, the provider's key {key.Algorithm}");
    }

    private static Result<ProviderSignature> VerifyPlain(TokenSignature signature, ReadOnlyMemory<byte> payloadText, JwkSet keys)
    {
        if (!FindKey(signature, keys).Succeeded(out var key, out var failure))
            return failure;
        return key.Key.Verify(signature.SigningInput(payloadText), signature.Signature.Span).Succeeded(out var signed, out failure)
            ? new ProviderSignature(signed, key, Gq: null)
            : Failures.ProviderSignature(failure.What);
    }

    private static Result<ProviderSignature> VerifyGq(PkToken token, JwkSet keys)
    {
        if (!GqHeader.Parse(token.ProviderSignature.Header).Succeeded(out var header, out var failure)
            || !keys.Find(header.KeyId).Succeeded(out var key, out failure))
            return failure;

        // Deviation: the reference accepts any jkt under a valid proof (docs/adr/0003-openpubkey-strictness.md).
        if (header.Thumbprint is { } thumbprint && thumbprint != key.Thumbprint)
            return Failures.Thumbprint($"the proof is about the key {Failures.Shorten(thumbprint)}, the issuer's key of that name is '{key.Thumbprint}'");

        if (!key.GqKey.Succeeded(out var gqKey, out failure))
            return failure;
        return gqKey.Verify(token.ProviderSignature.SigningInput(token.PayloadText), token.ProviderSignature.Signature.Span).Succeeded(out var signed, out failure)
            ? new ProviderSignature(signed, key, header)
            : Failures.ProviderSignature("the GQ proof is not one for this header, this payload and the provider's key");
    }
}
