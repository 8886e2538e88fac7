using System.Globalization;

namespace Plimsoll.EndToEnd.Tests.Peers;

/// <summary>How long tests wait for other programs: generous on an idle machine, multiplied by PLIMSOLL_TEST_PATIENCE on a slow one.</summary>
public static class Patience
{
    private static readonly double Factor =
        double.TryParse(Environment.GetEnvironmentVariable("PLIMSOLL_TEST_PATIENCE"), CultureInfo.InvariantCulture, out var factor) && factor > 0 ? factor : 1;

    /// <summary>A number of seconds, stretched.</summary>
    public static TimeSpan Of(double seconds) => TimeSpan.FromSeconds(seconds * Factor);

    /// <summary>Asks until the answer is yes; false when the deadline passed or <paramref name="cancellation"/> came first.</summary>
    public static async Task<bool> Until(Func<CancellationToken, Task<bool>> answer, TimeSpan deadline, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(deadline);
        try
        {
            while (!await answer(limit.Token))
                await Task.Delay(20, limit.Token);

            return true;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return false;
        }
    }
}
