namespace Plimsoll.Server.Registry.Storage;

/// <summary>
/// Keeps the collector's deletions apart from commits. A commit looks at what is there and then points to it: both under a
/// shared entry. The collector deletes under the exclusive one, and asks again before each deletion.
/// </summary>
internal sealed class CommitGate : IDisposable
{
    private const int MostCommits = 64;

    private readonly SemaphoreSlim _places = new(MostCommits, MostCommits);
    private readonly SemaphoreSlim _exclusive = new(1, 1);

    /// <summary>Enters beside other commits.</summary>
    public async Task<IDisposable> Share(CancellationToken cancellation)
    {
        // An exclusive entry that waits goes first, so that commits cannot starve it.
        await _exclusive.WaitAsync(cancellation);
        try
        {
            await _places.WaitAsync(cancellation);
        }
        finally
        {
            _ = _exclusive.Release();
        }

        return new Entry(() => _ = _places.Release());
    }

    /// <summary>Enters alone.</summary>
    public async Task<IDisposable> Alone(CancellationToken cancellation)
    {
        await _exclusive.WaitAsync(cancellation);
        var taken = 0;
        try
        {
            for (; taken < MostCommits; taken++)
                await _places.WaitAsync(cancellation);
        }
        catch
        {
            Leave(taken);
            throw;
        }

        return new Entry(() => Leave(MostCommits));
    }

    public void Dispose()
    {
        _places.Dispose();
        _exclusive.Dispose();
    }

    private void Leave(int places)
    {
        if (places > 0)
            _ = _places.Release(places);
        _ = _exclusive.Release();
    }

    private sealed class Entry(Action leave) : IDisposable
    {
        private Action? _leave = leave;

        public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
    }
}
