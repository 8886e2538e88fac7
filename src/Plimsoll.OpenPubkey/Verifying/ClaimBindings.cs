using System.Diagnostics;
using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.Gq;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Json;

namespace Plimsoll.OpenPubkey.Verifying;

/// <summary>What a binding is about: the provider's rule, the ID token, and the client's claims that it has to commit to.</summary>
internal sealed record Binding(IdentityProvider Provider, TokenSignature ProviderHeader, IdTokenClaims Claims, GqHeader? Gq, ClientInstanceClaims Client);

/// <summary>The three bindings by hash: the ID token holds the commitment to all of the client's claims.</summary>
internal static class ClaimBindings
{
    /// <summary>Gives the client's claims back if the ID token commits to them as the provider's binding says.</summary>
    public static Result<ClientInstanceClaims> Verify(Binding binding)
    {
        if (binding.ProviderHeader.Text("typ") == SignatureTypes.KeyBound)
            return Failures.CommitmentType($"the ID token is bound to a key, provider '{binding.Provider.Name}' has {binding.Provider.Binding} binding");
        return binding.Provider.Binding switch
        {
            ClaimBinding.Nonce => VerifyClaim(binding, "nonce", binding.Client.Commitment),
            ClaimBinding.Audience => VerifyClaim(binding, "aud", binding.Provider.CommitmentPrefix + binding.Client.Commitment),
            ClaimBinding.Gq => VerifyGq(binding),
            _ => Failures.CommitmentType($"provider '{binding.Provider.Name}' has {binding.Provider.Binding} binding, which is not by hash"),
        };
    }

    /// <summary>Checks that the audience declares an ID token to be meant for this: without it, whoever holds any ID token could bind a key to it.</summary>
    public static Failure? CheckAudience(IdentityProvider provider, IdTokenClaims claims)
    {
        // An array is refused: its other members would be audiences that may use the token too.
        if ((claims.Text("aud") ?? (provider.AudienceListOfOne ? claims.OnlyMember("aud") : null)) is not { } audience)
            return Failures.AudiencePrefix("'aud' is not one string");
        if (!audience.StartsWith(provider.RequiredPrefix, StringComparison.Ordinal))
            return Failures.AudiencePrefix($"'aud' is {Failures.Shorten(audience)}, which does not begin with '{provider.RequiredPrefix}'");
        return provider.Audience is { } exact && audience != exact
            ? Failures.Audience($"'aud' is {Failures.Shorten(audience)}, not '{exact}'")
            : null;
    }

    private static Result<ClientInstanceClaims> VerifyClaim(Binding binding, string name, string expected)
    {
        if (binding.Claims.Payload.Member(name) is not { } claim)
            return Failures.Commitment($"the ID token has no '{name}', where the commitment should stand");
        return claim.Kind == JsonKind.String && claim.TextEquals(expected)
            ? binding.Client
            : Failures.Commitment($"the claim '{name}' is {Describe(claim)}, the client's claims hash to '{expected}'");
    }

    private static Result<ClientInstanceClaims> VerifyGq(Binding binding)
    {
        var gq = binding.Gq ?? throw new UnreachableException("gq binding without a GQ proof passed the provider's own rule");
        if (CheckAudience(binding.Provider, binding.Claims) is { } refused)
            return refused;
        return gq.Commitment == binding.Client.Commitment
            ? binding.Client
            : Failures.Commitment($"the GQ header commits to {Failures.Shorten(gq.Commitment)}, the client's claims hash to '{binding.Client.Commitment}'");
    }

    private static string Describe(JsonValue claim) => claim.Kind == JsonKind.String ? Failures.Shorten(claim.Text) : $"of kind {claim.Kind}";
}
