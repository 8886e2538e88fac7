namespace Plimsoll.Benchmarks.Verify;

/// <summary><c>plimsoll verify</c> as a whole process beside <c>cosign verify --key</c> 2.5, on the same image in the same registry.</summary>
public static class VerifyFigures
{
    private static readonly string[] Phases = ["start", "read", "gather", "decide", "print", "end"];

    /// <summary>The figures.</summary>
    public static IEnumerable<Figure> All() =>
    [
        Direct("verify.developer", "ms", runs => runs.Developer.Milliseconds()),
        Direct("verify.published", "ms", runs => runs.Published.Milliseconds()),
        Direct("verify.cosign", "ms", runs => runs.Cosign.Milliseconds()),
        Direct("verify.developer.ratio", "cosign", runs => runs.Developer.Ratio(runs.Cosign)),
        Direct("verify.published.ratio", "cosign", runs => runs.Published.Ratio(runs.Cosign)),
        .. Phases.Select(phase => Direct($"verify.developer.phase.{phase}", "ms", runs => runs.Developer.Phase(phase))),
        .. Phases.Select(phase => Direct($"verify.published.phase.{phase}", "ms", runs => runs.Published.Phase(phase))),
        Wire("verify.requests", "requests", "-", runs => runs.PlimsollAsked.Count),
        Wire("verify.requests.repeated", "requests", "<= 0 requests", runs => runs.PlimsollAsked.Count - runs.PlimsollAsked.DistinctBy(asked => asked.What).Count()),
        Wire("verify.round-trips", "round trips", "<= 3 round trips", runs => WireLog.LongestChain(runs.PlimsollAsked)),
        Wire("verify.requests.cosign", "requests", "-", runs => runs.CosignAsked.Count),
        Wire("verify.round-trips.cosign", "round trips", "-", runs => WireLog.LongestChain(runs.CosignAsked)),
        Wire("verify.far", "ms", "-", runs => runs.Plimsoll.Milliseconds()),
        Wire("verify.far.ratio", "cosign", "-", runs => runs.Plimsoll.Ratio(runs.Cosign)),
    ];

    private static Figure Direct(string name, string unit, Func<DirectRuns, double> read)
        => new(name, unit, "-", async bench => read(await (await bench.Shared(VerifyStage.Start)).Direct));

    private static Figure Wire(string name, string unit, string target, Func<WireRuns, double> read)
        => new(name, unit, target, async bench => read(await (await bench.Shared(VerifyStage.Start)).OverWire));
}
