using System.Diagnostics;

namespace Plimsoll.Cli.Commands;

/// <summary>Tells how long each phase of a command took, the start of the process included; for measuring only.</summary>
internal sealed class Phases(TextWriter? output) : IDisposable
{
    private readonly List<(string Name, TimeSpan Took)> _phases = [("start", DateTime.Now - Process.GetCurrentProcess().StartTime)];
    private long _since = Stopwatch.GetTimestamp();

    public void End(string name)
    {
        if (output is null)
            return;
        _phases.Add((name, Stopwatch.GetElapsedTime(_since)));
        _since = Stopwatch.GetTimestamp();
    }

    public void Dispose()
    {
        foreach (var (name, took) in output is null ? [] : _phases)
            output!.WriteLine($"phase\t{name}\t{took.TotalMilliseconds:F1}\tms");
    }
}
