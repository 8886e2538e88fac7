namespace Plimsoll.EndToEnd.Tests.Peers;

/// <summary>The skopeo client: copies images between layouts and registries.</summary>
public static class Skopeo
{
    public static async Task<Finished> Run(params string[] arguments)
    {
        using var home = new TemporaryFolder();
        return await new Command(await PeerPrograms.Find("skopeo"), ["--insecure-policy", .. arguments])
        {
            Environment = new Dictionary<string, string?> { ["HOME"] = home.Root, ["TMPDIR"] = home.Root, ["XDG_RUNTIME_DIR"] = home.Root },
        }.Run();
    }

    /// <summary>Copies one image, or with <c>--all</c> an index and all it lists; names carry their transport (<c>docker://</c>, <c>oci:</c>).</summary>
    public static async Task<Finished> Copy(string from, string to, params string[] more) =>
        (await Run(["copy", "--src-tls-verify=false", "--dest-tls-verify=false", .. more, from, to])).OrFail();
}
