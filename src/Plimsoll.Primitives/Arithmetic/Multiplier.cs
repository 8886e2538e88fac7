namespace Plimsoll.Primitives.Arithmetic;

/// <summary>
/// Montgomery multiplication of <see cref="Lanes"/> residues side by side. A batch holds limb 0 of every lane, then limb 1
/// of every lane, and so on; an entry is one residue by itself, limb after limb.
/// </summary>
/// <remarks>The values of lanes decide neither a branch nor an address. Entry numbers do, so they must be public.</remarks>
internal abstract unsafe class Multiplier
{
    /// <summary>How many residues a batch holds.</summary>
    public abstract int Lanes { get; }

    /// <summary>How many limbs an entry holds, padding included.</summary>
    public abstract int Limbs { get; }

    /// <summary>How many words of scratch memory an operation asks for.</summary>
    public abstract int ScratchWords { get; }

    /// <summary>The Montgomery form of one, as an entry.</summary>
    public abstract ReadOnlySpan<ulong> One { get; }

    /// <summary>The factor that takes a residue into Montgomery form, as an entry.</summary>
    public abstract ReadOnlySpan<ulong> Entrance { get; }

    /// <summary>The size of a batch.</summary>
    public int BatchWords => Lanes * Limbs;

    /// <summary>Multiplies and divides by the Montgomery radix; <paramref name="result"/> may be an operand.</summary>
    public abstract void Multiply(ulong* result, ulong* left, ulong* right, ulong* scratch);

    /// <summary>Multiplies a batch by itself.</summary>
    public abstract void Square(ulong* result, ulong* value, ulong* scratch);

    /// <summary>Reads big-endian numbers below the modulus, one a lane; lanes beyond them become zero.</summary>
    public abstract void Load(ulong* result, ReadOnlySpan<byte> values, ulong* scratch);

    /// <summary>Writes as many lanes as <paramref name="values"/> holds, each fully reduced, big-endian.</summary>
    public abstract void Store(ulong* batch, Span<byte> values, ulong* scratch);

    /// <summary>Fills each lane with the table entry of the given number.</summary>
    public void Pick(ulong* result, ulong* table, ReadOnlySpan<int> entries)
    {
        for (var lane = 0; lane < entries.Length; lane++)
        {
            var entry = table + (entries[lane] * Limbs);
            for (var limb = 0; limb < Limbs; limb++)
                result[(limb * Lanes) + lane] = entry[limb];
        }
    }

    /// <summary>Fills every lane with one entry.</summary>
    public void Spread(ulong* result, ReadOnlySpan<ulong> entry)
    {
        for (var limb = 0; limb < Limbs; limb++)
            new Span<ulong>(result + (limb * Lanes), Lanes).Fill(entry[limb]);
    }

    /// <summary>Copies the first lanes of a batch into consecutive table entries.</summary>
    public void Put(ulong* table, int first, ulong* batch, int count)
    {
        for (var lane = 0; lane < count; lane++)
        {
            var entry = table + ((first + lane) * Limbs);
            for (var limb = 0; limb < Limbs; limb++)
                entry[limb] = batch[(limb * Lanes) + lane];
        }
    }
}
