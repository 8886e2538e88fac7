using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Plimsoll.Primitives.Arithmetic;

/// <summary>
/// Zeroed scratch memory outside the managed heap, cut into pieces and zeroed again when it is given back: the garbage
/// collector cannot leave a copy of a secret behind by moving it.
/// </summary>
internal unsafe ref struct Workspace : IDisposable
{
    // A cache line, so that no 512-bit load spans two.
    private const int Alignment = 64;

    private readonly ulong* _memory;
    private readonly int _size;
    private int _taken;

    public Workspace(int words)
    {
        _size = words;
        _memory = (ulong*)NativeMemory.AlignedAlloc((nuint)words * sizeof(ulong), Alignment);
        new Span<ulong>(_memory, words).Clear();
    }

    /// <summary>The size that a piece takes up, so that the next one starts on a cache line.</summary>
    public static int Rounded(int words) => (words + (Alignment / sizeof(ulong)) - 1) & -(Alignment / sizeof(ulong));

    /// <summary>Cuts off the next piece.</summary>
    public ulong* Take(int words)
    {
        var start = _taken;
        _taken += Rounded(words);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_taken, _size, nameof(words));
        return _memory + start;
    }

    public readonly void Dispose()
    {
        CryptographicOperations.ZeroMemory(new Span<byte>(_memory, _size * sizeof(ulong)));
        NativeMemory.AlignedFree(_memory);
    }
}
