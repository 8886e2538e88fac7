using System.Globalization;

namespace Plimsoll.Server.Registry.Protocol;

/// <summary>The bytes that a chunk of an upload is: <c>START-END</c>, both included, without a unit (distribution-spec, Pushing a blob in chunks).</summary>
internal readonly record struct ContentRange(long First, long Last)
{
    public long Length => Last - First + 1;

    public static bool TryParse(string text, out ContentRange range)
    {
        range = default;
        if (text.Split('-') is not [var first, var last] || !Numbers.TryParse(first, out var from) || !Numbers.TryParse(last, out var to) || to < from)
            return false;
        range = new ContentRange(from, to);
        return true;
    }
}

/// <summary>The one part of a blob that a reader asks for (RFC 9110 14.2).</summary>
/// <param name="First">The first byte.</param>
/// <param name="Length">How many bytes, at least one.</param>
internal readonly record struct ByteRange(long First, long Length)
{
    private const string Unit = "bytes=";

    /// <summary>
    /// Reads a Range header against a size. Null is everything: no header, another unit, a malformed one, or several ranges,
    /// which a server may leave unheeded. A range without a byte in it is unsatisfiable.
    /// </summary>
    public static ByteRange? Parse(string? header, long size, out bool unsatisfiable)
    {
        unsatisfiable = false;
        if (header is null || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase) || header.AsSpan(Unit.Length).Trim(' ').ToString().Split('-') is not [var first, var last])
            return null;

        if (first.Length == 0)
        {
            // The last N bytes; more than there are is all.
            if (!Numbers.TryParse(last, out var count))
                return null;
            unsatisfiable = count == 0 || size == 0;
            var length = Math.Min(count, size);
            return unsatisfiable ? null : new ByteRange(size - length, length);
        }

        var to = long.MaxValue;
        if (!Numbers.TryParse(first, out var from) || (last.Length > 0 && !Numbers.TryParse(last, out to)) || to < from)
            return null;
        unsatisfiable = from >= size;
        return unsatisfiable ? null : new ByteRange(from, Math.Min(to, size - 1) - from + 1);
    }
}

/// <summary>Numbers in protocol text: decimal digits and nothing else, of a size that cannot overflow when one is added.</summary>
internal static class Numbers
{
    private const int MostDigits = 18;

    public static bool TryParse(string text, out long number)
    {
        number = 0;
        return text.Length is > 0 and <= MostDigits && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
