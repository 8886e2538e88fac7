using Plimsoll.Verification.Judging;
using Plimsoll.Verification.Policy;

namespace Plimsoll.Benchmarks;

/// <summary>The whole verdict over gathered evidence: alone, and behind as much junk as is looked at.</summary>
public static class JudgeFigures
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_100);

    /// <summary>The figures.</summary>
    public static IEnumerable<Figure> All()
    {
        var release = new Lazy<SampleRelease>();
        const int Junk = Evidence.MostEnvelopes - 1;
        return
        [
            .. Of("judge.alone", () => release.Value.Gathered()),
            .. Of("judge.foreign-1", () => release.Value.Gathered(release.Value.ForeignEnvelopes(1))),
            .. Of($"judge.foreign-{Junk}", () => release.Value.Gathered(release.Value.ForeignEnvelopes(Junk))),
            .. Of($"judge.forged-{Junk}", () => release.Value.Gathered(release.Value.ForgedEnvelopes(Junk))),
        ];
    }

    private static IEnumerable<Figure> Of(string name, Func<Evidence> gather)
    {
        var decide = new Lazy<Action>(() => Decision(gather()));
        yield return Figure.Of(name, "us", bench => bench.Microseconds(decide.Value));
        yield return Figure.Of($"{name}.allocated", "kB", _ => Bench.Allocated(decide.Value) / 1000);
    }

    private static Action Decision(Evidence evidence)
    {
        var anchors = new Anchors(Bench.Must(TrustPolicy.Parse(SampleRelease.Policy)));
        return () =>
        {
            if (Judge.Decide(evidence, anchors, Now).Refusal is { } refusal)
                throw new InvalidOperationException($"the release was refused: {refusal}");
        };
    }
}
