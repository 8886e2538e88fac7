using System.Collections.Immutable;
using Plimsoll.Primitives;

namespace Plimsoll.OpenPubkey.Providers;

/// <summary>Several providers, chosen by issuer and binding: an issuer alone may stand for people and for jobs.</summary>
public sealed class ProviderSet
{
    private ProviderSet(ImmutableArray<IdentityProvider> providers) => Providers = providers;

    /// <summary>The providers in the order given.</summary>
    public ImmutableArray<IdentityProvider> Providers { get; }

    /// <summary>Takes providers of which no two share issuer and binding, and each of which is consistent.</summary>
    public static Result<ProviderSet> Create(IEnumerable<IdentityProvider> providers)
    {
        var taken = ImmutableArray.CreateBuilder<IdentityProvider>();
        foreach (var provider in providers)
        {
            if (!provider.Consistent().Succeeded(out var consistent, out var failure))
                return failure;
            if (taken.FirstOrDefault(other => other.Issuer == provider.Issuer && other.Binding == provider.Binding) is { } same)
                return Failures.Configuration($"providers '{same.Name}' and '{provider.Name}' have the same issuer and binding");
            taken.Add(consistent);
        }

        return new ProviderSet(taken.ToImmutable());
    }

    /// <summary>The provider of this issuer and binding.</summary>
    public Result<IdentityProvider> Find(Issuer issuer, ClaimBinding binding)
        => Providers.FirstOrDefault(provider => provider.Issuer == issuer && provider.Binding == binding) is { } found
            ? found
            : Failures.Issuer($"no provider is known for {issuer} with {binding} binding");
}
