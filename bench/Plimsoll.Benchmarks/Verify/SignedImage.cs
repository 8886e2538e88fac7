using Plimsoll.Client.Identity;
using Plimsoll.Client.Registry;
using Plimsoll.Client.Signing;
using Plimsoll.Oci;
using Plimsoll.World.Identity;
using Plimsoll.World.Images;

namespace Plimsoll.Benchmarks.Verify;

/// <summary>An image of two platforms in a registry, signed by a GitHub job and with cosign's key, and the programs that verify it.</summary>
/// <param name="Home">The folder where cosign's keys and the policy are.</param>
/// <param name="Reference">The image, by its tag.</param>
/// <param name="Policy">The policy file that accepts it.</param>
internal sealed record SignedImage(string Home, Reference Reference, string Policy)
{
    /// <summary>Pushes and signs it.</summary>
    /// <param name="home">Where cosign's key pair is.</param>
    /// <param name="repository">The registry's host and port, as the verifiers are to reach it, and the path in it.</param>
    /// <param name="provider">The identity provider.</param>
    /// <param name="origin">The provider's scheme, host and port, as the verifiers are to reach it.</param>
    public static async Task<SignedImage> Make(string home, string repository, IdentityProviderServer provider, string origin)
    {
        var issuer = $"{origin}/_services/token";

        // Behind a wire the provider has another address than its own, and says that one.
        provider.Misbehaviour = new Misbehaviour { TokenIssuer = issuer, DiscoveryIssuer = issuer, KeySetAddress = $"{issuer}/.well-known/jwks" };
        var image = new SignedImage(home, Bench.Must(Reference.Parse($"{repository}:1.4")), Path.Combine(home, $"{Path.GetFileName(repository)}.yaml"));
        await File.WriteAllTextAsync(image.Policy, $$"""
            version: 1
            default: refuse
            providers:
              github: { issuer: {{issuer}}, binding: aud }
            images:
              - match: {{repository}}
                signatures:
                  - technology: openpubkey
                    provider: github
                    identity: { repository: acme/app, repository_id: "717410000" }
                threshold: 1
            """);
        await image.Release(provider, origin);
        return image;
    }

    /// <summary><c>plimsoll verify</c>, by the given program.</summary>
    public Child VerifyByPlimsoll(string program) => new(program, Home, "verify", Reference.ToString(), "--policy", Policy, "--quiet", "--timings");

    /// <summary><c>cosign verify --key</c>.</summary>
    public async Task<Child> VerifyByCosign() => new(
        await Programs.Peer("cosign-2"), Home, "verify", "--key", "cosign.pub", "--insecure-ignore-tlog=true", Reference.ToString());

    private async Task Release(IdentityProviderServer provider, string origin)
    {
        using var client = new RegistryClient(new RegistryOptions(), TimeProvider.System);
        using var http = IdentityHttp.Create();
        var store = Bench.Must(client.Repository(Reference.Repository));
        var image = SampleImage.Create(Reference.Repository.ToString());
        await Push(store, image);

        var job = new Dictionary<string, string>(provider.GitHubJob(), StringComparer.Ordinal) { ["GITHUB_SERVER_URL"] = origin };
        var identity = Bench.Must(await WorkloadIdentity.Detect(job.GetValueOrDefault, http, TimeProvider.System, CancellationToken.None));
        var signer = new ReleaseSigner(store, identity, new LiveKeySource(http, TimeProvider.System));
        var root = image.Index.Descriptor.Digest;
        _ = Bench.Must(await signer.Sign(
            new ReleaseRequest(root, Reference.Repository, [Reference.Tag!.Value], BuildFacts.From(job.GetValueOrDefault)), _ => { }, CancellationToken.None));
        _ = await new Child(
            await Programs.Peer("cosign-2"), Home, "sign", "-y", "--key", "cosign.key", "--tlog-upload=false", $"{Reference.Repository}@{root}").Run();
    }

    private async Task Push(RegistryRepository store, SampleImage image)
    {
        foreach (var blob in image.Blobs)
            _ = Bench.Must(await store.PushBlob(blob, CancellationToken.None));
        foreach (var platform in image.Platforms)
        {
            _ = Bench.Must(await store.PushManifest(platform.Manifest.Bytes, tag: null, CancellationToken.None));
            _ = Bench.Must(await store.PushManifest(platform.Attestation.Bytes, tag: null, CancellationToken.None));
        }

        _ = Bench.Must(await store.PushManifest(image.Index.Bytes, Reference.Tag, CancellationToken.None));
    }
}
