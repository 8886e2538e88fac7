using System.Collections.Concurrent;

namespace Plimsoll.World.Tests.Registry;

/// <summary>A clock that the test moves. Timers run by the real clock, except those of one length, which fire at once.</summary>
internal sealed class TestTime(TimeSpan? skipped = null) : TimeProvider
{
    private TimeSpan _moved;

    public ConcurrentQueue<TimeSpan> Skipped { get; } = new();

    public void Advance(TimeSpan by) => _moved += by;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _moved;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != skipped)
            return base.CreateTimer(callback, state, dueTime, period);
        Skipped.Enqueue(dueTime);
        return base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
