using Plimsoll.Primitives;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Client.Registry;

/// <summary>What a token server gives (the distribution project's token protocol): a bearer token, and for how long it is used.</summary>
internal sealed record TokenAnswer(string Text, TimeSpan Life)
{
    /// <summary>The bounds of an answer.</summary>
    public static readonly JsonLimits Limits = new(Bytes: 128 * 1024, Depth: 8, Values: 1000);

    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Reads an answer; failures say what is wrong with it, and never what it holds.</summary>
    public static Result<TokenAnswer> Parse(ReadOnlyMemory<byte> body)
    {
        if (!StrictJson.Parse(body, Limits).Succeeded(out var value, out var failure))
            return Malformed(failure.What);

        var reader = value.ReadObject("registry.token");
        var text = reader.OptionalString("token") is { Length: > 0 } token ? token : reader.OptionalString("access_token") ?? "";
        var seconds = reader.OptionalInteger("expires_in") ?? 60;
        if (reader.Failed(out failure))
            return Malformed(failure.What);
        if (text.Length == 0 || text.Any(character => !char.IsAsciiLetterOrDigit(character) && !"-._~+/=".Contains(character, StringComparison.Ordinal)))
            return Malformed("gives no token of the form that RFC 6750 says");

        // By our own clock from now on: `issued_at` is another machine's time. A tenth of it is left for the way.
        return new TokenAnswer(text, TimeSpan.FromSeconds(Math.Clamp(seconds, 0, (long)Longest.TotalSeconds) * 0.9));
    }

    public override string ToString() => $"token for {Life}";

    private static Failure Malformed(string what) => new(
        Refusal.Malformed, "registry.token", what, "tell the registry's operator; if you gave credentials, check them with 'docker login'");
}
