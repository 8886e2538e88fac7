namespace Plimsoll.Tests.Fuzzing;

/// <summary>Runs an entry over mutated inputs and fails on an exception, on too much allocation, and on an input that never ends.</summary>
internal static class FuzzRun
{
    // Nothing here takes a second; a machine under load may stop a thread for a long time.
    private static readonly TimeSpan Stuck = TimeSpan.FromMinutes(2);

    /// <summary>Every entry of this assembly, by name.</summary>
    public static IReadOnlyDictionary<string, FuzzEntry> Entries { get; } = typeof(FuzzRun).Assembly.GetTypes()
        .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IFuzzEntries)))
        .SelectMany(type => ((IFuzzEntries)Activator.CreateInstance(type)!).Entries())
        .ToDictionary(entry => entry.Name, StringComparer.Ordinal);

    /// <summary>Runs until <paramref name="more"/> says stop; it is asked before each iteration with its number.</summary>
    public static void Run(FuzzEntry entry, ulong seed, Func<long, bool> more)
    {
        Assert.NotEmpty(entry.Seeds);
        var run = new Progress();
        var worker = new Thread(() => run.Failure = Work(entry, seed, more, run), 1024 * 1024) { IsBackground = true };
        worker.Start();

        long before;
        do
        {
            before = Interlocked.Read(ref run.Iteration);
        }
        while (!worker.Join(Stuck) && Interlocked.Read(ref run.Iteration) != before);

        Assert.False(worker.IsAlive, Describe(entry, seed, before, $"did not end within {Stuck}"));
        Assert.True(run.Failure is null, run.Failure);
        Assert.True(run.Accepted > 0, $"{entry.Name} accepted none of its inputs: its seeds reach nothing");
    }

    /// <summary>Replays one iteration of a printed seed.</summary>
    public static byte[] Input(FuzzEntry entry, ulong seed, long iteration)
        => iteration < entry.Seeds.Count
            ? entry.Seeds[(int)iteration]
            : Mutator.Mutate(entry.Seeds, FuzzRandom.Of(seed, iteration), entry.MostBytes);

    private static string? Work(FuzzEntry entry, ulong seed, Func<long, bool> more, Progress run)
    {
        // The seeds themselves come first: they warm up what is made once, and must pass as well.
        foreach (var input in entry.Seeds)
            run.Accepted += Fault(entry, input) is null && entry.Judge(input) == "ok" ? 1 : 0;

        for (var iteration = 0L; more(iteration); iteration++)
        {
            Interlocked.Exchange(ref run.Iteration, iteration);
            if (Fault(entry, Input(entry, seed, iteration)) is { } fault)
                return Describe(entry, seed, iteration, fault);
        }

        return null;
    }

    /// <summary>What is wrong with the way the entry handles this input, or null.</summary>
    public static string? Fault(FuzzEntry entry, byte[] input)
    {
        var most = entry.AllocationBase + ((long)entry.AllocationPerByte * input.Length);
        try
        {
            // What is made once, on the first call that needs it, is not this input's fault: only a second excess counts.
            return Allocated(entry, input) > most && Allocated(entry, input) is var allocated && allocated > most
                ? $"allocated {allocated} bytes for {input.Length} bytes of input; at most {most} are allowed"
                : null;
        }
        catch (Exception escaped)
        {
            return $"threw {escaped}";
        }
    }

    private static long Allocated(FuzzEntry entry, byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        entry.Judge(input);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static string Describe(FuzzEntry entry, ulong seed, long iteration, string fault) => $"""
        {entry.Name} {fault}
        seed {seed}, iteration {iteration}; make it a vector: the bytes go to vectors/fuzz/{entry.Name}/<what it is>
        {Convert.ToBase64String(Input(entry, seed, iteration))}
        """;

    private sealed class Progress
    {
        public long Iteration;

        public int Accepted { get; set; }

        public string? Failure { get; set; }
    }
}
