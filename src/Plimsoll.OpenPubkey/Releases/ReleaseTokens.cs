using System.Security.Cryptography;
using System.Text;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.OpenPubkey.Verifying;
using Plimsoll.Primitives;

namespace Plimsoll.OpenPubkey.Releases;

/// <summary>
/// The narrow door for signatures on images: a token that vouches for one statement, by its provider's GQ proof, with a
/// binding that covers the client's claims. Cosigners, refreshed tokens, key binding and signed messages cannot be reached
/// from here: nothing in this namespace names their types, no parameter leads to them, the binding rule handed to
/// <see cref="TokenOpening"/> has no case for keys, and tokens that carry such parts are refused before anything is verified.
/// </summary>
public static class ReleaseTokens
{
    /// <summary>
    /// Verifies that a provider's subject signed this statement. What is left to ask is when (<see cref="VerifiedReleaseToken.VerifySigningTime"/>)
    /// and whether the envelope's own signature holds (<see cref="VerifiedReleaseToken.VerifySignature"/>).
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="provider">The one provider that the policy names.</param>
    /// <param name="keys">The provider's keys, of the time that counts.</param>
    /// <param name="statement">The pre-authentication encoding (DSSE PAE) of the statement.</param>
    public static Result<VerifiedReleaseToken> Verify(PkToken token, IdentityProvider provider, JwkSet keys, ReadOnlyMemory<byte> statement)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(keys);
        if (CheckForm(token, provider) is { } refused)
            return refused;
        if (!TokenOpening.Open(token, provider, keys, ClaimBindings.Verify).Succeeded(out var opened, out var failure))
            return failure;

        if (opened.Client.Value.Att is not { } att)
            return Failures.AttMissing();
        return IsHashOf(att, statement.Span)
            ? new VerifiedReleaseToken(opened, statement)
            : Failures.AttMismatch($"'att' of the token is {Failures.Shorten(att)}, the statement hashes to '{Convert.ToHexStringLower(SHA256.HashData(statement.Span))}'");
    }

    /// <summary>The claim <c>att</c> for a statement: lower-case hex SHA-256 of its pre-authentication encoding.</summary>
    public static string Att(ReadOnlySpan<byte> statement) => Convert.ToHexStringLower(SHA256.HashData(statement));

    private static Failure? CheckForm(PkToken token, IdentityProvider provider)
    {
        if (provider.Binding is not (ClaimBinding.Nonce or ClaimBinding.Audience or ClaimBinding.Gq))
            return Failures.ReleaseForm($"provider '{provider.Name}' has {provider.Binding} binding, which does not cover 'att'");
        if (token.CosignerSignature is not null || token.RefreshedIdToken is not null)
            return Failures.ReleaseForm("the token carries a cosigner's signature or a refreshed ID token");
        if (token.ProviderSignature.Unprotected is { } header && header.Members().Count > 0)
            return Failures.ReleaseForm("the token carries a header that nobody signed");

        return token.ProviderSignature.Text("alg") == "GQ256" || provider.PublishedUnblinded
            ? null
            : Failures.GqRequired($"a published token shows the provider's {Failures.Shorten(token.ProviderSignature.Text("alg"))} signature, so it could be used as a login");
    }

    private static bool IsHashOf(string att, ReadOnlySpan<byte> statement)
        => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(att), Encoding.ASCII.GetBytes(Att(statement)));
}
