using Plimsoll.EndToEnd.Tests.Peers;
using Plimsoll.EndToEnd.Tests.Product;

namespace Plimsoll.EndToEnd.Tests;

/// <summary>An OCI layout that buildx wrote is signed before anything is pushed, and pushed with its signature by other tools.</summary>
public sealed class LayoutTests(SharedPeers peers) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_layout_is_signed_under_the_name_of_its_build_and_verified_where_oras_pushes_it()
    {
        var (engine, registry, job) = (await peers.Engine(), await peers.Registry(), Job.Start(await peers.Provider(), JobKind.GitHub));
        var (name, layout) = (registry.Name(SharedPeers.Repository("layout"), "1.0"), _folder.At("out"));
        using var context = await BuildContext.Busybox("from a layout");
        var built = await engine.BuildLayout(layout, context, name);

        var signed = await PlimsollProgram.Run(job.Environment, "sign", "--layout", layout, "--json");
        var before = await PlimsollProgram.Run(["verify", "--layout", layout, name, .. job.Trusted]);
        (await Oras.Run(null, "cp", "-r", "--from-oci-layout", "--to-plain-http", $"{layout}:1.0", name)).OrFail();
        var after = await PlimsollProgram.Run(["verify", name, .. job.Trusted]);

        Assert.Equal(built.Digest, signed.OrFail().Json().Text("digest"));
        Assert.Equal(name[..name.LastIndexOf(':')], signed.Json().Text("signed"));
        before.ShouldBeAccepted(name, built.Digest);
        after.ShouldBeAccepted(name, built.Digest);
    }

    [Fact]
    public async Task Skopeo_pushes_the_image_of_a_signed_layout_and_leaves_its_signature_behind()
    {
        var (engine, registry, job) = (await peers.Engine(), await peers.Registry(), Job.Start(await peers.Provider(), JobKind.GitHub));
        var (name, layout) = (registry.Name(SharedPeers.Repository("layout-skopeo"), "1.0"), _folder.At("out"));
        using var context = await BuildContext.Busybox("by skopeo", "linux/amd64");
        await engine.BuildLayout(layout, context, name);

        (await PlimsollProgram.Run(job.Environment, "sign", "--layout", layout, name, "--quiet")).OrFail();
        await Skopeo.Copy($"oci:{layout}:1.0", $"docker://{name}", "--all");

        (await PlimsollProgram.Run(["verify", name, .. job.Trusted])).ShouldBeRefused(13, "signature.none", "its attachments were lost when it was copied");
    }

    [Fact]
    public async Task A_build_without_a_name_is_signed_under_the_name_that_is_given()
    {
        var (engine, job) = (await peers.Engine(), Job.Start(await peers.Provider(), JobKind.GitLab));
        var layout = _folder.At("out");
        using var context = await BuildContext.Busybox("nameless");
        var built = await engine.BuildLayout(layout, context);

        var nameless = await PlimsollProgram.Run(job.Environment, "sign", "--layout", layout);
        var signed = await PlimsollProgram.Run(job.Environment, "sign", "--layout", layout, "registry.example/acme/app:1.4", "--metadata-file", built.MetadataFile, "--json");
        var again = await PlimsollProgram.Run(job.Environment, "sign", "--layout", layout, "registry.example/acme/app:1.4", "--json");
        var verified = await PlimsollProgram.Run(["verify", "--layout", layout, "registry.example/acme/app:1.4", .. job.Trusted]);
        var otherTag = await PlimsollProgram.Run(["verify", "--layout", layout, "registry.example/acme/app:1.5", .. job.Trusted]);

        nameless.ShouldBeRefused(2, "cli.layout-name", "--as");
        Assert.Equal([built.Digest, built.Digest], new[] { signed, again }.Select(one => one.OrFail().Json().Text("digest")));
        // BuildKit leaves the subjects of such a build's statements empty; the attachment says what they are about.
        Assert.Equal(2, signed.Json().GetProperty("statements").GetArrayLength());
        verified.ShouldBeAccepted("registry.example/acme/app:1.4", built.Digest);
        otherTag.ShouldBeRefused(11, "content.tag", "its digest");
    }

    [Fact]
    public async Task A_layout_that_somebody_changed_after_signing_is_refused()
    {
        var (layout, job) = (_folder.At("out"), Job.Start(await peers.Provider(), JobKind.GitHub));
        const string Image = "registry.example/acme/app:1.4";
        await SmallImage.WriteLayout(layout, Image);
        (await PlimsollProgram.Run(job.Environment, "sign", "--layout", layout, Image, "--quiet")).OrFail();
        (await PlimsollProgram.Run(["verify", "--layout", layout, Image, .. job.Trusted])).OrFail();

        await SmallImage.WriteLayout(layout, Image, "under water");

        (await PlimsollProgram.Run(["verify", "--layout", layout, Image, .. job.Trusted])).ShouldBeRefused(13, "signature.none", "plimsoll sign");
    }

    public void Dispose() => _folder.Dispose();
}
