using System.Diagnostics;
using Plimsoll.Client.Registry;
using Plimsoll.EndToEnd.Tests.Peers;
using Plimsoll.EndToEnd.Tests.Product;
using Plimsoll.Envelopes;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;
using Plimsoll.World.Identity;

namespace Plimsoll.EndToEnd.Tests;

/// <summary>A signing that is ended half-way, by its user or by force.</summary>
public sealed class InterruptionTests(SharedPeers peers) : IDisposable
{
    private const int Interrupt = 2, Kill = 9, Terminate = 15;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(RegistryKind.Docker)]
    [InlineData(RegistryKind.Embedded)]
    public async Task Killed_after_any_write_it_leaves_nothing_half_attached_and_the_next_one_succeeds(RegistryKind kind)
    {
        var job = Job.Start(await peers.Provider(), JobKind.GitHub);
        await using var proxy = await StallingProxy.Start(kind == RegistryKind.Docker ? (await peers.Registry()).Host : (await peers.Embedded()).Host);
        var image = $"{proxy.Host}/{SharedPeers.Repository("killed")}:1.4";
        var digest = await SmallImage.Push(image);
        string[] sign = ["sign", $"{image}@{digest}", "--quiet"];

        // What a crash before a write leaves is what one after the write before it leaves, so each write is let through once.
        for (var write = 1; ; write++)
        {
            var stalled = proxy.StallAt(write);
            using var process = Start(PlimsollProgram.Command(job.Environment, sign));
            await Task.WhenAny(stalled, process.WaitForExitAsync(Cancellation)).WaitAsync(Patience.Of(60), Cancellation);
            if (!stalled.IsCompleted)
            {
                Assert.Equal((0, true), (process.ExitCode, write > 3));
                break;
            }

            await End(process, Kill);
            await EverythingListedIsWhole(image, digest);
            proxy.PassEverything();
            (await PlimsollProgram.Run(job.Environment, sign)).OrFail();
            Assert.True(await EverythingListedIsWhole(image, digest) > 0);
        }

        (await PlimsollProgram.Run(["verify", image, .. job.Trusted])).ShouldBeAccepted(image, digest);
    }

    [Theory]
    [InlineData(Interrupt, 130)]
    [InlineData(Terminate, 143)]
    public async Task Ctrl_C_and_the_request_to_end_are_answered_with_what_to_do(int signal, int exitCode)
    {
        await using var proxy = await StallingProxy.Start((await peers.Registry()).Host);
        var image = $"{proxy.Host}/{SharedPeers.Repository("interrupted")}:1.4";
        var digest = await SmallImage.Push(image);
        var job = Job.Start(await peers.Provider(), JobKind.GitHub);
        var stalled = proxy.StallAt(2);
        using var process = Start(PlimsollProgram.Command(job.Environment, "sign", $"{image}@{digest}", "--quiet"));
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
        await stalled.WaitAsync(Patience.Of(60), Cancellation);

        await End(process, signal);

        Assert.Equal(exitCode, process.ExitCode);
        Assert.Equal("", await output);
        Assert.Equal("plimsoll: interrupted before it was done\nnext: run it again; what was begun does no harm\n", await errors);
        Assert.Equal(0, await EverythingListedIsWhole(image, digest));
    }

    [Fact]
    public async Task A_layout_stays_as_it_was_when_a_signing_is_killed_while_it_waits_for_its_token()
    {
        await using var provider = await IdentityProviderServer.Start(TimeProvider.System);
        var (layout, job) = (_folder.At("layout"), Job.GitHub(provider));
        await SmallImage.WriteLayout(layout, "registry.example/acme/app:1.4");
        var before = Contents(layout);
        provider.Misbehaviour = Misbehaviour.None with { Silent = true };
        using var process = Start(PlimsollProgram.Command(job.Environment, "sign", "--layout", layout, "registry.example/acme/app:1.4", "--quiet"));
        Assert.True(await Patience.Until(_ => Task.FromResult(provider.Requests.Any(path => path.EndsWith("/idtoken", StringComparison.Ordinal))), Patience.Of(60), Cancellation));

        await End(process, Kill);

        Assert.Equal(before, Contents(layout));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Reads what is attached, down to the envelopes; the test fails if anything listed is not there as a whole.</summary>
    private static async Task<int> EverythingListedIsWhole(string image, string digest)
    {
        using var client = new RegistryClient(new RegistryOptions(), TimeProvider.System);
        var repository = client.Repository(Reference.Parse(image).ShouldSucceed().Repository).ShouldSucceed();
        var root = Digest.Parse(digest).ShouldSucceed();
        var list = (await repository.ListReferrers(root, null, Cancellation)).ShouldSucceed();
        foreach (var entry in list.Entries)
        {
            var stored = (await repository.GetManifest(entry.Digest, Cancellation)).ShouldSucceed();
            var manifest = ImageManifest.Parse(stored.Bytes, entry).ShouldSucceed();
            Assert.Equal(root, manifest.Subject!.Digest);
            // Without the copy that the manifest carries: the blob itself has to be there.
            var layer = Assert.Single(manifest.Layers) with { Data = null };
            var envelope = (await repository.GetBlob(layer, 1 << 20, Cancellation)).ShouldSucceed();
            Assert.Single(DsseEnvelope.Parse(envelope).ShouldSucceed().Signatures);
        }

        return list.Entries.Length;
    }

    private static Process Start(Command command)
    {
        var process = new Process { StartInfo = Command.StartInfo(command.Program, command.Arguments, command.Environment, command.Folder) };
        process.Start();
        return process;
    }

    private static async Task End(Process process, int signal)
    {
        Assert.Equal(0, Signals.Send(process.Id, signal));
        await process.WaitForExitAsync(Cancellation).WaitAsync(Patience.Of(30), Cancellation);
    }

    private static string[] Contents(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => $"{file} {Digest.Sha256(File.ReadAllBytes(file))}")];
}
