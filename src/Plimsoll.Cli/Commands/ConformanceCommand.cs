using System.CommandLine;
using Plimsoll.Cli.Output;
using Plimsoll.OpenPubkey.Conformance;

namespace Plimsoll.Cli.Commands;

/// <summary><c>plimsoll conformance</c>: runs vector files, so that anyone can check the implementation with data of their own.</summary>
internal static class ConformanceCommand
{
    private static readonly Argument<string[]> Files = new("files") { Description = "Vector files", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var openPubkey = new VerbCommand(
            "openpubkey", "Runs OpenPubkey vector files; prints id, valid or refused, and code of each vector.",
            "plimsoll conformance openpubkey vectors/openpubkey/*.json");
        openPubkey.Add(Files);
        openPubkey.SetAction(Run);
        return new Command("conformance", "Runs test vectors, so that anyone can judge this implementation with data of their own.") { Subcommands = { openPubkey } };
    }

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
