using System.CommandLine;
using Plimsoll.Cli.Output;
using Plimsoll.Log.Conformance;
using Plimsoll.OpenPubkey.Conformance;
using Plimsoll.Primitives;
using VectorOutcome = Plimsoll.Log.Conformance.VectorOutcome;

namespace Plimsoll.Cli.Commands;

/// <summary><c>plimsoll conformance</c>: runs vector files, so that anyone can check the implementation with data of their own.</summary>
internal static class ConformanceCommand
{
    private static readonly Argument<string[]> Files = new("files") { Description = "Vector files", Arity = ArgumentArity.OneOrMore };

    private static readonly Argument<string> Folder = new("folder") { Description = "A folder of vector files" };

    public static Command Create()
    {
        var openPubkey = new VerbCommand(
            "openpubkey", "Runs OpenPubkey vector files; prints id, valid or refused, and code of each vector.",
            "plimsoll conformance openpubkey vectors/openpubkey/*.json");
        openPubkey.Add(Files);
        openPubkey.SetAction(Run);
        return new Command("conformance", "Runs test vectors, so that anyone can judge this implementation with data of their own.")
        {
            Hidden = true,
            Subcommands = { openPubkey, CreateTlog() },
        };
    }

    private static VerbCommand CreateTlog()
    {
        var tlog = new VerbCommand(
            "tlog", "Runs a folder of transparency-log vectors; prints file and id, valid or refused, and code of each case.",
            "plimsoll conformance tlog vectors/tlog");
        tlog.Add(Folder);
        tlog.SetAction(RunTlog);
        return tlog;
    }

    private static async Task<int> RunTlog(ParseResult parsed, CancellationToken cancellation)
    {
        var terminal = Terminal.OfProcess(quiet: true);
        var folder = parsed.GetValue(Folder)!;
        var present = LogVectors.Files.Where(file => File.Exists(Path.Combine(folder, file))).ToArray();
        if (present.Length == 0)
            return FailureText.Write(terminal, NoVectors(folder), json: false);

        var (agreed, differed, skipped) = (0, 0, 0);
        foreach (var file in present)
        {
            if (!(await InputFile.Read(Path.Combine(folder, file), LogVectors.MostBytes, cancellation)).Succeeded(out var bytes, out var failure)
                || !LogVectors.Run(file, bytes).Succeeded(out var cases, out failure))
            {
                terminal.Line($"{file}\trefused\t{failure.Code}");
                differed++;
                continue;
            }

            foreach (var one in cases)
            {
                terminal.Line(one.Line);
                (agreed, differed, skipped) = one.Outcome switch
                {
                    VectorOutcome.Agreed => (agreed + 1, differed, skipped),
                    VectorOutcome.Skipped => (agreed, differed, skipped + 1),
                    _ => (agreed, differed + 1, skipped),
                };
            }
        }

        terminal.Line($"{agreed} agreed, {differed} differed{(skipped == 0 ? "" : $", {skipped} skipped")}");
        return differed == 0 ? ExitCodes.Accepted : ExitCodes.Differs;
    }

    private static Failure NoVectors(string folder) => new(
        Refusal.Missing, "cli.file", $"{folder} holds none of {string.Join(", ", LogVectors.Files)}", "name the folder that they lie in");

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var terminal = Terminal.OfProcess(quiet: true);
        var files = new List<(string, ReadOnlyMemory<byte>)>();
        foreach (var path in parsed.GetValue(Files) ?? [])
        {
            if (!(await InputFile.Read(path, OpenPubkeyVectors.MostBytes, cancellation)).Succeeded(out var bytes, out var failure))
                return FailureText.Write(terminal, failure, json: false);
            files.Add((path, bytes));
        }

        var (lines, differed) = OpenPubkeyVectors.Report(files);
        foreach (var line in lines)
            terminal.Line(line);
        return differed == 0 ? ExitCodes.Accepted : ExitCodes.Differs;
    }
}
