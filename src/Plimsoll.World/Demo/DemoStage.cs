using System.Collections.Immutable;
using System.Text;
using Plimsoll.Client.Gathering;
using Plimsoll.Client.Identity;
using Plimsoll.Client.Registry;
using Plimsoll.Client.Signing;
using Plimsoll.Oci;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Server.Registry;
using Plimsoll.Verification.Judging;
using Plimsoll.Verification.Policy;
using Plimsoll.World.Identity;
using Plimsoll.World.Images;

namespace Plimsoll.World.Demo;

/// <summary>
/// Where the demonstration plays: a registry and an identity provider on loopback, a policy that trusts one repository's
/// release workflow, and the clients that everybody uses.
/// </summary>
public sealed class DemoStage : IAsyncDisposable
{
    /// <summary>The reusable workflow that acme's repositories release with.</summary>
    public const string ReleaseWorkflow = "acme/workflows/.github/workflows/release.yml@refs/heads/main";

    private readonly RegistryServer _registry;
    private readonly RegistryClient _client;
    private readonly IdentityHttp _http;
    private readonly string _folder;

    private DemoStage(RegistryServer registry, IdentityProviderServer provider, string folder)
    {
        _registry = registry;
        _folder = folder;
        Provider = provider;
        _client = new RegistryClient(new RegistryOptions(), TimeProvider.System);
        _http = IdentityHttp.Create();
        Policy = Must(TrustPolicy.Parse(Encoding.UTF8.GetBytes(PolicyText)));
    }

    /// <summary>The identity provider, which can be made to misbehave.</summary>
    public IdentityProviderServer Provider { get; }

    /// <summary>The registry's <c>HOST:PORT</c>.</summary>
    public string Host => _registry.Host;

    /// <summary>The policy that every scene is judged by.</summary>
    public TrustPolicy Policy { get; }

    /// <summary>The policy as its file would read.</summary>
    public string PolicyText => $$"""
        version: 1
        default: refuse
        providers:
          github: { issuer: {{Provider.GitHubIssuer}}, binding: aud }
        images:
          - match: {{Host}}/**
            signatures:
              - technology: openpubkey
                provider: github
                identity:
                  repository: acme/app
                  repository_id: "717410000"
                  job_workflow_ref: {{ReleaseWorkflow}}
            threshold: 1
        """;

    /// <summary>The job that the policy trusts.</summary>
    public static ActionsJob TrustedJob { get; } = new() { JobWorkflowRef = ReleaseWorkflow };

    /// <summary>Starts both servers on free ports; nothing outside this machine is touched.</summary>
    /// <param name="cancellation">Ends the start by an exception.</param>
    /// <param name="referrers">Whether the registry has the referrers API; many in use do not.</param>
    public static async Task<DemoStage> Start(CancellationToken cancellation, bool referrers = true)
    {
        var folder = Directory.CreateTempSubdirectory("plimsoll-demo-").FullName;
        var registry = await RegistryServer.Start(new RegistryServerOptions(folder) { Referrers = referrers }, cancellation);
        return new DemoStage(registry, await IdentityProviderServer.Start(TimeProvider.System), folder);
    }

    /// <summary>An image's name in the stage's registry.</summary>
    public Reference Image(string name) => Must(Reference.Parse($"{Host}/{name}"));

    /// <summary>The repository of an image.</summary>
    public RegistryRepository Store(Reference image) => Must(_client.Repository(image.Repository));

    /// <summary>Pushes an image under its tag, as a build would.</summary>
    public async Task<SampleImage> Push(Reference image, SampleImage made, CancellationToken cancellation)
    {
        var store = Store(image);
        _ = await Task.WhenAll(made.Blobs.Select(blob => MustAsync(store.PushBlob(blob, cancellation))));
        foreach (var platform in made.Platforms)
        {
            _ = await MustAsync(store.PushManifest(platform.Manifest.Bytes, tag: null, cancellation));
            _ = await MustAsync(store.PushManifest(platform.Attestation.Bytes, tag: null, cancellation));
        }

        _ = await MustAsync(store.PushManifest(made.Index.Bytes, image.Tag, cancellation));
        return made;
    }

    /// <summary>Signs an image as a CI job, with nothing but the job's environment.</summary>
    public async Task<Result<SignedRelease>> Sign(Reference image, Digest root, ActionsJob job, CancellationToken cancellation)
    {
        var environment = Provider.GitHubJob(job);
        if (!(await WorkloadIdentity.Detect(environment.GetValueOrDefault, _http, TimeProvider.System, cancellation)).Succeeded(out var identity, out var failure))
            return failure;
        var request = new ReleaseRequest(root, image.Repository, [.. new[] { image.Tag }.OfType<Tag>()], BuildFacts.From(environment.GetValueOrDefault));
        return await new ReleaseSigner(Store(image), identity, Keys()).Sign(request, _ => { }, cancellation);
    }

    /// <summary>Judges an image by the stage's policy, as <c>plimsoll verify</c> does.</summary>
    public async Task<Verdict> Verify(Reference image, CancellationToken cancellation, Platform? platform = null)
    {
        var evidence = await new EvidenceGatherer(Store(image), Keys()).Gather(image, platform, Policy, cancellation);
        return Judge.Decide(evidence, new Anchors(Policy), TimeProvider.System.GetUtcNow());
    }

    /// <summary>The value of a step of the stage itself, which must not fail.</summary>
    public static T Must<T>(Result<T> result)
        where T : notnull
        => result.Succeeded(out var value, out var failure) ? value : throw new InvalidOperationException($"the stage broke: {failure}");

    /// <inheritdoc cref="Must{T}(Result{T})"/>
    public static async Task<T> MustAsync<T>(Task<Result<T>> result)
        where T : notnull
        => Must(await result);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _http.Dispose();
        await Provider.DisposeAsync();
        await _registry.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // A key source of its own for each caller: what one has cached, another has not seen.
    private LiveKeySource Keys() => new(_http, TimeProvider.System);
}
