using System.Buffers.Text;
using System.Text;

namespace Plimsoll.Tests.Fuzzing;

/// <summary>Makes hostile inputs out of good ones: at the level of bits, of text, of JSON, and inside base64.</summary>
internal static class Mutator
{
    private const int MostNesting = 2;

    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "false", "\"\"", "{}", "[]", "//", "/**/", " ", "\t", "\n", "\r\n", "\0",
        "\u2028", "\u00e9", "e\u0301", "\ud83d\ude00", "\ufeff", "\uffff", "\u202e", "\u0130", "\u017f", "\\u0000", "\\ud800", "\\udc00", "\\ud83d\\ude00", "\\u0061", "\\/",
        "=", "==", "-", "_", "+", "/", ".", "..", "../", "%2e", "%00", "@", "#", "?", "sha256:", "sha512:", "__proto__",
    ];

    private static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "00", "01", "1.0", "1e0", "1E+2", "0.1", "1e400", "-1e400", "1e-400", "127", "128", "255", "256", "32767", "65535", "65536",
        "2147483647", "2147483648", "-2147483649", "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808",
        "-9223372036854775809", "18446744073709551616", "99999999999999999999999999999999", "1e999999999999", "NaN", "Infinity", "0x10", "1_000", "\u0661",
    ];

    private static readonly byte[][] Invalid = [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0xE2, 0x82], [0xEF, 0xBB, 0xBF], [0x80]];

    private static readonly Func<byte[], IReadOnlyList<byte[]>, FuzzRandom, byte[]>[] Plain =
    [
        (bytes, _, random) => FlipBit(bytes, random),
        (bytes, _, random) => SetByte(bytes, random),
        (bytes, _, random) => Replace(bytes, random.Range(bytes.Length), []),
        (bytes, _, random) => bytes[..random.Next(bytes.Length)],
        (bytes, _, random) => Repeat(bytes, random),
        (bytes, _, random) => Insert(bytes, random, Encoding.UTF8.GetBytes(random.Pick(Tokens))),
        (bytes, _, random) => Replace(bytes, random.Range(bytes.Length), Encoding.UTF8.GetBytes(random.Pick(Tokens))),
        (bytes, _, random) => Insert(bytes, random, random.Pick(Invalid)),
        Splice,
        (bytes, _, random) => ChangeNumber(bytes, random),
        (bytes, _, random) => ChangeCase(bytes, random),
        (bytes, _, random) => Move(bytes, random),
        (bytes, _, random) => Nest(bytes, random),
        (bytes, _, random) => Escape(bytes, random),
        (bytes, _, random) => DoubleMember(bytes, random),
    ];

    /// <summary>One input: a seed with a few mutations, most often one or two.</summary>
    public static byte[] Mutate(IReadOnlyList<byte[]> seeds, FuzzRandom random, int most)
    {
        var bytes = random.Pick(seeds);
        var steps = 1 + random.Next(1 << random.Next(4));
        for (var step = 0; step < steps; step++)
            bytes = Step(bytes, seeds, random, MostNesting);
        return bytes.Length <= most ? bytes : bytes[..most];
    }

    private static byte[] Step(byte[] bytes, IReadOnlyList<byte[]> seeds, FuzzRandom random, int nesting)
        => nesting > 0 && random.Next(4) == 0 && InsideBase64(bytes, seeds, random, nesting) is { } changed
            ? changed
            : random.Pick(Plain)(bytes, seeds, random);

    private static byte[] FlipBit(byte[] bytes, FuzzRandom random)
    {
        if (bytes.Length == 0)
            return [random.NextByte()];
        var changed = (byte[])bytes.Clone();
        changed[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return changed;
    }

    private static byte[] SetByte(byte[] bytes, FuzzRandom random)
        => Replace(bytes, (random.Next(bytes.Length), Math.Min(1, bytes.Length)), [random.Pick<byte>([0, 0x7F, 0x80, 0xFF, 0x20, random.NextByte()])]);

    private static byte[] Repeat(byte[] bytes, FuzzRandom random)
    {
        var (start, length) = random.Range(bytes.Length);
        var times = 1 << random.Next(length < 64 ? 11 : 5);
        var part = bytes.AsSpan(start, length);
        var repeated = new byte[length * times];
        for (var at = 0; at < times; at++)
            part.CopyTo(repeated.AsSpan(at * length));
        return Replace(bytes, (start, 0), repeated);
    }

    private static byte[] Splice(byte[] bytes, IReadOnlyList<byte[]> seeds, FuzzRandom random)
    {
        var other = random.Pick(seeds);
        var (start, length) = random.Range(other.Length);
        return random.Next(2) == 0
            ? [.. bytes.AsSpan(0, random.Next(bytes.Length + 1)), .. other.AsSpan(random.Next(other.Length + 1))]
            : Insert(bytes, random, other[start..(start + length)]);
    }

    private static byte[] ChangeNumber(byte[] bytes, FuzzRandom random)
        => FindRun(bytes, random, 1, value => value is >= (byte)'0' and <= (byte)'9' or (byte)'-' or (byte)'.') is { } run
            ? Replace(bytes, run, Encoding.UTF8.GetBytes(random.Pick(Numbers)))
            : Insert(bytes, random, Encoding.UTF8.GetBytes(random.Pick(Numbers)));

    private static byte[] ChangeCase(byte[] bytes, FuzzRandom random)
    {
        if (FindRun(bytes, random, 1, value => char.IsAsciiLetter((char)value)) is not { } run)
            return bytes;
        var changed = (byte[])bytes.Clone();
        changed[run.Start + random.Next(run.Length)] ^= 0x20;
        return changed;
    }

    private static byte[] Move(byte[] bytes, FuzzRandom random)
    {
        var (start, length) = random.Range(bytes.Length);
        return Insert(Replace(bytes, (start, length), []), random, bytes[start..(start + length)]);
    }

    private static byte[] Nest(byte[] bytes, FuzzRandom random)
    {
        var times = 1 << random.Next(12);
        var (open, close) = random.Pick<(string, string)>([("[", "]"), ("{\"a\":", "}"), ("(", ")")]);
        var around = new StringBuilder().Insert(0, open, times).ToString();
        var end = random.Next(2) == 0 ? new StringBuilder().Insert(0, close, times).ToString() : "";
        return [.. Encoding.UTF8.GetBytes(around), .. bytes, .. Encoding.UTF8.GetBytes(end)];
    }

    // A letter or digit written as an escape: the same string to a JSON reader, other bytes.
    private static byte[] Escape(byte[] bytes, FuzzRandom random)
    {
        if (FindRun(bytes, random, 1, value => char.IsAsciiLetterOrDigit((char)value)) is not { } run)
            return bytes;
        var at = run.Start + random.Next(run.Length);
        return Replace(bytes, (at, 1), Encoding.UTF8.GetBytes($"\\u{(int)bytes[at]:x4}"));
    }

    // "name": copied before another member: a doubled name, if both are in one object.
    private static byte[] DoubleMember(byte[] bytes, FuzzRandom random)
    {
        var colons = Enumerable.Range(0, bytes.Length).Where(at => bytes[at] == ':' && at > 0 && bytes[at - 1] == '"').ToArray();
        if (colons.Length < 2)
            return bytes;
        var from = random.Pick(colons);
        var to = random.Pick(colons);
        var nameStart = bytes.AsSpan(0, from - 1).LastIndexOf((byte)'"');
        var otherStart = bytes.AsSpan(0, to - 1).LastIndexOf((byte)'"');
        return nameStart < 0 || otherStart < 0
            ? bytes
            : Replace(bytes, (otherStart, 0), [.. bytes.AsSpan(nameStart, from - nameStart), .. ":1,"u8]);
    }

    // What stands in a run of base64 is changed and encoded again, so that the change survives decoding.
    private static byte[]? InsideBase64(byte[] bytes, IReadOnlyList<byte[]> seeds, FuzzRandom random, int nesting)
    {
        if (FindRun(bytes, random, 12, value => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'_' or (byte)'+' or (byte)'/') is not { } run)
            return null;

        var text = Encoding.ASCII.GetString(bytes, run.Start, run.Length);
        var url = !text.Contains('+', StringComparison.Ordinal) && !text.Contains('/', StringComparison.Ordinal);
        var cut = text[..(text.Length / 4 * 4)].Replace('+', '-').Replace('/', '_');
        var tail = text.Length % 4 is 2 or 3 ? text[^(text.Length % 4)..].Replace('+', '-').Replace('/', '_') : "";
        if (!Base64Url.IsValid(cut + tail))
            tail = "";

        var changed = Base64Url.EncodeToString(Step(Base64Url.DecodeFromChars(cut + tail), seeds, random, nesting - 1));
        return Replace(bytes, run, Encoding.ASCII.GetBytes(url ? changed : changed.Replace('-', '+').Replace('_', '/')));
    }

    private static (int Start, int Length)? FindRun(byte[] bytes, FuzzRandom random, int least, Func<byte, bool> belongs)
    {
        // From a random place on, and round once: the first run that is long enough.
        var offset = random.Next(bytes.Length);
        for (int seen = 0, length = 0; seen < bytes.Length; seen++)
        {
            var at = (offset + seen) % bytes.Length;
            if (at == 0)
                length = 0;
            if (belongs(bytes[at]))
                length++;
            var ended = !belongs(bytes[at]) || at == bytes.Length - 1;
            if (ended && length >= least)
                return (belongs(bytes[at]) ? at - length + 1 : at - length, length);
            if (ended)
                length = 0;
        }

        return null;
    }

    private static byte[] Insert(byte[] bytes, FuzzRandom random, byte[] inserted) => Replace(bytes, (random.Next(bytes.Length + 1), 0), inserted);

    private static byte[] Replace(byte[] bytes, (int Start, int Length) range, byte[] with)
        => [.. bytes.AsSpan(0, range.Start), .. with, .. bytes.AsSpan(range.Start + range.Length)];
}
