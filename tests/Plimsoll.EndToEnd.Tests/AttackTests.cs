using Plimsoll.EndToEnd.Tests.Peers;
using Plimsoll.EndToEnd.Tests.Product;
using Plimsoll.World.Identity;

namespace Plimsoll.EndToEnd.Tests;

/// <summary>Attacks on what was signed, and things that break, against the command as a process: its exit code, its code, its way out.</summary>
public sealed class AttackTests(SharedPeers peers)
{
    [Fact]
    public async Task An_image_copied_with_its_signature_to_another_repository_is_refused()
    {
        var (image, job) = await Signed("copied");
        var elsewhere = (await peers.Registry()).Name(SharedPeers.Repository("elsewhere"), "1.4");

        await Oras.CopyWithReferrers(image, elsewhere);

        (await Verify(elsewhere, job)).ShouldBeRefused(11, "content.repository", "plimsoll sign --as");
    }

    [Fact]
    public async Task An_image_copied_without_its_signature_is_refused()
    {
        var (image, job) = await Signed("bare");
        var elsewhere = (await peers.Registry()).Name(SharedPeers.Repository("elsewhere"), "1.4");

        await Skopeo.Copy($"docker://{image}", $"docker://{elsewhere}", "--all");

        (await Verify(elsewhere, job)).ShouldBeRefused(13, "signature.none", "plimsoll sign");
    }

    [Fact]
    public async Task An_image_that_another_tag_of_the_repository_means_is_refused_under_that_tag()
    {
        var (image, job) = await Signed("moved");
        var moved = image.Replace(":1.4", ":1.5", StringComparison.Ordinal);

        await Skopeo.Copy($"docker://{image}", $"docker://{moved}", "--all");

        (await Verify(moved, job)).ShouldBeRefused(11, "content.tag", "its digest");
    }

    [Fact]
    public async Task A_tag_moved_to_another_image_is_refused()
    {
        var (image, job) = await Signed("replaced");

        await SmallImage.Push(image, "under water");

        (await Verify(image, job)).ShouldBeRefused(13, "signature.none", "plimsoll sign");
    }

    [Fact]
    public async Task Another_repository_that_signs_under_the_same_name_is_refused()
    {
        var (image, provider) = (await peers.CopyImage("stranger"), await peers.Provider());
        var stranger = Job.GitHub(provider, new ActionsJob { Repository = "mallory/app", RepositoryId = "1" });
        var sameName = Job.GitHub(provider, new ActionsJob { RepositoryId = "99" });
        var digest = (await peers.Image()).Digest;

        (await PlimsollProgram.Run(stranger.Environment, "sign", image, "--digest", digest, "--quiet")).OrFail();
        (await Verify(image, Job.GitHub(provider))).ShouldBeRefused(11, "identity.mismatch", "find out who signed");
        (await PlimsollProgram.Run(sameName.Environment, "sign", image, "--digest", digest, "--quiet")).OrFail();
        (await Verify(image, Job.GitHub(provider))).ShouldBeRefused(11, "identity.mismatch", "find out who signed");
    }

    [Fact]
    public async Task A_byte_changed_behind_the_registry_s_back_is_refused_in_the_envelope_and_in_the_index()
    {
        await using var registry = await DockerRegistry.Start();
        var (image, job) = (registry.Name("acme/app", "1.4"), Job.Start(await peers.Provider(), JobKind.GitHub));
        var digest = await SmallImage.Push(image);
        var signed = (await PlimsollProgram.Run(job.Environment, "sign", image, "--digest", digest, "--json")).OrFail().Json();

        Tamper(registry, signed.Text("envelope"));
        (await Verify(image, job)).ShouldBeRefused(11, "digest.mismatch", "changed content");

        Tamper(registry, digest);
        (await Verify($"{image}@{digest}", job)).ShouldBeRefused(11, "digest.mismatch", "changed content");
        // Under the tag it is another image now, and nobody signed that one.
        (await Verify(image, job)).ShouldBeRefused(13, "signature.none", "plimsoll sign");
    }

    [Fact]
    public async Task A_platform_changed_behind_the_registry_s_back_is_refused_by_the_engine_that_is_told_the_verdict_s_digest()
    {
        var engine = await peers.Engine();
        await using var registry = await DockerRegistry.Start();
        var (image, job) = (registry.Name("acme/app", "1.4"), Job.Start(await peers.Provider(), JobKind.GitHub));
        var digest = await SmallImage.Push(image);
        (await PlimsollProgram.Run(job.Environment, "sign", image, "--digest", digest, "--quiet")).OrFail();
        var (amd64, arm64) = (await Manifest("linux/amd64"), await Manifest("linux/arm64"));

        Tamper(registry, amd64);

        var pulled = await engine.Docker("pull", "--platform", "linux/amd64", registry.Name("acme/app", amd64));
        Assert.True(pulled.ExitCode != 0, pulled.ToString());
        (await engine.Docker("pull", "--platform", "linux/arm64", registry.Name("acme/app", arm64))).OrFail();

        async Task<string> Manifest(string platform)
            => (await PlimsollProgram.Run(["verify", image, .. job.Trusted, "--platform", platform, "--json"])).OrFail().Json().Text("manifest");
    }

    [Fact]
    public async Task A_registry_that_hides_what_is_attached_gains_nothing()
    {
        var registry = await peers.Registry();
        var (image, job) = await Signed("hidden");
        var list = $"sha256-{(await peers.Image()).Digest.Split(':')[1]}";

        await registry.PutManifest(image[(registry.Host.Length + 1)..image.LastIndexOf(':')], list, """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"""u8.ToArray(), "application/vnd.oci.image.index.v1+json");

        (await Verify(image, job)).ShouldBeRefused(13, "signature.none", "plimsoll sign");
    }

    [Fact]
    public async Task A_signature_under_a_key_that_the_provider_took_back_is_refused()
    {
        await using var provider = await IdentityProviderServer.Start(TimeProvider.System);
        var (image, job, digest) = (await peers.CopyImage("key-gone"), Job.GitHub(provider), (await peers.Image()).Digest);
        (await PlimsollProgram.Run(job.Environment, "sign", image, "--digest", digest, "--quiet")).OrFail();
        (await Verify(image, job)).ShouldBeAccepted(image, digest);

        provider.Keys.Rotate(keepOld: false);

        (await Verify(image, job)).ShouldBeRefused(11, "openpubkey.op-key-lookup", "fetch the provider's keys again");
    }

    [Fact]
    public async Task Without_the_provider_or_the_registry_nothing_is_accepted()
    {
        var provider = await IdentityProviderServer.Start(TimeProvider.System);
        var (image, job, digest) = (await peers.CopyImage("provider-gone"), Job.GitHub(provider), (await peers.Image()).Digest);
        (await PlimsollProgram.Run(job.Environment, "sign", image, "--digest", digest, "--quiet")).OrFail();

        await provider.DisposeAsync();

        (await Verify(image, job)).ShouldBeRefused(15, "identity.unreachable", "try again");
        (await PlimsollProgram.Run(job.Environment, "sign", image, "--digest", digest, "--quiet")).ShouldBeRefused(15, "identity.unreachable", "try again");
        // Port 9 is 'discard': nothing listens there in a namespace of its own.
        (await Verify("127.0.0.1:9/acme/app:1.4", job)).ShouldBeRefused(15, "registry.unreachable", "the network");
    }

    private async Task<(string Image, Job Job)> Signed(string about)
    {
        var (image, job) = (await peers.CopyImage(about), Job.Start(await peers.Provider(), JobKind.GitHub));
        (await PlimsollProgram.Run(job.Environment, "sign", image, "--digest", (await peers.Image()).Digest, "--quiet")).OrFail();
        return (image, job);
    }

    private static Task<Finished> Verify(string image, Job job) => PlimsollProgram.Run(["verify", image, .. job.Trusted]);

    /// <summary>Changes one digit of a digest in a manifest, so that registries still take it for one.</summary>
    private static void Tamper(DockerRegistry registry, string digest)
    {
        var hex = digest.Split(':')[1];
        var file = Path.Combine(registry.Storage, "blobs", "sha256", hex[..2], hex, "data");
        var bytes = File.ReadAllBytes(file);
        var at = bytes.AsSpan().IndexOf("\"sha256:"u8) + 20;
        bytes[at] = (byte)(bytes[at] == '0' ? '1' : '0');
        File.WriteAllBytes(file, bytes);
    }
}
