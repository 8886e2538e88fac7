using Plimsoll.World.Clock;

namespace Plimsoll.World.Tests.Identity;

public class ManualClockTests
{
    [Fact]
    public void It_stands_still_until_it_is_moved()
    {
        var clock = new ManualClock();
        var before = clock.GetUtcNow();

        clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(before + TimeSpan.FromMinutes(5), clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromMinutes(5), clock.GetElapsedTime(0));
    }

    [Fact]
    public void Timers_fire_in_order_and_each_at_its_own_moment()
    {
        var clock = new ManualClock();
        var start = clock.GetUtcNow();
        var fired = new List<(string, TimeSpan)>();
        using var late = clock.CreateTimer(_ => fired.Add(("late", clock.GetUtcNow() - start)), null, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        using var often = clock.CreateTimer(_ => fired.Add(("often", clock.GetUtcNow() - start)), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

        clock.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(3, fired.Count);
        Assert.Equal(("often", TimeSpan.FromSeconds(1)), fired[0]);
        Assert.Contains(("late", TimeSpan.FromSeconds(3)), fired);
        Assert.Contains(("often", TimeSpan.FromSeconds(3)), fired);
    }

    [Fact]
    public void A_jump_moves_the_wall_clock_and_no_time_passes()
    {
        var clock = new ManualClock();
        var fired = 0;
        using var timer = clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        clock.Set(clock.GetUtcNow() + TimeSpan.FromDays(1));

        Assert.Equal(0, fired);
        Assert.Equal(TimeSpan.Zero, clock.GetElapsedTime(0));
    }

    [Fact]
    public async Task A_delay_on_it_ends_when_it_advances()
    {
        var clock = new ManualClock();
        var delay = Task.Delay(TimeSpan.FromHours(1), clock);

        Assert.False(delay.IsCompleted);
        clock.Advance(TimeSpan.FromHours(1));
        await delay;
    }
}
