using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.Cosigning;
using Plimsoll.OpenPubkey.Expiry;
using Plimsoll.OpenPubkey.KeyBinding;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Refresh;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;

namespace Plimsoll.OpenPubkey.Verifying;

/// <summary>
/// Verifies PK tokens in general: logins, signed messages, key-bound and cosigned tokens. Images have a narrower door of
/// their own, <see cref="Releases.ReleaseTokens"/>.
/// </summary>
public static class PkTokenVerifier
{
    /// <summary>Verifies a token at a time.</summary>
    /// <param name="token">The token.</param>
    /// <param name="provider">The one provider whose tokens are accepted.</param>
    /// <param name="keys">The provider's keys.</param>
    /// <param name="options">Expiry, cosigners, refreshed token.</param>
    /// <param name="now">The time at which the verdict holds.</param>
    public static Result<VerifiedPkToken> Verify(
        PkToken token, IdentityProvider provider, JwkSet keys, VerifierOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(options);
        if (!TokenOpening.Open(token, provider, keys, VerifyBinding).Succeeded(out var opened, out var failure))
            return failure;

        var refreshed = RefreshedIdTokens.Verify(opened, keys, now);
        if (!ExpiryRules.Verify(opened.Claims, options.Expiry, refreshed, now).Succeeded(out _, out failure))
            return failure;
        if (options.RequireRefreshedIdToken && !refreshed.Succeeded(out _, out failure))
            return failure;
        if (!Cosigners.Verify(token, options.Cosigners, now).Succeeded(out var cosigner, out failure))
            return failure;
        return new VerifiedPkToken(opened, cosigner.Claims, refreshed.Succeeded(out var fresh, out _) ? fresh : null);
    }

    private static Result<ClientInstanceClaims> VerifyBinding(Binding binding)
        => binding.Provider.Binding == ClaimBinding.Key ? KeyBoundTokens.Verify(binding) : ClaimBindings.Verify(binding);
}
