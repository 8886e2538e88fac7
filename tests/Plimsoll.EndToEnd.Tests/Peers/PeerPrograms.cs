namespace Plimsoll.EndToEnd.Tests.Peers;

/// <summary>The programs of other projects, brought by <c>tests/peers/bring</c>.</summary>
public static class PeerPrograms
{
    private static readonly Lazy<Task<string>> Brought = new(Bring);

    /// <summary>The path of a program, such as <c>skopeo</c>; the first call of a run may download them all.</summary>
    public static async Task<string> Find(string name)
    {
        var program = Path.Combine(await Folder(), "bin", name);
        return File.Exists(program) ? program : throw new PeerException($"{program} is missing: tests/peers/bring has to make it");
    }

    /// <summary>The same, but the file itself where it is a link, for tools that copy links as links.</summary>
    public static async Task<string> Resolve(string name)
    {
        var found = await Find(name);
        return File.ResolveLinkTarget(found, returnFinalTarget: true)?.FullName ?? found;
    }

    /// <summary>The folder that holds all of them; <c>bin</c> in it belongs on a server's PATH.</summary>
    public static Task<string> Folder() => Brought.Value;

    private static async Task<string> Bring()
    {
        if (Environment.GetEnvironmentVariable("PLIMSOLL_PEERS") is { Length: > 0 } given)
            return given;

        var brought = await new Command(Path.Combine(TestData.Repository, "tests", "peers", "bring")) { Timeout = Patience.Of(600) }.Run();
        return brought.OrFail().Output.Trim();
    }
}
