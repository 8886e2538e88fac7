using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Plimsoll.Primitives;

namespace Plimsoll.Client.Registry;

/// <summary>One challenge of a <c>WWW-Authenticate</c> header (RFC 9110 11.3). Names are compared without case.</summary>
/// <param name="Scheme">The scheme in lower case, such as <c>bearer</c>.</param>
/// <param name="Parameters">The parameters, each named once.</param>
public sealed record Challenge(string Scheme, FrozenDictionary<string, string> Parameters)
{
    /// <summary>Longest header that is read.</summary>
    public const int MaximumLength = 8 * 1024;

    /// <summary>Most challenges, and most parameters of one challenge.</summary>
    public const int MaximumCount = 16;

    /// <summary>A parameter's value, or null where it was not given.</summary>
    public string? this[string name] => Parameters.GetValueOrDefault(name);

    /// <summary>Reads the header's values, in order. An empty list means that there was no header.</summary>
    public static Result<IReadOnlyList<Challenge>> Parse(IEnumerable<string> values)
    {
        var header = string.Join(", ", values);
        if (header.Length > MaximumLength)
            return Malformed($"is {header.Length} characters long, more than {MaximumLength}");

        var challenges = new List<Challenge>();
        var cursor = new HeaderCursor(header);
        while (true)
        {
            while (cursor.Skip(','))
            {
            }

            if (cursor.AtEnd)
                return Result.Of<IReadOnlyList<Challenge>>(challenges);
            if (challenges.Count == MaximumCount)
                return Malformed($"holds more than {MaximumCount} challenges");
            if (!ParseOne(ref cursor, out var challenge, out var what))
                return Malformed(what);
            challenges.Add(challenge);
        }
    }

    private static bool ParseOne(
        ref HeaderCursor cursor, [NotNullWhen(true)] out Challenge? challenge, [NotNullWhen(false)] out string? what)
    {
        challenge = null;
        if (cursor.Token() is not { } scheme)
            return Says("has no scheme where one must stand", out what);

        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (true)
        {
            var before = cursor;
            var separated = parameters.Count == 0;
            while (parameters.Count > 0 && cursor.Skip(','))
                separated = true;

            string? value = null;
            if (!separated || !cursor.Parameter(out var name, out value))
            {
                // What stands here begins the next challenge, or is the token68 form, which no registry scheme uses.
                cursor = before;
                if (parameters.Count == 0)
                    cursor.SkipToken68();
                break;
            }

            if (value is null)
                return Says($"has a parameter '{name}' without a well-formed value", out what);
            if (!parameters.TryAdd(name, value))
                return Says($"has the parameter '{name}' twice", out what);
            if (parameters.Count > MaximumCount)
                return Says($"has more than {MaximumCount} parameters", out what);
        }

        if (!cursor.AtEnd && !cursor.Peek(','))
            return Says("has something between two challenges that is no comma", out what);

        challenge = new Challenge(scheme.ToLowerInvariant(), parameters.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase));
        what = null;
        return true;
    }

    private static bool Says(string text, out string what)
    {
        what = text;
        return false;
    }

    private static Failure Malformed(string what) => new(
        Refusal.Malformed, "registry.challenge", $"the registry's WWW-Authenticate header {what}",
        "tell the registry's operator; whatever asks for credentials must do so in the form of RFC 9110");
}
