namespace Plimsoll.World.Clock;

/// <summary>
/// A clock that stands still until it is moved. Timers made from it fire while it advances, in their order, on the thread
/// that advances it; a jump (<see cref="Set"/>) moves the wall clock alone, as an operator or a bad time server does.
/// </summary>
public sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _turn = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = start.ToUniversalTime();
    private TimeSpan _elapsed;

    /// <summary>Starts at a fixed moment, so that two runs of a test see the same times.</summary>
    public ManualClock()
        : this(new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero))
    {
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_turn)
            return _now;
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_turn)
            return _elapsed.Ticks;
    }

    /// <summary>Lets time pass; timers that come due fire at their own moment.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        TimeSpan end;
        lock (_turn)
            end = _elapsed + by;
        while (NextDue(end) is { } timer)
            timer.Fire();
        lock (_turn)
            Move(end);
    }

    /// <summary>Sets the wall clock, forwards or back. Nothing fires: the time between did not pass.</summary>
    public void Set(DateTimeOffset now)
    {
        lock (_turn)
            _now = now.ToUniversalTime();
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        _ = timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? NextDue(TimeSpan end)
    {
        lock (_turn)
        {
            var next = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
            if (next is null)
                return null;
            Move(next.Due > _elapsed ? next.Due : _elapsed);
            if (next.Period > TimeSpan.Zero)
                next.Due = _elapsed + next.Period;
            else
                _ = _timers.Remove(next);
            return next;
        }
    }

    private void Move(TimeSpan to)
    {
        _now += to - _elapsed;
        _elapsed = to;
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._turn)
            {
                _ = clock._timers.Remove(this);
                Period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock._elapsed + dueTime;
                    clock._timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._turn)
                _ = clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
