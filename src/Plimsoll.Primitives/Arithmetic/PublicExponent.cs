namespace Plimsoll.Primitives.Arithmetic;

/// <summary>An exponent that anyone may know, of any size; its bits decide which multiplications are made.</summary>
public readonly ref struct PublicExponent
{
    private readonly ReadOnlySpan<byte> _bigEndian;

    /// <summary>Takes a big-endian number; leading zeroes do not count.</summary>
    public PublicExponent(ReadOnlySpan<byte> bigEndian)
    {
        _bigEndian = bigEndian.TrimStart((byte)0);
        BitLength = _bigEndian.IsEmpty
            ? 0
            : (8 * _bigEndian.Length) - (System.Numerics.BitOperations.LeadingZeroCount(_bigEndian[0]) - 24);
    }

    /// <summary>The exponent one.</summary>
    public static PublicExponent One => new([1]);

    /// <summary>The number of the highest bit set, counted from one.</summary>
    public int BitLength { get; }

    /// <summary>Whether bit 0 is set.</summary>
    public bool IsOdd => this[0];

    /// <summary>Whether a bit is set.</summary>
    public bool this[int bit] => bit < BitLength && ((_bigEndian[^((bit / 8) + 1)] >> (bit % 8)) & 1) != 0;
}
