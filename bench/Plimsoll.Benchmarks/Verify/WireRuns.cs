namespace Plimsoll.Benchmarks.Verify;

/// <summary>Whole processes on an image that is far away: how often they ask, in how many round trips, and what the way costs.</summary>
internal sealed class WireRuns
{
    private static readonly TimeSpan Far = TimeSpan.FromMilliseconds(100);

    private readonly List<ChildRun> _plimsoll = [];
    private readonly List<ChildRun> _cosign = [];

    private WireRuns()
    {
    }

    /// <summary>Each run of the developer's command.</summary>
    public IReadOnlyList<ChildRun> Plimsoll => _plimsoll;

    /// <summary>Each run of cosign.</summary>
    public IReadOnlyList<ChildRun> Cosign => _cosign;

    /// <summary>What one run of Plimsoll asked for.</summary>
    public IReadOnlyList<Exchange> PlimsollAsked { get; private set; } = [];

    /// <summary>What one run of cosign asked for.</summary>
    public IReadOnlyList<Exchange> CosignAsked { get; private set; } = [];

    /// <summary>Runs them.</summary>
    public static async Task<WireRuns> Take(SignedImage image, WireLog log, bool quick)
    {
        log.Delay = Far;
        var runs = new WireRuns();
        var (plimsoll, cosign) = (image.VerifyByPlimsoll(Programs.Plimsoll), await image.VerifyByCosign());
        runs.PlimsollAsked = await Asked(plimsoll, log);
        runs.CosignAsked = await Asked(cosign, log);
        await Turns.Take([(plimsoll, runs._plimsoll), (cosign, runs._cosign)], quick ? 3 : 11);
        return runs;
    }

    private static async Task<IReadOnlyList<Exchange>> Asked(Child child, WireLog log)
    {
        _ = log.Take();
        _ = await child.Run();
        return log.Take();
    }
}
