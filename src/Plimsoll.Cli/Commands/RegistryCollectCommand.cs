using System.CommandLine;
using Plimsoll.Cli.Output;
using Plimsoll.Server.Registry;

namespace Plimsoll.Cli.Commands;

/// <summary><c>plimsoll serve registry gc</c>: one collection, by the process that serves the folder or by this one.</summary>
internal static class RegistryCollectCommand
{
    private static readonly Option<string> Data = new("--data") { Description = "The registry's folder", HelpName = "FOLDER", Required = true };
    private static readonly Option<string> Lease = new("--gc-after") { Description = "Where no process serves the folder: how long a blob that no manifest mentions is kept", HelpName = "TIME", DefaultValueFactory = _ => "24h" };

    public static Command Create()
    {
        var command = new VerbCommand(
            "gc", "Removes what nothing needs from a registry's folder, whether a process serves it or not.",
            "plimsoll serve registry gc --data /var/lib/plimsoll/registry");
        command.Add(Data);
        command.Add(Lease);
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var terminal = Terminal.OfProcess(quiet: true);
        if (!Times.Parse("--gc-after", parsed.GetValue(Lease)!).Succeeded(out var lease, out var failure)
            || !(await RegistryServer.CollectIn(parsed.GetValue(Data)!, lease, cancellation)).Succeeded(out var report, out failure))
            return FailureText.Write(terminal, failure, json: false);

        terminal.Line($"removed {report.Content} files with {report.Bytes} bytes, {report.Blobs} blobs that no manifest mentions, {report.Leftovers} leftovers");
        if (report.Unreadable == 0)
            return ExitCodes.Accepted;
        terminal.Error($"plimsoll: {report.Unreadable} repositories have a manifest that cannot be read, so nothing was taken out of them");
        terminal.Error("next: restore the folder from a copy, or delete those manifests");
        return ExitCodes.Differs;
    }
}
