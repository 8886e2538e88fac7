namespace Plimsoll.EndToEnd.Tests.Peers;

/// <summary>The umoci tool: makes images in OCI layouts without an engine.</summary>
public static class Umoci
{
    public static async Task<Finished> Run(params string[] arguments) => await new Command(await PeerPrograms.Find("umoci"), arguments).Run();

    /// <summary>Makes a layout with one image of one layer: busybox, saying something.</summary>
    /// <returns>The layout's folder; the image has the given tag.</returns>
    public static async Task<string> BusyboxLayout(TemporaryFolder folder, string tag, string says)
    {
        var layout = folder.At("layout");
        var image = $"{layout}:{tag}";
        (await Run("init", "--layout", layout)).OrFail();
        (await Run("new", "--image", image)).OrFail();
        (await Run("insert", "--image", image, await PeerPrograms.Resolve("busybox"), "/bin/busybox")).OrFail();
        (await Run(
            "config", "--image", image, "--config.entrypoint", "/bin/busybox", "--config.entrypoint", "echo", "--config.entrypoint", says)).OrFail();
        return layout;
    }
}
