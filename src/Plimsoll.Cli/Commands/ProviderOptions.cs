using System.CommandLine;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.Primitives;

namespace Plimsoll.Cli.Commands;

/// <summary>Names an identity provider on the command line.</summary>
internal sealed class ProviderOptions
{
    private static readonly string[] Names = ["github", "forgejo", "gitlab-ci", "kubernetes", "token-file"];

    private readonly Option<string?> _provider = new("--provider")
    {
        Description = $"The kind of identity provider: {string.Join(", ", Names)}",
        HelpName = "KIND",
    };

    private readonly Option<string?> _issuer = new("--issuer")
    {
        Description = "The provider's issuer, as its tokens have it in 'iss', where it is not the provider's usual one",
        HelpName = "URL",
    };

    private readonly Option<string?> _audience = new("--audience")
    {
        Description = "The whole audience of the tokens, for providers with gq binding; it begins with OPENPUBKEY-PKTOKEN:",
        HelpName = "TEXT",
    };

    public void AddTo(Command command)
    {
        command.Add(_provider);
        command.Add(_issuer);
        command.Add(_audience);
    }

    /// <summary>Whether any of the options is there: none of them is passed over in silence.</summary>
    public bool IsGiven(ParseResult parsed)
        => parsed.GetValue(_provider) is not null || parsed.GetValue(_issuer) is not null || parsed.GetValue(_audience) is not null;

    public string? Kind(ParseResult parsed) => parsed.GetValue(_provider);

    public string? IssuerText(ParseResult parsed) => parsed.GetValue(_issuer);

    /// <summary>The provider that the options describe.</summary>
    public Result<IdentityProvider> Read(ParseResult parsed)
    {
        var (name, issuer, audience) = (parsed.GetValue(_provider), parsed.GetValue(_issuer), parsed.GetValue(_audience));
        var provider = (name, issuer) switch
        {
            ("github", null) => KnownProviders.GitHubActions,
            ("gitlab-ci", null) => KnownProviders.GitLabCom,
            ("github", { } url) => Issuer.Parse(url).Select(read => KnownProviders.GitHubActions with { Issuer = read }),
            ("gitlab-ci", { } url) => Issuer.Parse(url).Select(read => KnownProviders.GitLabCi(read)),
            ("forgejo", { } url) => Issuer.Parse(url).Select(read => KnownProviders.GitHubActions with { Name = "forgejo", Issuer = read }),
            ("kubernetes", { } url) => Issuer.Parse(url).Select(read => KnownProviders.Kubernetes(read)),
            ("token-file", { } url) => Issuer.Parse(url).Select(read => KnownProviders.TokenFile(read)),
            ("forgejo" or "kubernetes" or "token-file", null) => Missing($"provider '{name}' has no usual issuer", "add --issuer with the URL that its tokens have in 'iss'"),
            (null, _) => Missing("--issuer and --audience describe an identity provider, and nothing says of which kind it is", "add --provider KIND"),
            _ => Missing($"'{name}' is not a provider that is known here", $"use one of {string.Join(", ", Names)}, or describe the provider in a policy file"),
        };
        return provider.Then(found => (audience is null ? found : found with { Audience = audience }).Consistent());
    }

    private static Result<IdentityProvider> Missing(string what, string next) => new Failure(Refusal.Malformed, "cli.provider", what, next);
}
