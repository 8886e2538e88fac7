using System.Globalization;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Json;

namespace Plimsoll.OpenPubkey.Tokens;

/// <summary>
/// The claims of an ID token (OpenID Connect Core 2), read by exact name. Whether anybody signed them is for the holder of
/// this object to know: a verifier hands it out, a parser only under a name that says so.
/// </summary>
public sealed class IdTokenClaims
{
    private IdTokenClaims(JsonValue payload) => Payload = payload;

    /// <summary>The whole payload, an object.</summary>
    public JsonValue Payload { get; }

    /// <summary>The claim <c>iss</c>, or null where it is absent or no string.</summary>
    public string? Issuer => Text("iss");

    /// <summary>The claim <c>sub</c>, or null where it is absent or no string.</summary>
    public string? Subject => Text("sub");

    /// <summary>Reads a decoded payload.</summary>
    public static Result<IdTokenClaims> Parse(ReadOnlyMemory<byte> json)
    {
        if (!StrictJson.Parse(json, TokenLimits.Payload).Succeeded(out var payload, out var failure))
            return failure;
        return payload.Kind == JsonKind.Object ? new IdTokenClaims(payload) : Failures.Token("the payload is not a JSON object");
    }

    /// <summary>A claim that is a string, or null where it is absent or of another kind.</summary>
    public string? Text(string name) => Payload.Member(name) is { Kind: JsonKind.String } value ? value.Text : null;

    /// <summary>The one string of a claim that is a list of exactly one; null for anything else.</summary>
    internal string? OnlyMember(string name)
        => Payload.Member(name)?.Elements() is [{ Kind: JsonKind.String } only] ? only.Text : null;

    /// <summary>Whether <c>aud</c> is this text, or an array of strings with this member. Members are compared whole.</summary>
    public bool HasAudience(string clientId)
    {
        if (Payload.Member("aud") is not { } audience)
            return false;
        if (audience.Kind == JsonKind.String)
            return audience.TextEquals(clientId);

        var members = audience.Elements();
        return members.All(member => member.Kind == JsonKind.String) && members.Any(member => member.TextEquals(clientId));
    }

    /// <summary>A time claim in Unix seconds, null where absent; anything but a plain whole number of at least 0 is refused.</summary>
    internal Result<Time> Seconds(string name)
    {
        if (Payload.Member(name) is not { } value)
            return new Time(null);
        return value.Kind == JsonKind.Number
            && long.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds.ToString(CultureInfo.InvariantCulture) == value.Text
            && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
                ? new Time(DateTimeOffset.FromUnixTimeSeconds(seconds))
                : Failures.Expiration($"the claim '{name}' is not a time in whole seconds since 1970");
    }

    /// <summary>A time that may be absent.</summary>
    internal readonly record struct Time(DateTimeOffset? At);
}
