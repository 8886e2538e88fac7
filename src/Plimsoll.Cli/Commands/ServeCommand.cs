using System.CommandLine;

namespace Plimsoll.Cli.Commands;

/// <summary><c>plimsoll serve</c>: the servers, a verb each.</summary>
internal static class ServeCommand
{
    public static Command Create() => new VerbCommand("serve", "Runs a server; `plimsoll serve NAME --help` says how.")
    {
        ServeRegistryCommand.Create(),
    };
}
