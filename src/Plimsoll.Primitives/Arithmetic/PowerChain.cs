namespace Plimsoll.Primitives.Arithmetic;

/// <summary>
/// Computes base_i^e * common^c_i for a batch of bases by squaring from the highest bit down. All exponents are public;
/// the bases and the common base may be secret.
/// </summary>
internal unsafe ref struct PowerChain : IDisposable
{
    // Bits of a common exponent that one table look-up serves.
    private const int Window = 4;
    private const int TableEntries = 1 << Window;
    private const int Batches = 5;

    private readonly Multiplier _multiplier;
    private readonly ulong* _plain;
    private readonly ulong* _entered;
    private readonly ulong* _sum;
    private readonly ulong* _factor;
    private readonly ulong* _scratch;
    private readonly ulong* _table;
    private Workspace _space;

    public PowerChain(Multiplier multiplier)
    {
        _multiplier = multiplier;
        var batch = multiplier.BatchWords;
        var table = TableEntries * multiplier.Limbs;
        _space = new Workspace(
            (Batches * Workspace.Rounded(batch)) + Workspace.Rounded(table) + Workspace.Rounded(multiplier.ScratchWords));
        _plain = _space.Take(batch);
        _entered = _space.Take(batch);
        _sum = _space.Take(batch);
        _factor = _space.Take(batch);
        Product = _space.Take(batch);
        _table = _space.Take(table);
        _scratch = _space.Take(multiplier.ScratchWords);
    }

    /// <summary>A batch for a product that is wanted beside the sum.</summary>
    private ulong* Product { get; }

    /// <summary>Computes the powers 0 to 15 of the common base.</summary>
    public void Prepare(scoped ReadOnlySpan<byte> common)
    {
        _multiplier.One.CopyTo(new Span<ulong>(_table, _multiplier.Limbs));
        _multiplier.Load(_plain, common, _scratch);
        Enter();
        _multiplier.Put(_table, 1, _entered, 1);

        // Each pass multiplies all powers known so far by the highest of them.
        Span<int> left = stackalloc int[_multiplier.Lanes];
        Span<int> right = stackalloc int[_multiplier.Lanes];
        for (var known = 1; known < TableEntries - 1;)
        {
            var wanted = Math.Min(known, TableEntries - 1 - known);
            for (var done = 0; done < wanted; done += _multiplier.Lanes)
            {
                var count = Math.Min(_multiplier.Lanes, wanted - done);
                for (var lane = 0; lane < count; lane++)
                    (left[lane], right[lane]) = (1 + done + lane, known);

                _multiplier.Pick(_sum, _table, left[..count]);
                _multiplier.Pick(_factor, _table, right[..count]);
                _multiplier.Multiply(_sum, _sum, _factor, _scratch);
                _multiplier.Put(_table, known + 1 + done, _sum, count);
            }

            known += wanted;
        }
    }

    /// <summary>Reads a batch of bases.</summary>
    public void Load(scoped ReadOnlySpan<byte> bases, scoped PublicExponent exponent)
    {
        _multiplier.Load(_plain, bases, _scratch);
        if (exponent.BitLength > 1)
            Enter();
    }

    /// <summary>Computes the whole product for the loaded bases and writes it.</summary>
    /// <param name="exponent">The odd exponent of the bases.</param>
    /// <param name="commonExponents">The exponents of the common base, big-endian, of one width; may be empty.</param>
    /// <param name="width">The bytes of a common exponent.</param>
    /// <param name="results">Where to write.</param>
    public void Finish(scoped PublicExponent exponent, scoped ReadOnlySpan<byte> commonExponents, int width, scoped Span<byte> results)
    {
        Climb(exponent, commonExponents, width);
        // The base without its Montgomery factor also takes that factor out of the product.
        _multiplier.Multiply(_sum, _sum, _plain, _scratch);
        _multiplier.Store(_sum, results, _scratch);
    }

    /// <summary>Computes base^(e-1) * factor and base^e for one base.</summary>
    public void FinishBelow(scoped PublicExponent exponent, scoped ReadOnlySpan<byte> factor, scoped Span<byte> below, scoped Span<byte> power)
    {
        Climb(exponent, [], 0);
        _multiplier.Multiply(Product, _sum, _plain, _scratch);
        _multiplier.Store(Product, power, _scratch);
        _multiplier.Load(_factor, factor, _scratch);
        _multiplier.Multiply(Product, _sum, _factor, _scratch);
        _multiplier.Store(Product, below, _scratch);
    }

    public void Dispose() => _space.Dispose();

    private void Enter()
    {
        _multiplier.Spread(_factor, _multiplier.Entrance);
        _multiplier.Multiply(_entered, _plain, _factor, _scratch);
    }

    // All of the product but the base that bit 0 of the odd exponent stands for.
    private void Climb(scoped PublicExponent exponent, scoped ReadOnlySpan<byte> commonExponents, int width)
    {
        Span<int> digits = stackalloc int[_multiplier.Lanes];
        var count = width == 0 ? 0 : commonExponents.Length / width;
        var started = false;
        for (var bit = Math.Max(exponent.BitLength, 8 * width) - 1; bit >= 0; bit--)
        {
            if (started)
                _multiplier.Square(_sum, _sum, _scratch);

            if (bit % Window == 0 && bit < 8 * width)
            {
                for (var lane = 0; lane < count; lane++)
                    digits[lane] = Digit(commonExponents.Slice(lane * width, width), bit);
                _multiplier.Pick(started ? _factor : _sum, _table, digits[..count]);
                if (started)
                    _multiplier.Multiply(_sum, _sum, _factor, _scratch);
                started = true;
            }

            if (bit > 0 && exponent[bit])
            {
                if (started)
                    _multiplier.Multiply(_sum, _sum, _entered, _scratch);
                else
                    new ReadOnlySpan<ulong>(_entered, _multiplier.BatchWords).CopyTo(new Span<ulong>(_sum, _multiplier.BatchWords));
                started = true;
            }
        }
    }

    private static int Digit(ReadOnlySpan<byte> bigEndian, int bit) =>
        (bigEndian[^((bit / 8) + 1)] >> (bit % 8)) & (TableEntries - 1);
}
