namespace Plimsoll.Tests.Fuzzing;

/// <summary>SplitMix64: the same numbers for the same seed on every runtime, so that a printed seed replays.</summary>
internal sealed class FuzzRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The generator of one iteration; iterations are independent, so each replays by itself.</summary>
    public static FuzzRandom Of(ulong seed, long iteration) => new((seed * 0x9E3779B97F4A7C15) ^ ((ulong)iteration * 0xD1B54A32D192ED03));

    /// <summary>A number from 0 to <paramref name="below"/> - 1; 0 if there is none.</summary>
    public int Next(int below) => below <= 1 ? 0 : (int)(Next() % (ulong)below);

    /// <summary>A start and a length within <paramref name="length"/>, mostly short.</summary>
    public (int Start, int Length) Range(int length)
    {
        var start = Next(length);
        var most = Math.Min(length - start, 1 << Next(10));
        return (start, most == 0 ? 0 : 1 + Next(most));
    }

    public byte NextByte() => (byte)Next();

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Next(choices.Count)];

    private ulong Next()
    {
        var mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
