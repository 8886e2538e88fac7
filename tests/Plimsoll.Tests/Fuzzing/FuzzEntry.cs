using System.Text;
using Plimsoll.Primitives;

namespace Plimsoll.Tests.Fuzzing;

/// <summary>An area's parsers. Every class of this assembly that implements it is found and run; it needs no other registration.</summary>
internal interface IFuzzEntries
{
    IEnumerable<FuzzEntry> Entries();
}

/// <summary>One parser, the inputs that mutation starts from, and how much it may allocate.</summary>
/// <param name="Name">Area and type, such as <c>primitives.strict-json</c>; also the folder of its finds, <c>vectors/fuzz/NAME</c>.</param>
/// <param name="Judge">Parses, uses what came out, and returns <c>ok</c> or the failure's code. Must never throw.</param>
/// <param name="Seeds">Inputs; most should be accepted, so that mutations reach deep.</param>
internal sealed record FuzzEntry(string Name, Func<byte[], string> Judge, IReadOnlyList<byte[]> Seeds)
{
    /// <summary>Bytes that a call may allocate whatever its input; an exception caught inside costs a few thousand.</summary>
    public int AllocationBase { get; init; } = 64 * 1024;

    /// <summary>Bytes that a call may allocate for each byte of input.</summary>
    public int AllocationPerByte { get; init; } = 200;

    /// <summary>Inputs of the run in ordinary tests; smaller where one call does costly arithmetic.</summary>
    public int Iterations { get; init; } = 5000;

    /// <summary>Longer mutated inputs are cut to this.</summary>
    public int MostBytes { get; init; } = 64 * 1024;

    /// <summary>The same entry for a parser that costs more time or memory than most.</summary>
    public FuzzEntry Costing(int? iterations = null, int? allocationPerByte = null)
        => this with { Iterations = iterations ?? Iterations, AllocationPerByte = allocationPerByte ?? AllocationPerByte };

    /// <summary>An entry for a parser; <paramref name="use"/> reads from what it accepted, and must not throw either.</summary>
    public static FuzzEntry Of<T>(string name, Func<byte[], Result<T>> parse, IEnumerable<byte[]> seeds, Action<T>? use = null)
        where T : notnull
        => new(name, bytes => Judged(parse(bytes), use), [.. seeds]);

    /// <summary>The same for a parser of text: bytes that are not UTF-8 reach it as replacement characters.</summary>
    public static FuzzEntry OfText<T>(string name, Func<string, Result<T>> parse, IEnumerable<byte[]> seeds, Action<T>? use = null)
        where T : notnull
        => new(name, bytes => Judged(parse(Encoding.UTF8.GetString(bytes)), use), [.. seeds]);

    private static string Judged<T>(Result<T> result, Action<T>? use)
        where T : notnull
    {
        if (!result.Succeeded(out var value, out var failure))
            return failure.Code;
        use?.Invoke(value);
        return "ok";
    }
}
