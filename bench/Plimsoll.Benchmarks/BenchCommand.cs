namespace Plimsoll.Benchmarks;

/// <summary>What <c>bench/run</c> starts. Figures go to the output and everything else to the errors; a missed target is no error.</summary>
public static class BenchCommand
{
    private const string Help = """
        usage: bench/run [NAME...] [--quick]

        Prints a line a figure: name<TAB>value<TAB>unit<TAB>target. NAME is a figure, or the beginning of several up to a dot:
        gq, verify.phase. --quick takes fewer samples: everything in under a minute.

          --list   only print name, unit and target
          --help   this
        """;

    /// <summary>Runs; gives the exit code: 0 even where targets are missed, 1 where a figure broke, 2 for a wrong command line.</summary>
    public static async Task<int> Run(string[] arguments, TextWriter output, TextWriter errors)
    {
        var names = arguments.Where(argument => !argument.StartsWith('-')).ToList();
        var options = arguments.Except(names, StringComparer.Ordinal).ToList();
        if (options.Contains("--help"))
        {
            await output.WriteLineAsync(Help);
            return 0;
        }

        var figures = Figures.Select(names, out var unknown);
        if (options.Find(option => option is not ("--quick" or "--list")) is { } foreign)
            return await Refuse($"there is no option '{foreign}'\n{Help}", errors);
        if (unknown is not null)
            return await Refuse($"there is no figure '{unknown}'; there are:\n{string.Join('\n', Figures.All.Select(figure => "  " + figure.Name))}", errors);

        if (options.Contains("--list"))
        {
            foreach (var figure in figures)
                await output.WriteLineAsync($"{figure.Name}\t{figure.Unit}\t{figure.Target}");
            return 0;
        }

        await using var bench = new Bench(options.Contains("--quick"));
        var broken = false;
        foreach (var figure in figures)
            broken |= !await Print(figure, bench, output, errors);
        return broken ? 1 : 0;
    }

    private static async Task<bool> Print(Figure figure, Bench bench, TextWriter output, TextWriter errors)
    {
        try
        {
            await output.WriteLineAsync(figure.Line(await figure.Measure(bench)));
            await output.FlushAsync();
            return true;
        }
        catch (NotMeasuredException absent)
        {
            await errors.WriteLineAsync($"{figure.Name}: not measured: {absent.Message}");
            return true;
        }
        catch (Exception broken)
        {
            // One figure's trouble is no reason to lose the others.
            await errors.WriteLineAsync($"{figure.Name}: broken: {broken.GetType().Name}: {broken.Message}");
            return false;
        }
    }

    private static async Task<int> Refuse(string what, TextWriter errors)
    {
        await errors.WriteLineAsync($"bench: {what}");
        return 2;
    }
}
