using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Plimsoll.Tests.Fuzzing;

public sealed class FuzzTests
{
    private const ulong FixedSeed = 20261122;

    public static TheoryData<string> Names { get; } = new(FuzzRun.Entries.Keys.Order(StringComparer.Ordinal));

    public static TheoryData<string, string> Finds { get; } = FindAll();

    [Theory]
    [MemberData(nameof(Names))]
    public void Hostile_input_is_judged_without_exception_or_excess(string name)
    {
        var entry = FuzzRun.Entries[name];

        FuzzRun.Run(entry, FixedSeed, iteration => iteration < entry.Seeds.Count + entry.Iterations);
    }

    /// <summary>In <c>./test long</c> only. PLIMSOLL_FUZZ_SECONDS: how long for each entry; PLIMSOLL_FUZZ_SEED: repeats a run; PLIMSOLL_FUZZ_ENTRY: one entry alone.</summary>
    [Theory]
    [Trait("Category", "Long")]
    [MemberData(nameof(Names))]
    public void Hostile_input_is_judged_without_exception_or_excess_for_long(string name)
    {
        if (Environment.GetEnvironmentVariable("PLIMSOLL_FUZZ_ENTRY") is { Length: > 0 } only)
            Assert.SkipUnless(name == only, $"only {only} was asked for");
        var seconds = FromEnvironment("PLIMSOLL_FUZZ_SECONDS") ?? 5;
        var seed = FromEnvironment("PLIMSOLL_FUZZ_SEED") ?? (ulong)Random.Shared.NextInt64();
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: PLIMSOLL_FUZZ_SEED={seed}");

        var clock = Stopwatch.StartNew();
        var iterations = 0L;
        FuzzRun.Run(FuzzRun.Entries[name], seed, iteration => (iterations = iteration) >= 0 && clock.Elapsed.TotalSeconds < seconds);

        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {iterations} inputs");
    }

    /// <summary>A find is a file: lines <c>expect:</c>, <c>why:</c>, <c>source:</c>, an empty line, the bytes.</summary>
    [Theory]
    [MemberData(nameof(Finds), DisableDiscoveryEnumeration = true)]
    public void What_fuzzing_once_found_stays_mended(string name, string file)
    {
        var bytes = File.ReadAllBytes(TestData.Vectors(file));
        var body = bytes.AsSpan().IndexOf("\n\n"u8);
        Assert.True(body > 0, $"{file} has no header");
        var expected = Encoding.UTF8.GetString(bytes, 0, body).Split('\n').Single(line => line.StartsWith("expect: ", StringComparison.Ordinal))["expect: ".Length..];
        var entry = FuzzRun.Entries[name];
        var input = bytes[(body + 2)..];

        Assert.Null(FuzzRun.Fault(entry, input));
        Assert.Equal(expected, entry.Judge(input));
    }

    [Fact]
    public void A_parser_that_throws_is_caught_with_its_input()
    {
        var entry = new FuzzEntry("test.throws", bytes => bytes is [0x58, ..] ? throw new FormatException("found") : "ok", [.. FuzzSeeds.Text("X")]);

        var fault = FuzzRun.Fault(entry, "X"u8.ToArray());

        Assert.Contains("FormatException: found", fault, StringComparison.Ordinal);
        Assert.Null(FuzzRun.Fault(entry, "Y"u8.ToArray()));
    }

    [Fact]
    public void A_parser_that_allocates_more_than_it_was_given_is_caught()
    {
        var entry = new FuzzEntry("test.allocates", bytes => Convert.ToHexString(new byte[bytes.Length * 1000]), [.. FuzzSeeds.Text("x")]);

        Assert.Contains("allocated", FuzzRun.Fault(entry, new byte[1000]), StringComparison.Ordinal);
        Assert.Null(FuzzRun.Fault(entry, new byte[10]));
    }

    [Fact]
    public void The_same_seed_gives_the_same_inputs()
    {
        var seeds = FuzzSeeds.Text("""{"a":"AAECAwQFBgcICQoLDA0ODw","n":12}""", "[1,2]").ToArray();

        var inputs = Enumerable.Range(0, 500).Select(at => Mutator.Mutate(seeds, FuzzRandom.Of(7, at), 4096)).ToArray();
        var again = Enumerable.Range(0, 500).Select(at => Mutator.Mutate(seeds, FuzzRandom.Of(7, at), 4096)).ToArray();

        Assert.Equal(inputs, again);
        Assert.True(inputs.Select(Convert.ToBase64String).Distinct(StringComparer.Ordinal).Count() > 400);
        Assert.All(inputs, input => Assert.InRange(input.Length, 0, 4096));
    }

    private static ulong? FromEnvironment(string name)
        => ulong.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TheoryData<string, string> FindAll()
    {
        var finds = new TheoryData<string, string>();
        var folder = Path.Combine(TestData.Repository, "vectors", "fuzz");
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [];
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            var relative = Path.GetRelativePath(folder, file);
            finds.Add(Path.GetDirectoryName(relative)!, Path.Combine("fuzz", relative));
        }

        return finds;
    }
}
