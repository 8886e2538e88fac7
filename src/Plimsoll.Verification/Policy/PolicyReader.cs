using System.Collections.Immutable;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Verification.Policy;

/// <summary>Reads the policy document. Failures carry line and column.</summary>
internal static class PolicyReader
{
    public static Result<TrustPolicy> Read(ReadOnlySpan<byte> utf8)
    {
        if (!YamlDocument.Parse(utf8).Succeeded(out var mapping, out var failure))
            return failure;

        var top = new YamlMap(mapping);
        ReadHead(top);
        var providers = ReadProviders(top);
        var rules = ImmutableArray.CreateBuilder<ImageRule>();
        foreach (var entry in top.Maps("images"))
        {
            if (ReadRule(entry, providers) is { } rule)
                rules.Add(rule);
        }

        if (rules.Count > TrustPolicy.MostRules)
            top.Fail("policy.size", top.At("images"), $"{rules.Count} rules are more than {TrustPolicy.MostRules}");
        top.NoOtherFields();
        return top.Failed(out failure) ? failure : new TrustPolicy(rules.ToImmutable(), Digest.Sha256(utf8));
    }

    private static void ReadHead(YamlMap top)
    {
        var version = top.OptionalInteger("version");
        if (version != TrustPolicy.Version)
            top.Fail("policy.version", top.At("version"), $"version is {version?.ToString() ?? "missing"}, and this program reads version {TrustPolicy.Version}");
        Only(top, "default", "refuse");
        Only(top, "mode", "refuse");
        Only(top, "log", "none");
        top.RefuseUnenforced("freshness", "grace", "tests");
    }

    /// <summary>A field whose other values this version does not enforce.</summary>
    private static void Only(YamlMap map, string name, string value)
    {
        if (map.OptionalText(name) is { } found && found != value)
            map.Fail("policy.not-enforced", map.At(name), $"'{name}: {found}' is not enforced by this version; it knows '{name}: {value}'");
    }

    private static Dictionary<string, IdentityProvider> ReadProviders(YamlMap top)
    {
        var providers = new Dictionary<string, IdentityProvider>(StringComparer.Ordinal);
        foreach (var (name, at, entry) in top.OptionalMap("providers")?.Table() ?? [])
        {
            if (!ReadProvider(name, entry).Then(provider => ProviderRules.Admit(provider, withoutLog: true)).Succeeded(out var provider, out var failure))
                top.Fail(failure, at);
            else if (providers.Values.FirstOrDefault(other => other.Issuer == provider.Issuer && other.Binding == provider.Binding) is { } same)
                top.Fail("policy.provider", at, $"'{name}' and '{same.Name}' have the same issuer and binding");
            else
                providers.Add(name, provider);
        }

        return providers;
    }

    private static Result<IdentityProvider> ReadProvider(string name, YamlMap entry)
    {
        var issuer = entry.Text("issuer");
        var binding = entry.Text("binding");
        var audiences = entry.Texts("audience");
        var required = ReadRequired(entry);
        entry.NoOtherFields();
        if (entry.Failed(out var failure) || !Issuer.Parse(issuer).Succeeded(out var parsed, out failure))
            return failure;

        var provider = new IdentityProvider { Name = name, Issuer = parsed, Binding = ClaimBinding.Nonce, RequiredClaims = required };
        return (binding, audiences) switch
        {
            ("aud", []) => provider with { Binding = ClaimBinding.Audience },
            ("gq", []) => provider with { Binding = ClaimBinding.Gq },
            ("gq", [var audience]) => provider with { Binding = ClaimBinding.Gq, Audience = audience },
            ("nonce", [_, ..]) => provider with { Binding = ClaimBinding.Nonce, ClientIds = audiences },
            ("nonce", _) => ProviderRules.Refused($"provider '{name}': binding nonce needs 'audience: [CLIENT-ID]', or tokens made for any other application would do"),
            ("aud" or "gq", _) => ProviderRules.Refused($"provider '{name}': 'audience' is one text with binding gq, and stays away with binding aud"),
            ("key", _) => ProviderRules.KeyBound(name),
            _ => ProviderRules.Refused($"provider '{name}': binding '{binding}' is none of aud, gq and nonce"),
        };
    }

    private static ImmutableArray<RequiredClaim> ReadRequired(YamlMap entry)
    {
        var claims = ImmutableArray.CreateBuilder<RequiredClaim>();
        foreach (var (claim, at, values) in entry.OptionalMap("require")?.TextTable() ?? [])
        {
            if (values is [var value])
                claims.Add(value is "true" or "false" ? RequiredClaim.Of(claim, value == "true") : RequiredClaim.Of(claim, value));
            else
                entry.Fail("policy.type", at, $"'{claim}' must be one text");
        }

        return claims.ToImmutable();
    }

    private static ImageRule? ReadRule(YamlMap entry, Dictionary<string, IdentityProvider> providers)
    {
        var match = entry.Text("match");
        var signatures = ImmutableArray.CreateBuilder<SignatureRule>();
        foreach (var alternative in entry.Maps("signatures"))
        {
            if (ReadSignature(alternative, providers) is { } signature)
                signatures.Add(signature);
        }

        var threshold = entry.OptionalInteger("threshold") ?? 1;
        entry.RefuseUnenforced("catalogue", "publish", "since", "statements", "all", "sameAs", "mode", "platforms", "digests", "grace");
        entry.NoOtherFields();

        if (!Glob.Parse(match).Succeeded(out var glob, out var failure))
            entry.Fail(failure, entry.At("match"));
        if (signatures.Count == 0)
            entry.Fail("policy.no-signatures", entry.At("signatures"), $"'{match}' names no signature that would do");
        if (threshold < 1 || threshold > signatures.Count)
            entry.Fail("policy.threshold", entry.At("threshold"), $"a threshold of {threshold} cannot be met by {signatures.Count} alternatives");
        return entry.Failed(out _) ? null : new ImageRule(glob!, signatures.ToImmutable(), (int)threshold, entry.Position);
    }

    private static SignatureRule? ReadSignature(YamlMap entry, Dictionary<string, IdentityProvider> providers)
    {
        var technology = entry.Text("technology");
        if (technology != "openpubkey")
            entry.Fail("policy.not-enforced", entry.At("technology"), $"technology '{technology}' is not one that this version verifies; it knows 'openpubkey'");

        var name = entry.Text("provider");
        if (!providers.TryGetValue(name, out var provider))
            entry.Fail("policy.provider", entry.At("provider"), $"'{name}' is not in the table 'providers' of this policy");

        var claims = entry.OptionalMap("identity")?.TextTable() ?? [];
        entry.NoOtherFields();
        var identity = IdentityRule.Parse(claims.Select(claim => (claim.Name, claim.Values)));
        if (entry.Failed(out _) || provider is null)
            return null;
        if (identity.Then(rule => ProviderRules.Admit(rule, provider)).Succeeded(out var pinned, out var failure))
            return new SignatureRule(provider, pinned);

        entry.Fail(failure, entry.Has("identity") ? entry.At("identity") : entry.Position);
        return null;
    }
}
