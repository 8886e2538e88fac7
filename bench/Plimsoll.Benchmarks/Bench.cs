using System.Diagnostics;
using System.Security.Cryptography;
using Plimsoll.Primitives;

namespace Plimsoll.Benchmarks;

/// <summary>Measures. Two things that are compared run by turns, so that a noisy machine disturbs both alike.</summary>
public sealed class Bench(bool quick) : IAsyncDisposable
{
    private const int MostAllocationCalls = 100;
    private const int MostWindows = 12;

    private readonly TimeSpan _warming = TimeSpan.FromMilliseconds(quick ? 120 : 600);
    private readonly TimeSpan _batch = TimeSpan.FromMilliseconds(quick ? 3 : 20);
    private readonly int _rounds = quick ? 11 : 41;
    private readonly Dictionary<Action, int> _calls = [];
    private readonly Dictionary<Type, Task<IAsyncDisposable>> _shared = [];
    private readonly Lazy<Action> _yardstick = new(MakeYardstick);

    /// <summary>Whether the whole run is to stay under a minute.</summary>
    public bool Quick => quick;

    /// <summary>R: one RSA-2048 verification (SHA-256, PKCS#1 v1.5) with an imported key, by the platform alone.</summary>
    public Action Yardstick => _yardstick.Value;

    /// <summary>Microseconds of one call: the median over batches.</summary>
    public double Microseconds(Action action)
    {
        var calls = Calibrate(action);
        return Median(Enumerable.Range(0, _rounds).Select(_ => Batch(action, calls)));
    }

    /// <summary>How many R a call takes.</summary>
    public double Ratio(Action action) => Ratio(action, Yardstick);

    /// <summary>How many times as long <paramref name="action"/> takes as <paramref name="yardstick"/>: the median over pairs of batches.</summary>
    public double Ratio(Action action, Action yardstick)
    {
        var (calls, yardstickCalls) = (Calibrate(action), Calibrate(yardstick));
        return Median(Enumerable.Range(0, _rounds).Select(_ => Batch(action, calls) / Batch(yardstick, yardstickCalls)));
    }

    /// <summary>Bytes allocated by one call on this thread.</summary>
    public static double Allocated(Action action)
    {
        action();
        var (calls, start, before) = (0, Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        for (; calls < MostAllocationCalls && (calls == 0 || Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(100)); calls++)
            action();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)calls;
    }

    /// <summary>The value in the middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    /// <summary>The value of a step that must not fail.</summary>
    public static T Must<T>(Result<T> result)
        where T : notnull
        => result.Succeeded(out var value, out var failure) ? value : throw new InvalidOperationException(failure.ToString());

    /// <summary>What several figures need and is dear to make: made for the first that asks, disposed of at the end of the run.</summary>
    public async Task<T> Shared<T>(Func<Bench, Task<T>> make)
        where T : class, IAsyncDisposable
    {
        if (!_shared.TryGetValue(typeof(T), out var made))
            _shared[typeof(T)] = made = Make();
        return (T)await made;

        async Task<IAsyncDisposable> Make() => await make(this);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var made in _shared.Values.Where(made => made.IsCompletedSuccessfully))
            await (await made).DisposeAsync();
    }

    private static Action MakeYardstick()
    {
        var rsa = RSA.Create(2048);
        var message = new byte[1500];
        var signature = rsa.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return () => rsa.VerifyData(message, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    private static double Batch(Action action, int calls)
    {
        var start = Stopwatch.GetTimestamp();
        for (var call = 0; call < calls; call++)
            action();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls;
    }

    private int Calibrate(Action action)
    {
        if (_calls.TryGetValue(action, out var known))
            return known;

        // The runtime replaces its first code by its best while it runs, some time after it was called often enough.
        var (best, still) = (double.MaxValue, 0);
        for (var window = 0; still < 2 && window < MostWindows; window++)
        {
            var took = Window(action, window == 0 ? _warming : _warming / 3);
            still = took > 0.93 * best ? still + 1 : 0;
            best = Math.Min(best, took);
        }

        return _calls[action] = Math.Max(1, (int)(_batch.TotalMicroseconds / best));
    }

    // Microseconds of one call over a while.
    private static double Window(Action action, TimeSpan length)
    {
        var start = Stopwatch.GetTimestamp();
        var calls = 0;
        while (Stopwatch.GetElapsedTime(start) < length || calls < 3)
        {
            action();
            calls++;
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls;
    }
}
