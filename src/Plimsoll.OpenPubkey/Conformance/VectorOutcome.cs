using System.Buffers;
using System.Globalization;
using System.Text;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Json;

namespace Plimsoll.OpenPubkey.Conformance;

/// <summary>What came of one test vector.</summary>
/// <param name="Id">The vector's name.</param>
/// <param name="Valid">Our verdict.</param>
/// <param name="Code">The code of the refusal; <c>ok</c> where there was none.</param>
/// <param name="Agreed">Whether verdict and computed values are the vector's.</param>
/// <param name="Detail">What was found, for reading.</param>
/// <param name="ExpectedReason">The class of failure that the vector names, or null.</param>
public sealed record VectorOutcome(string Id, bool Valid, string Code, bool Agreed, string Detail, string? ExpectedReason)
{
    /// <summary>The line that <c>plimsoll conformance</c> prints.</summary>
    public string ToLine() => $"{Id}\t{(Valid ? "valid" : "refused")}\t{Code}";
}

/// <summary>What a vector was found to be: a verdict, and the first of its values that differs from what we compute.</summary>
internal readonly record struct Finding(Failure? Refused, string? Difference)
{
    public static Finding Good => default;

    public static Finding Of<T>(Result<T> result)
        where T : notnull
        => result.Succeeded(out _, out var failure) ? Good : new Finding(failure, null);

    /// <summary>Goes on to compare a value, unless something was found already.</summary>
    public Finding Compare(JsonValue vector, string member, string computed)
    {
        if (Refused is not null || Difference is not null || vector.Member(member) is not { } expected)
            return this;
        return expected.Text == computed ? this : this with { Difference = $"{member}: computed {computed}, the vector has {expected.Text}" };
    }

    public Finding Compare(JsonValue vector, string member, long computed)
        => Compare(vector, member, computed.ToString(CultureInfo.InvariantCulture));

    public Finding Compare(JsonValue vector, string member, ReadOnlySpan<byte> computed)
        => Compare(vector, member, Encoding.UTF8.GetString(computed));

    /// <summary>Notes something that differs and is no member.</summary>
    public Finding Require(bool holds, string otherwise)
        => Refused is null && Difference is null && !holds ? this with { Difference = otherwise } : this;

    /// <summary>Goes on with another check, unless something was found already.</summary>
    public Finding And(Func<Finding> next) => Refused is null && Difference is null ? next() : this;
}

/// <summary>Reading vector files: any member may be absent, which reads as an empty text.</summary>
internal static class VectorMembers
{
    public static bool Has(this JsonValue vector, string name) => vector.Member(name) is not null;

    public static string Text(this JsonValue vector, string name) => vector.Member(name)?.Text ?? "";

    public static byte[] Utf8(this JsonValue vector, string name) => Encoding.UTF8.GetBytes(vector.Text(name));

    /// <summary>A member in hex; what is not hex reads as no bytes, which no vector has.</summary>
    public static byte[] Hex(this JsonValue vector, string name) => FromHex(vector.Text(name));

    public static byte[] FromHex(string text)
    {
        var bytes = new byte[text.Length / 2];
        return text.Length % 2 == 0 && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done ? bytes : [];
    }

    public static bool Is(this JsonValue vector, string name) => vector.Member(name) is { Kind: JsonKind.True };

    public static DateTimeOffset Time(this JsonValue vector, string name)
        => long.TryParse(vector.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 1L << 37
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.UnixEpoch;
}
