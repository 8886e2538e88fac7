using System.Collections.Immutable;
using Plimsoll.Primitives;

namespace Plimsoll.OpenPubkey.Providers;

/// <summary>
/// An identity provider as data: who issues the tokens, where they hold the commitment, and for whom they have to be. One
/// issuer may be several providers, such as GitLab's people and GitLab's jobs; issuer and binding together choose one.
/// </summary>
public sealed record IdentityProvider
{
    /// <summary>What <c>aud</c> begins with in tokens with <see cref="ClaimBinding.Gq"/> where nothing else is set.</summary>
    public const string DefaultAudiencePrefix = "OPENPUBKEY-PKTOKEN:";

    /// <summary>The name by which people and policies call it.</summary>
    public required string Name { get; init; }

    /// <summary>What its tokens have in <c>iss</c>.</summary>
    public required Issuer Issuer { get; init; }

    /// <summary>Where its tokens hold the commitment.</summary>
    public required ClaimBinding Binding { get; init; }

    /// <summary>Whether the provider's signature must have been replaced by a GQ proof. A token that shows it can be used again by whoever sees it.</summary>
    public bool GqRequired { get; init; } = true;

    /// <summary>
    /// Whether a published token may show the provider's signature, for providers that sign with other keys than RS256. Off:
    /// such a token is a login for whoever finds it, as long as it has not expired.
    /// </summary>
    public bool PublishedUnblinded { get; init; }

    /// <summary>Nonce and key binding: <c>aud</c> must hold one of these. Without any, tokens made for every other application of the provider would do.</summary>
    public ImmutableArray<string> ClientIds { get; init; } = [];

    /// <summary>Nonce and key binding: accept tokens that the provider made for any application.</summary>
    public bool AnyClientUnsafe { get; init; }

    /// <summary>GQ binding: what <c>aud</c> must begin with; null means <see cref="DefaultAudiencePrefix"/>.</summary>
    public string? AudiencePrefix { get; init; }

    /// <summary>GQ binding: the whole <c>aud</c>, where only one will do; it begins with the prefix.</summary>
    public string? Audience { get; init; }

    /// <summary>
    /// GQ binding: also take an <c>aud</c> that is a list of exactly one string, which is the only form that Kubernetes writes.
    /// Off by default, as in the reference; a longer list names others who may use the token and is always refused.
    /// </summary>
    public bool AudienceListOfOne { get; init; }

    /// <summary>Audience binding: what stands before the commitment in <c>aud</c>, so that the token is of no use elsewhere. Empty by default, as the reference has it.</summary>
    public string CommitmentPrefix { get; init; } = "";

    /// <summary>Claims that every token must have, besides whatever identity a policy asks for.</summary>
    public ImmutableArray<RequiredClaim> RequiredClaims { get; init; } = [];

    /// <summary>Gives the provider back if its members fit together; a contradiction is refused before any token is looked at.</summary>
    public Result<IdentityProvider> Consistent()
    {
        var checksClients = !ClientIds.IsDefaultOrEmpty;
        var contradiction = Binding switch
        {
            _ when string.IsNullOrEmpty(Issuer.ToString()) => "no issuer is set",
            ClaimBinding.Gq when !GqRequired => "gq binding needs GQ proofs to be required",
            ClaimBinding.Gq or ClaimBinding.Audience when checksClients || AnyClientUnsafe => "client ids belong to nonce and key binding",
            ClaimBinding.Nonce or ClaimBinding.Key when !checksClients && !AnyClientUnsafe => "no client id is set, so tokens made for any other application would do",
            ClaimBinding.Nonce or ClaimBinding.Key when checksClients && ClientIds.Contains("") => "a client id is empty",
            not ClaimBinding.Gq when AudiencePrefix is not null || Audience is not null || AudienceListOfOne => "an audience or its prefix belongs to gq binding",
            not ClaimBinding.Audience when CommitmentPrefix.Length > 0 => "a commitment prefix belongs to aud binding",
            ClaimBinding.Gq when AudiencePrefix is "" => "the audience prefix is empty, so every ID token would do",
            ClaimBinding.Gq when Audience is { } audience && !audience.StartsWith(RequiredPrefix, StringComparison.Ordinal) =>
                $"the audience '{audience}' does not begin with '{RequiredPrefix}'",
            > ClaimBinding.Key or < ClaimBinding.Nonce => "the binding is none of nonce, aud, gq and key",
            _ => null,
        };
        return contradiction is null ? this : Failures.Configuration($"provider '{Name}': {contradiction}");
    }

    internal string RequiredPrefix => AudiencePrefix ?? DefaultAudiencePrefix;
}
