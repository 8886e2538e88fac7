using System.Runtime.InteropServices;
using Plimsoll.Cli.Output;

namespace Plimsoll.Cli;

/// <summary>Ctrl-C and the request to end: the first one ends the work in an orderly way, the second one at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _exitCode;

    public Interruption()
        => _registrations = [Register(PosixSignal.SIGINT, ExitCodes.Interrupted), Register(PosixSignal.SIGTERM, ExitCodes.Terminated)];

    public CancellationToken Token => _source.Token;

    /// <summary>The exit code that says which signal came, or null if none did.</summary>
    public int? ExitCode => Volatile.Read(ref _exitCode) is var code and not 0 ? code : null;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal, int exitCode) => PosixSignalRegistration.Create(signal, context =>
    {
        if (Interlocked.CompareExchange(ref _exitCode, exitCode, 0) != 0)
            return;
        context.Cancel = true;
        _source.Cancel();
    });
}
