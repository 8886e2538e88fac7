using System.Collections.Immutable;
using System.CommandLine;
using Plimsoll.Cli.Output;
using Plimsoll.Client.Gathering;
using Plimsoll.Client.Identity;
using Plimsoll.Oci;
using Plimsoll.Primitives;
using Plimsoll.Verification.Judging;
using Plimsoll.Verification.Policy;

namespace Plimsoll.Cli.Commands;

/// <summary><c>plimsoll verify</c>: may this image run?</summary>
internal static class VerifyCommand
{
    private static readonly Option<string?> PolicyFile = new("--policy") { Description = "The trust policy", HelpName = "FILE" };

    private static readonly Option<string[]> Identity = new("--identity")
    {
        Description = "Without a policy: a claim that the signer must have; repeat it. A CI identity names repository and repository_id, or project_path and project_id",
        HelpName = "CLAIM=VALUE",
    };

    private static readonly Option<string?> PlatformText = new("--platform")
    {
        Description = "Judge the image for this platform; without it, the whole index",
        HelpName = "OS/ARCH[/VARIANT]",
    };

    private static readonly Option<bool> Timings = new("--timings") { Description = "Print on standard error how long each phase took", Hidden = true };

    public static Command Create()
    {
        var store = new StoreOptions();
        var provider = new ProviderOptions();
        var command = new VerbCommand(
            "verify", "Says whether an image is what a trusted identity released; exits with 0 only if it is.",
            "# by a policy",
            "plimsoll verify registry.example/acme/app:1.4 --policy policy.yaml",
            "# by a GitHub repository, for one platform",
            "plimsoll verify ghcr.io/acme/app:1.4 --provider github --identity repository=acme/app --identity repository_id=717410000 --platform linux/arm64",
            "# a layout folder, before it is pushed",
            "plimsoll verify --layout out registry.example/acme/app:1.4 --policy policy.yaml --json");
        store.AddTo(command);
        command.Add(PolicyFile);
        provider.AddTo(command);
        command.Add(Identity);
        command.Add(PlatformText);
        command.Add(Timings);
        command.SetAction((parsed, cancellation) => Run(parsed, store, provider, cancellation));
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, StoreOptions stores, ProviderOptions provider, CancellationToken cancellation)
    {
        var terminal = Terminal.OfProcess(stores.Quiet(parsed));
        using var phases = new Phases(parsed.GetValue(Timings) ? Console.Error : null);
        if (!(await ReadPolicy(parsed, provider, cancellation)).Succeeded(out var policy, out var failure)
            || !ReadPlatform(parsed).Succeeded(out var platform, out failure)
            || !(await stores.Open(parsed, cancellation)).Succeeded(out var opened, out failure))
            return FailureText.Write(terminal, failure, stores.Json(parsed));

        phases.End("read");
        using (opened)
        {
            using var http = IdentityHttp.Create();
            var keys = new LiveKeySource(http, TimeProvider.System);
            var reference = Reference.Of(opened.Released, opened.Reference.Tag, opened.Reference.Digest);
            var evidence = await new EvidenceGatherer(opened.Store, keys).Gather(reference, platform.FirstOrDefault(), policy, cancellation);
            phases.End("gather");

            var verdict = Judge.Decide(evidence, new Anchors(policy), TimeProvider.System.GetUtcNow());
            phases.End("decide");
            if (stores.Json(parsed))
                JsonOutput.Write(terminal, verdict);
            else
                VerdictText.Write(terminal, verdict);
            phases.End("print");
            return verdict.Refusal is { } refusal ? ExitCodes.Of(refusal.Kind) : ExitCodes.Accepted;
        }
    }

    private static async Task<Result<TrustPolicy>> ReadPolicy(ParseResult parsed, ProviderOptions provider, CancellationToken cancellation)
    {
        var claims = parsed.GetValue(Identity) ?? [];
        if (parsed.GetValue(PolicyFile) is { } path)
        {
            if (provider.IsGiven(parsed) || claims.Length > 0)
                return Usage("--policy says whom to trust, and so do --provider, --issuer, --audience and --identity", "name provider and identity in the policy file, or leave --policy out");
            return await InputFile.Read(path, 1 << 20, bytes => TrustPolicy.Parse(bytes), cancellation);
        }

        if (!provider.IsGiven(parsed) || claims.Length == 0)
            return Usage("nothing says whom to trust", "add --policy FILE, or --provider with --identity CLAIM=VALUE");
        return provider.Read(parsed).Then(found => ReadIdentity(claims).Then(identity => TrustPolicy.ForOne(found, identity)));
    }

    private static Result<IdentityRule> ReadIdentity(string[] claims)
    {
        var read = new List<(string, ImmutableArray<string>)>();
        foreach (var claim in claims)
        {
            if (claim.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } value])
                return Usage($"--identity '{claim}' is not CLAIM=VALUE", "write it as repository=acme/app");
            read.Add((name, [value]));
        }

        return IdentityRule.Parse(read);
    }

    /// <summary>None or one platform.</summary>
    private static Result<ImmutableArray<Platform>> ReadPlatform(ParseResult parsed)
        => parsed.GetValue(PlatformText) is { } text ? Platform.Parse(text).Select(platform => ImmutableArray.Create(platform)) : ImmutableArray<Platform>.Empty;

    private static Failure Usage(string what, string next) => new(Refusal.Malformed, "cli.usage", what, next);
}
