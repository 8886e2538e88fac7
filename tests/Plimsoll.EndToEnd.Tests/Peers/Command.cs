using System.Diagnostics;

namespace Plimsoll.EndToEnd.Tests.Peers;

/// <summary>A program to run to its end, with its output captured and its time bounded.</summary>
public sealed record Command(string Program, params string[] Arguments)
{
    /// <summary>Variables set beside the inherited ones; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public string? Folder { get; init; }

    /// <summary>What the program reads; nothing by default, never the terminal.</summary>
    public string Input { get; init; } = "";

    public TimeSpan Timeout { get; init; } = Patience.Of(60);

    /// <summary>Runs the program; a program that takes too long is killed with its children and reported as a failure.</summary>
    public async Task<Finished> Run()
    {
        using var process = new Process { StartInfo = StartInfo(Program, Arguments, Environment, Folder) };
        process.StartInfo.RedirectStandardInput = true;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Timeout);

        process.Start();
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await Feed(process);
            await process.WaitForExitAsync(limit.Token);
            return new Finished(this, process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new PeerException($"'{this}' did not end within {Timeout.TotalSeconds:0} s");
        }
    }

    public override string ToString() => string.Join(' ', [Path.GetFileName(Program), .. Arguments]);

    internal static ProcessStartInfo StartInfo(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, string? folder)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment)
            info.Environment[name] = value;

        return info;
    }

    private async Task Feed(Process process)
    {
        try
        {
            await process.StandardInput.WriteAsync(Input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading: its exit code tells.
        }
    }
}

/// <summary>What a program answered.</summary>
public sealed record Finished(Command Command, int ExitCode, string Output, string Errors)
{
    /// <summary>This, if the program succeeded; else a failure that shows all it said.</summary>
    public Finished OrFail() => ExitCode == 0 ? this : throw new PeerException(ToString());

    public override string ToString() => $"'{Command}' ended with {ExitCode}\n{Output}\n{Errors}".TrimEnd();
}
