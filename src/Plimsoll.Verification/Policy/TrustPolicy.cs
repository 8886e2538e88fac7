using System.Collections.Immutable;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Verification.Policy;

/// <summary>Whom to trust for which repository (docs/formats.md, Trust policy). What no rule covers is refused.</summary>
/// <param name="Images">The rules, in the file's order; the most specific one counts.</param>
/// <param name="Digest">SHA-256 of the file's bytes, so that a verdict can say which policy it was made under.</param>
public sealed record TrustPolicy(ImmutableArray<ImageRule> Images, Digest Digest)
{
    /// <summary>The one version of the document that this program reads.</summary>
    public const int Version = 1;

    /// <summary>Most rules of one policy.</summary>
    public const int MostRules = 4096;

    /// <summary>Reads a policy. A line that this version would not enforce is refused, as is a rule that pins too little.</summary>
    public static Result<TrustPolicy> Parse(ReadOnlySpan<byte> utf8)
        => PolicyReader.Read(utf8);

    /// <summary>A policy of one rule, for a verifier who says on the command line whom he trusts.</summary>
    public static Result<TrustPolicy> ForOne(IdentityProvider provider, IdentityRule identity)
    {
        if (!ProviderRules.Admit(provider, withoutLog: true).Succeeded(out var admitted, out var failure)
            || !ProviderRules.Admit(identity, admitted).Succeeded(out var pinned, out failure)
            || !Glob.Parse("**").Succeeded(out var everything, out failure))
            return failure;
        var rule = new ImageRule(everything, [new SignatureRule(admitted, pinned)], 1, new Position(0, 0));
        return new TrustPolicy([rule], Digest.Sha256([]));
    }
}

/// <summary>What a repository's images need.</summary>
/// <param name="Match">The repositories that the rule speaks for.</param>
/// <param name="Signatures">Alternatives: any of them counts towards the threshold.</param>
/// <param name="Threshold">How many different alternatives, met by different identities, have to hold over one statement.</param>
/// <param name="Position">Where the rule stands in the file.</param>
public sealed record ImageRule(Glob Match, ImmutableArray<SignatureRule> Signatures, int Threshold, Position Position);

/// <summary>One acceptable signer: the provider that vouches for the identity, and the identity.</summary>
public sealed record SignatureRule(IdentityProvider Provider, IdentityRule Identity);
