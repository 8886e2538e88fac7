using System.Diagnostics;

namespace Plimsoll.Benchmarks.Verify;

/// <summary>A program to run to its end, with a small environment of its own.</summary>
/// <param name="Program">Its file.</param>
/// <param name="Home">The folder in which it runs and keeps its settings.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record Child(string Program, string Home, params string[] Arguments)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>Runs it once and measures from before the start to after the end; it must exit with 0.</summary>
    public async Task<ChildRun> Run()
    {
        var info = new ProcessStartInfo(Program, Arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Home,
        };
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("HOME", Home), ("DOCKER_CONFIG", Path.Combine(Home, "docker")), ("COSIGN_PASSWORD", "for-the-bench")])
            info.Environment[name] = value;

        using var limit = new CancellationTokenSource(Longest);
        var start = Stopwatch.GetTimestamp();
        using var process = Process.Start(info) ?? throw new InvalidOperationException($"{Program} did not start");
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            var took = Stopwatch.GetElapsedTime(start);
            return process.ExitCode == 0
                ? new ChildRun(took.TotalMilliseconds, await output, await errors)
                : throw new InvalidOperationException($"'{this}' ended with {process.ExitCode}\n{await output}\n{await errors}");
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"'{this}' did not end within {Longest.TotalSeconds:0} s", late);
        }
    }

    public override string ToString() => string.Join(' ', [Program, .. Arguments]);
}

/// <summary>One run of a program.</summary>
/// <param name="Milliseconds">Its whole life, as its caller sees it.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
internal sealed record ChildRun(double Milliseconds, string Output, string Errors)
{
    /// <summary>The phases that <c>--timings</c> printed, and what is left of the whole as <c>end</c>: what no phase can see of itself.</summary>
    public IReadOnlyDictionary<string, double> Phases()
    {
        var phases = Errors.Split('\n').Select(line => line.Split('\t')).Where(line => line is ["phase", _, _, "ms"])
            .ToDictionary(line => line[1], line => double.Parse(line[2], System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);
        phases["end"] = Milliseconds - phases.Values.Sum();
        return phases;
    }
}
