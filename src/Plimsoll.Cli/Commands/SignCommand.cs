using System.Collections.Immutable;
using System.CommandLine;
using Plimsoll.Cli.Output;
using Plimsoll.Client.Identity;
using Plimsoll.Client.Signing;
using Plimsoll.Oci;
using Plimsoll.Oci.BuildKit;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Cli.Commands;

/// <summary><c>plimsoll sign</c>: signs an image with the identity that the environment offers.</summary>
internal static class SignCommand
{
    private static readonly Option<string?> DigestText = new("--digest") { Description = "The digest from the build", HelpName = "DIGEST" };
    private static readonly Option<string?> MetadataFile = new("--metadata-file") { Description = "The file that docker buildx build --metadata-file wrote", HelpName = "FILE" };
    private static readonly Option<string?> Target = new("--target") { Description = "The target in a bake metadata file", HelpName = "NAME" };
    private static readonly Option<string?> IdFile = new("--iidfile") { Description = "The file that --iidfile wrote, of a build with attestations in the containerd image store", HelpName = "FILE" };
    private static readonly Option<bool> ResolveTagUnsafe = new("--resolve-tag-unsafe") { Description = "Sign whatever the tag means now: somebody may have moved it since the build" };
    private static readonly Option<string[]> Tags = new("--tag") { Description = "A further tag that the image is released under", HelpName = "TAG" };
    private static readonly Option<string?> TokenFile = new("--token-file") { Description = "A file with an ID token, instead of looking for a CI system", HelpName = "FILE" };

    public static Command Create()
    {
        var store = new StoreOptions();
        var provider = new ProviderOptions();
        var command = new VerbCommand(
            "sign", "Signs an image, its platforms and its build's statements with the identity that this environment offers.",
            "# in a CI job, after docker buildx build --push --metadata-file build.json",
            "plimsoll sign registry.example/acme/app:1.4 --metadata-file build.json",
            "# by digest, released under two tags",
            "plimsoll sign registry.example/acme/app:1.4 --digest sha256:9f2c… --tag latest",
            "# a layout folder, before it is pushed",
            "plimsoll sign --layout out registry.example/acme/app:1.4",
            "# an image that was vetted here, for promotion to another repository",
            "plimsoll sign staging.example/app:1.4 --digest sha256:9f2c… --as registry.example/app");
        store.AddTo(command);
        foreach (var option in new Option[] { DigestText, MetadataFile, Target, IdFile, ResolveTagUnsafe, Tags, TokenFile })
            command.Add(option);
        provider.AddTo(command);
        command.SetAction((parsed, cancellation) => Run(parsed, store, provider, cancellation));
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, StoreOptions stores, ProviderOptions provider, CancellationToken cancellation)
    {
        var terminal = Terminal.OfProcess(stores.Quiet(parsed));
        if (!(await stores.Open(parsed, cancellation)).Succeeded(out var opened, out var failure))
            return FailureText.Write(terminal, failure, stores.Json(parsed));

        using (opened)
        {
            using var http = IdentityHttp.Create();
            if (!(await FindRoot(parsed, opened, cancellation)).Succeeded(out var root, out failure)
                || !ReadTags(parsed, opened.Reference, root.Tags).Succeeded(out var tags, out failure)
                || !(await FindIdentity(parsed, provider, http, cancellation)).Succeeded(out var identity, out failure))
                return FailureText.Write(terminal, failure, stores.Json(parsed));

            terminal.Progress($"signing as {identity.System} ({identity.Provider.Issuer})");
            var signer = new ReleaseSigner(opened.Store, identity, new LiveKeySource(http, TimeProvider.System));
            var request = new ReleaseRequest(root.Digest, opened.Released, tags, BuildFacts.From(Environment.GetEnvironmentVariable));
            if (!(await signer.Sign(request, terminal.Progress, cancellation)).Succeeded(out var signed, out failure))
                return FailureText.Write(terminal, parsed.GetValue(IdFile) is null ? failure : OfIdFile(failure), stores.Json(parsed));

            if (stores.Json(parsed))
                SignedText.WriteJson(terminal, signed, identity);
            else
                SignedText.Write(terminal, signed, identity);
            return ExitCodes.Accepted;
        }
    }

    /// <summary>The digest to sign, from the build; a bare tag only on request.</summary>
    private static async Task<Result<BuiltRoot>> FindRoot(ParseResult parsed, OpenStore opened, CancellationToken cancellation)
    {
        var sources = new[] { parsed.GetValue(DigestText), parsed.GetValue(MetadataFile), parsed.GetValue(IdFile), opened.Reference.Digest?.ToString() };
        if (sources.Count(source => source is not null) > 1)
            return Usage("several things say which digest to sign", "give one of --digest, --metadata-file, --iidfile and IMAGE@DIGEST");

        if (parsed.GetValue(DigestText) is { } text)
            return Digest.Parse(text).Select(digest => new BuiltRoot(digest, []));
        if (parsed.GetValue(IdFile) is { } idFile)
            return (await InputFile.Read(idFile, 1024, bytes => BuildResult.ParseIdFile(bytes), cancellation)).Select(digest => new BuiltRoot(digest, []));
        if (parsed.GetValue(MetadataFile) is { } metadata)
            return (await InputFile.Read(metadata, 40 * 1024 * 1024, bytes => BuildResult.ParseMetadata(bytes, parsed.GetValue(Target)), cancellation)).Select(OfBuild);
        if (opened.Reference.Digest is { } named)
            return new BuiltRoot(named, []);

        // A layout is a folder of this build's own; a registry's tag is anybody's.
        if (parsed.GetValue(ResolveTagUnsafe) || opened.Owner is null)
            return (await opened.Store.Resolve(opened.Reference.Tag!.Value, cancellation)).Select(digest => new BuiltRoot(digest, []));
        return new Failure(
            Refusal.Missing, "sign.tag-only", $"only a tag says what to sign, and somebody may have moved {opened.Reference} since the build",
            "give the digest from the build: --metadata-file, --iidfile, --digest or IMAGE@DIGEST; or --resolve-tag-unsafe");

        BuiltRoot OfBuild(BuildResult build) => new(
            build.Digest, [.. build.Names.Where(name => name.Repository == opened.Reference.Repository).Select(name => name.Tag).OfType<Tag>()]);
    }

    // Registries have many words for it: docker-registry 2.8 answers 500 when a configuration is asked for as a manifest.
    private static Failure OfIdFile(Failure failure)
        => failure.Code.StartsWith("registry.", StringComparison.Ordinal) || failure.Code.StartsWith("oci.", StringComparison.Ordinal)
            ? failure with { Next = $"{failure.Next}; a build without attestations writes the configuration's digest into --iidfile, which nothing can be pulled by: then use --metadata-file" }
            : failure;

    private static Task<Result<WorkloadIdentity>> FindIdentity(ParseResult parsed, ProviderOptions provider, IdentityHttp http, CancellationToken cancellation)
    {
        if (parsed.GetValue(TokenFile) is not { } path)
        {
            return provider.IsGiven(parsed)
                ? Task.FromResult<Result<WorkloadIdentity>>(Usage("--provider is found from the environment when signing", "leave it out, or add --token-file FILE"))
                : WorkloadIdentity.Detect(Environment.GetEnvironmentVariable, http, TimeProvider.System, cancellation);
        }

        return provider.IsGiven(parsed)
            ? Task.FromResult(provider.Read(parsed).Then(found => WorkloadIdentity.FromTokenFile(path, found, TimeProvider.System)))
            : WorkloadIdentity.FromTokenFile(path, TimeProvider.System, cancellation);
    }

    private static Result<ImmutableArray<Tag>> ReadTags(ParseResult parsed, Reference reference, ImmutableArray<Tag> built)
    {
        var tags = built.ToBuilder();
        if (reference.Tag is { } named)
            tags.Add(named);
        foreach (var text in parsed.GetValue(Tags) ?? [])
        {
            if (!Tag.Parse(text).Succeeded(out var tag, out var failure))
                return failure;
            tags.Add(tag);
        }

        return tags.Distinct().ToImmutableArray();
    }

    private static Failure Usage(string what, string next) => new(Refusal.Malformed, "cli.usage", what, next);

    private sealed record BuiltRoot(Digest Digest, ImmutableArray<Tag> Tags);
}
