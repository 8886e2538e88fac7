using Plimsoll.Client.Layouts;
using Plimsoll.Client.Registry;
using Plimsoll.Oci;
using Plimsoll.World.Images;

namespace Plimsoll.EndToEnd.Tests.Product;

/// <summary>An image for two platforms that needs no engine, put where a test wants it in no time.</summary>
public static class SmallImage
{
    /// <summary>Pushes one; what it contains makes it another image.</summary>
    /// <param name="name">Host, repository and tag.</param>
    /// <param name="content">The text of its only file.</param>
    /// <returns>Its digest.</returns>
    public static async Task<string> Push(string name, string content = "afloat")
    {
        var reference = Reference.Parse(name).ShouldSucceed();
        using var client = new RegistryClient(new RegistryOptions(), TimeProvider.System);
        return await Put(client.Repository(reference.Repository).ShouldSucceed(), reference, content);
    }

    /// <summary>Puts one into a layout folder, which is made if it is not there.</summary>
    public static async Task<string> WriteLayout(string folder, string name, string content = "afloat")
        => await Put((await LayoutFolder.Create(folder, TestContext.Current.CancellationToken)).ShouldSucceed(), Reference.Parse(name).ShouldSucceed(), content);

    private static async Task<string> Put(IContentStore store, Reference reference, string content)
    {
        var (made, cancellation) = (SampleImage.Create($"{reference.Repository}", content), TestContext.Current.CancellationToken);
        foreach (var blob in made.Blobs)
            (await store.PushBlob(blob, cancellation)).ShouldSucceed();
        foreach (var document in made.Platforms.SelectMany(platform => new[] { platform.Manifest, platform.Attestation }))
            (await store.PushManifest(document.Bytes, tag: null, cancellation)).ShouldSucceed();
        return $"{(await store.PushManifest(made.Index.Bytes, reference.Tag, cancellation)).ShouldSucceed()}";
    }
}
