namespace Plimsoll.Benchmarks.Verify;

/// <summary>The least that each program can do: print its version.</summary>
public static class StartFigures
{
    /// <summary>The figures.</summary>
    public static IEnumerable<Figure> All() =>
    [
        Of("start.developer", "-", () => Task.FromResult(Programs.Plimsoll), "--version"),
        Of("start.published", "< 60 ms", () => Task.FromResult(Programs.Published), "--version"),
        Of("start.cosign", "-", () => Programs.Peer("cosign-2"), "version"),
        Of("start.notation", "-", () => Programs.Peer("notation"), "version"),
    ];

    private static Figure Of(string name, string target, Func<Task<string>> program, string argument) => new(name, "ms", target, async bench =>
    {
        var runs = new List<ChildRun>();
        await Turns.Take([(new Child(await program(), Path.GetTempPath(), argument), runs)], bench.Quick ? 7 : 31);
        return runs.Milliseconds();
    });
}
