using Plimsoll.EndToEnd.Tests.Peers;
using Plimsoll.EndToEnd.Tests.Product;

namespace Plimsoll.EndToEnd.Tests;

/// <summary>CI jobs sign what the real BuildKit built, in both kinds of registries; the command verifies it as everybody would.</summary>
public sealed class SigningTests(SharedPeers peers) : IDisposable
{
    private const string Provenance = "https://slsa.dev/provenance/v0.2";

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(RegistryKind.Docker, JobKind.GitHub)]
    [InlineData(RegistryKind.Docker, JobKind.GitLab)]
    [InlineData(RegistryKind.Docker, JobKind.Forgejo)]
    [InlineData(RegistryKind.Embedded, JobKind.GitHub)]
    [InlineData(RegistryKind.Embedded, JobKind.GitLab)]
    public async Task What_a_job_signs_is_accepted_whole_and_for_each_platform(RegistryKind registry, JobKind kind)
    {
        var digest = (await peers.Image()).Digest;
        var image = await peers.CopyImage("signed", registry);
        var job = Job.Start(await peers.Provider(), kind);
        var policy = _folder.Write("policy.yaml", job.Policy(image.Replace("/app:1.4", "/*", StringComparison.Ordinal)));

        var signed = await PlimsollProgram.Run(job.Environment, "sign", image, "--metadata-file", (await peers.Image()).MetadataFile);
        var verified = await Task.WhenAll(
            PlimsollProgram.Run("verify", image, "--policy", policy),
            PlimsollProgram.Run("verify", image, "--policy", policy, "--platform", "linux/amd64", "--json"),
            PlimsollProgram.Run(["verify", image, .. job.Trusted, "--platform", "linux/arm64"]),
            PlimsollProgram.Run(["verify", $"{image}@{digest}", .. job.Trusted, "--json"]));

        SignedTheWholeImage(signed, image, digest, job);
        verified[0].ShouldBeAccepted(image, digest);
        verified[2].ShouldBeAccepted(image, digest);
        HasFindings(verified[0].Output, job);
        Assert.Contains($"linux/arm64 is {Manifest(signed, "linux/arm64")}", verified[2].Output, StringComparison.Ordinal);

        var (amd64, whole) = (verified[1].Json(), verified[3].Json());
        Assert.Equal(("accepted", image, digest), (amd64.Text("verdict"), amd64.Text("image"), amd64.Text("digest")));
        Assert.Equal(("linux/amd64", Manifest(signed, "linux/amd64")), (amd64.Text("platform"), amd64.Text("manifest")));
        Assert.Equal(("accepted", $"{image}@{digest}", digest), (whole.Text("verdict"), whole.Text("image"), whole.Text("digest")));
        Assert.False(whole.TryGetProperty("manifest", out _));
        var signer = Assert.Single(whole.GetProperty("signers").EnumerateArray());
        Assert.Equal((job.Issuer, job.Provider), (signer.Text("issuer"), signer.Text("provider")));
        Assert.Equal(job.Identity, signer.GetProperty("claims").EnumerateObject().Select(claim => (claim.Name, claim.Value.GetString()!)));
    }

    [Fact]
    public async Task A_pod_signs_with_the_token_that_is_projected_into_it()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PLIMSOLL_ISOLATED") == "root", "a pod's files have a fixed place: needs root and a machine that allows namespaces");
        var (image, provider) = (await peers.CopyImage("pod"), await peers.Provider());
        var token = _folder.Write("token", provider.KubernetesToken());
        var digest = (await peers.Image()).Digest;

        // A mount namespace of its own, so that no other test finds itself in a pod.
        var signed = await new Command(
            "unshare", "--mount", "sh", "-ec", """
            mkdir -p /run/secrets && mount -t tmpfs tmpfs /run/secrets && mkdir /run/secrets/tokens && cp "$1" /run/secrets/tokens/plimsoll
            exec "$2" sign "$3" --digest "$4"
            """, "sh", token, PlimsollProgram.File, image, digest)
        { Environment = PlimsollProgram.Clean(new Dictionary<string, string> { ["KUBERNETES_SERVICE_HOST"] = "10.0.0.1" }) }.Run();
        var verified = await PlimsollProgram.Run(
            "verify", image, "--provider", "kubernetes", "--issuer", provider.KubernetesIssuer, "--identity", "sub=system:serviceaccount:build:publisher");

        Assert.Contains($"signing as Kubernetes ({provider.KubernetesIssuer})", signed.OrFail().Errors, StringComparison.Ordinal);
        verified.ShouldBeAccepted(image, digest);
    }

    [Fact]
    public async Task Any_system_signs_with_a_token_file()
    {
        var (image, provider) = (await peers.CopyImage("token-file"), await peers.Provider());
        var digest = (await peers.Image()).Digest;
        var token = provider.KubernetesToken();

        var signed = await PlimsollProgram.Run("sign", image, "--digest", digest, "--token-file", _folder.Write("token", token), "--json");
        var verified = await PlimsollProgram.Run(
            "verify", image, "--provider", "token-file", "--issuer", provider.KubernetesIssuer, "--identity", "sub=system:serviceaccount:build:publisher");

        Assert.Equal("system:serviceaccount:build:publisher", signed.OrFail().Json().Text("claims", "sub"));
        Assert.DoesNotContain(token.Split('.')[^1], signed.Output, StringComparison.Ordinal);
        verified.ShouldBeAccepted(image, digest);
    }

    [Fact]
    public async Task A_manifest_without_an_index_is_signed_by_the_metadata_file_of_its_build()
    {
        var (engine, registry, job) = (await peers.Engine(), await peers.Registry(), Job.Start(await peers.Provider(), JobKind.GitHub));
        using var context = await BuildContext.Busybox("alone", "linux/amd64");
        var built = await engine.BuildAndPush(registry.Name(SharedPeers.Repository("single"), "2.0"), context, "--provenance=false", "--sbom=false");

        var signed = await PlimsollProgram.Run(job.Environment, "sign", built.Name, "--metadata-file", built.MetadataFile, "--json");
        var verified = await Task.WhenAll(
            PlimsollProgram.Run(["verify", built.Name, .. job.Trusted, "--platform", "linux/amd64", "--json"]),
            PlimsollProgram.Run(["verify", built.Name, .. job.Trusted, "--platform", "linux/arm64"]));

        Assert.Equal(built.Digest, signed.OrFail().Json().Text("digest"));
        Assert.Equal(built.Digest, verified[0].OrFail().Json().Text("manifest"));
        verified[1].ShouldBeRefused(13, "content.platform", "linux/amd64");
    }

    [Fact]
    public async Task An_id_file_names_what_was_pushed_or_the_refusal_says_that_it_does_not()
    {
        var (engine, registry, job) = (await peers.Engine(), await peers.Registry(), Job.Start(await peers.Provider(), JobKind.GitHub));
        using var context = await BuildContext.Busybox("by its id", "linux/amd64");
        var (name, pushed, configuration) = (registry.Name(SharedPeers.Repository("id-file"), "1.0"), _folder.At("pushed"), _folder.At("configuration"));
        var built = await engine.BuildAndPush(name, context, "--iidfile", pushed);
        await engine.BuildAndPush(name, context, "--provenance=false", "--iidfile", configuration);

        var signed = await PlimsollProgram.Run(job.Environment, "sign", name, "--iidfile", pushed, "--json");
        var refused = await PlimsollProgram.Run(job.Environment, "sign", name, "--iidfile", configuration, "--quiet");

        Assert.Equal(built.Digest, signed.OrFail().Json().Text("digest"));
        // docker-registry answers 500 to a configuration that is asked for as a manifest.
        refused.ShouldBeRefused(15, "registry.busy", "then use --metadata-file");
    }

    [Fact]
    public async Task A_tag_is_signed_only_on_request_and_an_image_has_the_tags_it_was_released_under()
    {
        var (image, job, digest) = (await peers.CopyImage("tags"), Job.Start(await peers.Provider(), JobKind.GitHub), (await peers.Image()).Digest);
        var latest = image.Replace(":1.4", ":latest", StringComparison.Ordinal);
        await Skopeo.Copy($"docker://{image}", $"docker://{latest}", "--all");

        var refused = await PlimsollProgram.Run(job.Environment, "sign", image);
        var signed = await PlimsollProgram.Run(job.Environment, "sign", image, "--resolve-tag-unsafe", "--json");
        var before = await PlimsollProgram.Run(["verify", latest, .. job.Trusted]);
        var further = await PlimsollProgram.Run(job.Environment, "sign", $"{image}@{digest}", "--tag", "latest", "--json");
        var after = await PlimsollProgram.Run(["verify", latest, .. job.Trusted]);

        refused.ShouldBeRefused(13, "sign.tag-only", "--metadata-file");
        Assert.Equal(digest, signed.OrFail().Json().Text("digest"));
        before.ShouldBeRefused(11, "content.tag", "its digest");
        Assert.Equal(["1.4", "latest"], further.OrFail().Json().GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        after.ShouldBeAccepted(latest, digest);
    }

    [Fact]
    public async Task An_image_is_promoted_under_another_name()
    {
        var (staging, production) = (await peers.CopyImage("staging"), $"{(await peers.Embedded()).Host}/{SharedPeers.Repository("production")}:1.4");
        var (job, digest) = (Job.Start(await peers.Provider(), JobKind.GitLab), (await peers.Image()).Digest);

        var signed = await PlimsollProgram.Run(job.Environment, "sign", staging, "--digest", digest, "--as", production[..production.LastIndexOf(':')], "--json");
        await Oras.CopyWithReferrers(staging, production);
        var verified = await Task.WhenAll(
            PlimsollProgram.Run(["verify", production, .. job.Trusted]), PlimsollProgram.Run(["verify", staging, .. job.Trusted]));

        // BuildKit's statements call the image by the name it was built under: that is told, and no veto.
        var built = (await peers.Image()).Name.Split('/')[1];
        Assert.All(signed.OrFail().Json().GetProperty("foreignNames").EnumerateArray(), name => Assert.Contains(built, name.GetString(), StringComparison.Ordinal));
        Assert.NotEmpty(signed.Json().GetProperty("foreignNames").EnumerateArray());
        verified[0].ShouldBeAccepted(production, digest);
        verified[1].ShouldBeRefused(11, "content.repository", "pull it from where it was released");
    }

    [Fact]
    public async Task A_statement_that_a_build_step_plants_about_a_foreign_image_is_left_out()
    {
        var (engine, registry, job) = (await peers.Engine(), await peers.Registry(), Job.Start(await peers.Provider(), JobKind.GitHub));
        var victim = (await peers.Image()).Digest;
        using var context = await BuildContext.Busybox("planted", "linux/amd64");
        var scanner = await SbomScanner.Push(engine, registry, planted: victim);
        var built = await engine.BuildAndPush(registry.Name(SharedPeers.Repository("planted"), "1.0"), context, $"--sbom=generator={scanner}");

        var text = await PlimsollProgram.Run(job.Environment, "sign", built.Name, "--metadata-file", built.MetadataFile);

        Assert.Single(text.OrFail().Output.Split('\n'), line => line.StartsWith($"  statement  {SbomScanner.Predicate}  sha256:", StringComparison.Ordinal));
        var leftOut = Assert.Single(text.Output.Split('\n'), line => line.StartsWith("  left out   sha256:", StringComparison.Ordinal));
        Assert.Contains(victim, leftOut, StringComparison.Ordinal);
        Assert.Matches("   subject\\.[a-z-]+$", leftOut);
    }

    public void Dispose() => _folder.Dispose();

    private static void SignedTheWholeImage(Finished signed, string image, string digest, Job job)
    {
        var lines = signed.OrFail().Output.Split('\n');
        Assert.Equal($"signed  {image}  {digest}", lines[0]);
        Assert.Equal(["linux/amd64", "linux/arm64"], lines.Where(line => line.StartsWith("  image ", StringComparison.Ordinal)).Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries)[1].Trim()));
        Assert.Equal(2, lines.Count(line => line.StartsWith($"  statement  {Provenance}  sha256:", StringComparison.Ordinal)));
        Assert.Equal(2, lines.Count(line => line.StartsWith($"  statement  {SbomScanner.Predicate}  sha256:", StringComparison.Ordinal)));
        Assert.Single(lines, line => line.StartsWith("  envelope   sha256:", StringComparison.Ordinal));
        Assert.All(job.Identity, pair => Assert.Contains($"{pair.Claim} {pair.Value}", lines[1], StringComparison.Ordinal));

        Assert.All(signed.Errors.TrimEnd('\n').Split('\n'), line => Assert.StartsWith("… ", line, StringComparison.Ordinal));
        Assert.NotEmpty(job.Secrets);
        Assert.All(job.Secrets, secret => Assert.DoesNotContain(secret, signed.ToString(), StringComparison.Ordinal));
    }

    private static void HasFindings(string output, Job job)
    {
        Assert.All(
            ["time", "log", "catalogue", "keys"],
            about => Assert.Matches($"\n  unsafe   {about} +[a-z]", output));
        Assert.Contains($"\n  ok       identity   {string.Join(", ", job.Identity.Select(pair => $"{pair.Claim} {pair.Value}"))}  ({job.Provider}, {job.Issuer})\n", output, StringComparison.Ordinal);
        Assert.EndsWith(", 2 images, 4 statements\n", output, StringComparison.Ordinal);
        // Only where the key is bound by the proof's header may another holder of the job's token have signed.
        Assert.Equal(job.Binding.Contains("gq", StringComparison.Ordinal), output.Contains("\n  unsafe   binding ", StringComparison.Ordinal));
    }

    /// <summary>The digest that the signing printed for a platform.</summary>
    private static string Manifest(Finished signed, string platform)
        => signed.Output.Split('\n').Single(line => line.StartsWith($"  image      {platform}  ", StringComparison.Ordinal)).Split(' ')[^1];
}
