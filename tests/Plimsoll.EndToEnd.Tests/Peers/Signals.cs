using System.Runtime.InteropServices;

namespace Plimsoll.EndToEnd.Tests.Peers;

/// <summary>Signals to one process, by its id.</summary>
public static partial class Signals
{
    /// <summary>Sends a signal; 0 if it was sent.</summary>
    public static int Send(int process, int signal) => Kill(process, signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
