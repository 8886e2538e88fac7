using System.Globalization;
using Plimsoll.Primitives.Json;

namespace Plimsoll.OpenPubkey.Providers;

/// <summary>A claim that a token must have with one value: a string, a boolean or a whole number, each only equal to its own kind.</summary>
public readonly record struct RequiredClaim
{
    private readonly JsonKind _kind;

    private RequiredClaim(string name, JsonKind kind, string value)
    {
        Name = name;
        _kind = kind;
        Value = value;
    }

    /// <summary>The claim's exact name.</summary>
    public string Name { get; }

    /// <summary>The value as text.</summary>
    public string Value { get; }

    /// <summary>A claim that is this string.</summary>
    public static RequiredClaim Of(string name, string value) => new(name, JsonKind.String, value);

    /// <summary>A claim that is this boolean; the string of the same letters is something else.</summary>
    public static RequiredClaim Of(string name, bool value) => new(name, value ? JsonKind.True : JsonKind.False, value ? "true" : "false");

    /// <summary>A claim that is this whole number.</summary>
    public static RequiredClaim Of(string name, long value) => new(name, JsonKind.Number, value.ToString(CultureInfo.InvariantCulture));

    internal bool IsMetBy(JsonValue payload) => payload.Member(Name) is { } found && found.Kind == _kind && found.TextEquals(Value);
}
