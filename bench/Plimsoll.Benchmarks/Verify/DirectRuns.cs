namespace Plimsoll.Benchmarks.Verify;

/// <summary>Whole processes on one image, in turns: the developer's command, the published file where there is one, and cosign.</summary>
internal sealed class DirectRuns
{
    private readonly List<ChildRun> _developer = [];
    private readonly List<ChildRun> _published = [];
    private readonly List<ChildRun> _cosign = [];
    private string? _withoutPublished;

    private DirectRuns()
    {
    }

    /// <summary>Each run of the command as <c>./plimsoll</c> runs it.</summary>
    public IReadOnlyList<ChildRun> Developer => _developer;

    /// <summary>Each run of the trimmed single file.</summary>
    public IReadOnlyList<ChildRun> Published => _withoutPublished is null ? _published : throw new NotMeasuredException(_withoutPublished);

    /// <summary>Each run of <c>cosign verify --key</c>.</summary>
    public IReadOnlyList<ChildRun> Cosign => _cosign;

    /// <summary>Runs them.</summary>
    public static async Task<DirectRuns> Take(SignedImage image, bool quick)
    {
        var runs = new DirectRuns();
        List<(Child Child, List<ChildRun> Runs)> turns = [(image.VerifyByPlimsoll(Programs.Plimsoll), runs._developer)];
        try
        {
            turns.Add((image.VerifyByPlimsoll(Programs.Published), runs._published));
        }
        catch (NotMeasuredException absent)
        {
            runs._withoutPublished = absent.Message;
        }

        turns.Add((await image.VerifyByCosign(), runs._cosign));
        await Turns.Take(turns, quick ? 5 : 31);
        return runs;
    }
}

/// <summary>Runs programs in turns.</summary>
internal static class Turns
{
    /// <summary>Runs each program once for nothing, then each in every round; who is first changes from round to round.</summary>
    public static async Task Take(IReadOnlyList<(Child Child, List<ChildRun> Runs)> turns, int rounds)
    {
        foreach (var (child, _) in turns)
            _ = await child.Run();
        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < turns.Count; turn++)
            {
                var (child, runs) = turns[(turn + round) % turns.Count];
                runs.Add(await child.Run());
            }
        }
    }

    /// <summary>The median time.</summary>
    public static double Milliseconds(this IReadOnlyList<ChildRun> runs) => Bench.Median(runs.Select(run => run.Milliseconds));

    /// <summary>How many times as long as the other one took in the same round: the median over rounds.</summary>
    public static double Ratio(this IReadOnlyList<ChildRun> runs, IReadOnlyList<ChildRun> other)
        => Bench.Median(runs.Zip(other, (one, peer) => one.Milliseconds / peer.Milliseconds));

    /// <summary>The median time of one phase.</summary>
    public static double Phase(this IReadOnlyList<ChildRun> runs, string phase) => Bench.Median(runs.Select(run => run.Phases()[phase]));
}
