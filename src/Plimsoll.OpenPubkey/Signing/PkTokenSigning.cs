using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.Gq;
using Plimsoll.OpenPubkey.KeyBinding;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.OpenPubkey.Verifying;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.OpenPubkey.Signing;

/// <summary>Makes PK tokens out of ID tokens.</summary>
public static class PkTokenSigning
{
    /// <summary>
    /// Joins an ID token to the user's key. Everything a verifier will ask is asked here first, of the ID token and then of
    /// the finished token, so nothing that would be refused is published. An RS256 signature is replaced by a GQ proof;
    /// others stay only where the provider does not require proofs.
    /// </summary>
    /// <param name="idToken">The ID token, compact ASCII. The caller owns these bytes and clears them afterwards; nothing is kept.</param>
    /// <param name="claims">The client's claims; the ID token was asked for with their commitment, but for gq binding.</param>
    /// <param name="key">The key that the claims name.</param>
    /// <param name="provider">Whose token it is.</param>
    /// <param name="keys">The provider's keys.</param>
    /// <param name="random">The source of the proof's secrets.</param>
    public static Result<PkToken> Assemble(
        ReadOnlyMemory<byte> idToken, ClientInstanceClaims claims, SigningKey key, IdentityProvider provider, JwkSet keys, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(claims);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(keys);
        if (key.KeyId != claims.UserKey.KeyId)
            throw new ArgumentException("the key is not the one that the claims name", nameof(key));

        if (!provider.Consistent().Succeeded(out _, out var failure)
            || !ProviderPart(idToken, claims, provider, keys, random).Succeeded(out var part, out failure))
            return failure;

        var client = claims.Sign(part.PayloadText.Span, key);
        return PkToken.Assemble(part.PayloadText, [part.Signature, client], refreshed: null)
            .Then(token => TokenOpening.Open(token, provider, keys, VerifyBinding))
            .Select(opened => opened.Token);
    }

    private static Result<CompactJws> ProviderPart(
        ReadOnlyMemory<byte> idToken, ClientInstanceClaims claims, IdentityProvider provider, JwkSet keys, RandomSource random)
    {
        if (!CompactJws.Split(idToken).Succeeded(out var parts, out var failure)
            || !TokenSignature.Parse(parts.Header, default).Succeeded(out var header, out failure)
            || !ProviderSignatures.FindKey(header, keys).Succeeded(out var key, out failure))
            return failure;

        if (key.Algorithm == SignatureAlgorithm.RS256 && provider.Binding != ClaimBinding.Key)
        {
            var commitment = provider.Binding == ClaimBinding.Gq ? claims.Commitment : null;
            return GqTransformation.Apply(idToken, key, commitment, random);
        }

        // The copy is what goes into the token: the caller will clear the bytes it gave.
        return provider.GqRequired
            ? Failures.GqRequired($"the ID token is signed {key.Algorithm} with {provider.Binding} binding and cannot be turned into a GQ proof")
            : CompactJws.Parse(idToken.ToArray());
    }

    private static Result<ClientInstanceClaims> VerifyBinding(Binding binding)
        => binding.Provider.Binding == ClaimBinding.Key ? KeyBoundTokens.Verify(binding) : ClaimBindings.Verify(binding);
}
