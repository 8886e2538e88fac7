using System.Collections.Immutable;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Verification.Policy;

/// <summary>
/// Which claims of an ID token make an identity: each named claim must be there and fit one of its patterns. Claims are
/// compared as texts; a number or boolean by its JSON spelling.
/// </summary>
public sealed class IdentityRule
{
    /// <summary>Most claims that one rule may name.</summary>
    public const int MostClaims = 32;

    private readonly ImmutableArray<(string Claim, ImmutableArray<Glob> Any)> _claims;

    private IdentityRule(ImmutableArray<(string Claim, ImmutableArray<Glob> Any)> claims) => _claims = claims;

    /// <summary>The names of the claims that this rule asks for.</summary>
    public IEnumerable<string> Claims => _claims.Select(pair => pair.Claim);

    /// <summary>Reads claim names with their texts or patterns.</summary>
    public static Result<IdentityRule> Parse(IEnumerable<(string Claim, ImmutableArray<string> Any)> claims)
    {
        var read = ImmutableArray.CreateBuilder<(string, ImmutableArray<Glob>)>();
        foreach (var (claim, any) in claims)
        {
            var globs = ImmutableArray.CreateBuilder<Glob>();
            foreach (var text in any)
            {
                if (!Glob.Parse(text).Succeeded(out var glob, out var failure))
                    return failure;
                globs.Add(glob);
            }

            read.Add((claim, globs.ToImmutable()));
        }

        return read.Count is > 0 and <= MostClaims
            ? new IdentityRule(read.ToImmutable())
            : new Failure(
                Refusal.Malformed, "policy.identity-open", $"an identity names {read.Count} claims, not 1 to {MostClaims}",
                "name the claims that only the trusted workload has, such as repository and repository_id");
    }

    /// <summary>Whether the rule holds this claim to exactly one text for each of its alternatives.</summary>
    public bool Pins(string claim) => _claims.Any(pair => pair.Claim == claim && !pair.Any.IsEmpty && pair.Any.All(glob => glob.IsExact));

    /// <summary>Whether any alternative of this claim starts with one of the prefixes.</summary>
    internal bool StartsWith(string claim, params ReadOnlySpan<string> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (_claims.Any(pair => pair.Claim == claim && pair.Any.Any(glob => glob.Pattern.StartsWith(prefix, StringComparison.Ordinal))))
                return true;
        }

        return false;
    }

    /// <summary>The claims that were asked for, as found, if every one of them fits.</summary>
    public Result<ImmutableArray<(string Claim, string Value)>> Admit(JsonValue payload)
    {
        var found = ImmutableArray.CreateBuilder<(string, string)>();
        foreach (var (claim, any) in _claims)
        {
            var value = payload.Member(claim);
            if (value is not { Kind: JsonKind.String or JsonKind.Number or JsonKind.True or JsonKind.False } scalar)
                return Foreign($"the token has no claim '{claim}'; the policy wants {Describe(any)}");
            if (!any.Any(glob => glob.Matches(scalar.Text)))
                return Foreign($"{claim} is '{Shorten(scalar.Text)}'; the policy wants {Describe(any)}");
            found.Add((claim, scalar.Text));
        }

        return found.ToImmutable();
    }

    private static string Describe(ImmutableArray<Glob> any) => string.Join(" or ", any.Select(glob => $"'{glob.Pattern}'"));

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..200] + "…";

    private static Failure Foreign(string what) => new(
        Refusal.Untrusted, "identity.mismatch", what,
        "if this workload is to be trusted, add its identity to the policy; else find out who signed this image");
}
