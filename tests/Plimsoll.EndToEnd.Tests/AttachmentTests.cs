using System.Text;
using System.Text.Json;
using Plimsoll.EndToEnd.Tests.Peers;
using Plimsoll.EndToEnd.Tests.Product;

namespace Plimsoll.EndToEnd.Tests;

/// <summary>What we attach is seen, fetched and left alone by the tools that people have, and theirs by us.</summary>
public sealed class AttachmentTests(SharedPeers peers)
{
    private const string Envelope = "application/vnd.in-toto.release+dsse";
    private const string Predicate = "https://plimsoll.dev/release/v1";

    [Theory]
    [InlineData(RegistryKind.Docker)]
    [InlineData(RegistryKind.Embedded)]
    public async Task Oras_and_cosign_list_the_signature_and_fetch_it(RegistryKind kind)
    {
        var (image, job, digest) = (await peers.CopyImage("listed", kind), Job.Start(await peers.Provider(), JobKind.GitLab), (await peers.Image()).Digest);
        var signed = (await PlimsollProgram.Run(job.Environment, "sign", image, "--digest", digest, "--json")).OrFail().Json();
        var (repository, envelope) = (image[..image.LastIndexOf(':')], signed.Text("envelope"));

        using var listed = JsonDocument.Parse(await Oras.Discover(image));
        var referrer = Assert.Single(listed.RootElement.GetProperty("referrers").EnumerateArray());
        Assert.Equal((envelope, Envelope), (referrer.Text("digest"), referrer.Text("artifactType")));
        Assert.Equal(Predicate, referrer.Text("annotations", "in-toto.io/predicate-type"));

        using var manifest = JsonDocument.Parse((await Oras.Run(null, "manifest", "fetch", "--plain-http", $"{repository}@{envelope}")).OrFail().Output);
        Assert.Equal(digest, manifest.RootElement.Text("subject", "digest"));
        var layer = Assert.Single(manifest.RootElement.GetProperty("layers").EnumerateArray());
        var bytes = (await Oras.Run(null, "blob", "fetch", "--plain-http", "--output", "-", $"{repository}@{layer.Text("digest")}")).OrFail().Output;
        SaysWhatWasSigned(bytes, repository, digest, job);

        using var cosign = await Cosign.V3();
        var tree = (await cosign.Tree(image)).OrFail().Output.Split('\n');
        var line = Array.FindIndex(tree, text => text.EndsWith($"{Envelope} artifacts via OCI referrer: {repository}@{envelope}", StringComparison.Ordinal));
        Assert.True(line > 0, string.Join('\n', tree));
        Assert.EndsWith(layer.Text("digest"), tree[line + 1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RegistryKind.Docker)]
    [InlineData(RegistryKind.Embedded)]
    public async Task Signatures_of_cosign_and_ours_stand_side_by_side(RegistryKind kind)
    {
        var (image, job, digest) = (await peers.CopyImage("beside", kind), Job.Start(await peers.Provider(), JobKind.GitHub), (await peers.Image()).Digest);
        var pinned = $"{image[..image.LastIndexOf(':')]}@{digest}";
        using var older = await Cosign.V2();
        using var newer = await Cosign.V3();
        var key = await older.GenerateKey();

        await newer.Sign(key, pinned);
        (await PlimsollProgram.Run(job.Environment, "sign", image, "--digest", digest, "--quiet")).OrFail();
        await older.Sign(key, pinned);
        await newer.Sign(key, pinned);

        (await newer.Verify(key, pinned)).OrFail();
        (await older.Verify(key, pinned)).OrFail();
        (await PlimsollProgram.Run(["verify", image, .. job.Trusted])).ShouldBeAccepted(image, digest);
        using var listed = JsonDocument.Parse(await Oras.Discover(image));
        Assert.Single(listed.RootElement.GetProperty("referrers").EnumerateArray(), entry => entry.Text("artifactType") == Envelope);
    }

    [Fact]
    public async Task A_copy_by_oras_takes_the_signature_along_between_the_two_kinds_of_registries()
    {
        var (image, job, digest) = (await peers.CopyImage("there"), Job.Start(await peers.Provider(), JobKind.GitHub), (await peers.Image()).Digest);
        var (there, back) = ($"{(await peers.Embedded()).Host}/{SharedPeers.Repository("and")}:1.4", (await peers.Registry()).Name(SharedPeers.Repository("back"), "1.4"));
        (await PlimsollProgram.Run(job.Environment, "sign", image, "--digest", digest, "--quiet")).OrFail();

        await Oras.CopyWithReferrers(image, there);
        await Oras.CopyWithReferrers(there, back);

        // The name that was released is another one; who looks for that name in a mirror says so.
        var released = image[..image.LastIndexOf(':')];
        (await PlimsollProgram.Run(["verify", back, "--as", released, .. job.Trusted])).ShouldBeAccepted(image, digest);
        (await PlimsollProgram.Run(["verify", there, "--as", released, .. job.Trusted])).ShouldBeAccepted(image, digest);
    }

    private static void SaysWhatWasSigned(string bytes, string repository, string digest, Job job)
    {
        using var envelope = JsonDocument.Parse(bytes);
        Assert.Equal("application/vnd.in-toto+json", envelope.RootElement.Text("payloadType"));
        using var statement = JsonDocument.Parse(Convert.FromBase64String(envelope.RootElement.Text("payload")));
        Assert.Equal(Predicate, statement.RootElement.Text("predicateType"));
        var subject = Assert.Single(statement.RootElement.GetProperty("subject").EnumerateArray());
        Assert.Equal((repository, digest["sha256:".Length..]), (subject.Text("name"), subject.Text("digest", "sha256")));
        Assert.Equal(2, statement.RootElement.GetProperty("predicate").GetProperty("children").GetArrayLength());

        // The ID token is public but for its signature: with it, anyone could act as the job.
        var extension = Assert.Single(envelope.RootElement.GetProperty("signatures").EnumerateArray()).GetProperty("extension");
        var token = Encoding.UTF8.GetString(Convert.FromBase64String(extension.Text("ext", "pkt")));
        Assert.Contains(job.Environment["OPENPUBKEY_JWT"].Split('.')[1], token, StringComparison.Ordinal);
        Assert.DoesNotContain(job.Secrets.Single(), token, StringComparison.Ordinal);
        Assert.DoesNotContain(job.Secrets.Single(), bytes, StringComparison.Ordinal);
    }
}
