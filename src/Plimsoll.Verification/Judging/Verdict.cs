using System.Collections.Immutable;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Verification.Judging;

/// <summary>Who signed, as the policy asked for it.</summary>
/// <param name="Technology">The signing technology that was accepted, such as <c>openpubkey</c>.</param>
/// <param name="Issuer">The identity provider that vouches for the claims.</param>
/// <param name="Provider">The policy's name for that provider.</param>
/// <param name="Claims">The claims that the policy asked for, as the token has them.</param>
/// <param name="Envelope">The manifest that carries the signed statement.</param>
public sealed record Signer(
    string Technology, string Issuer, string Provider, ImmutableArray<(string Claim, string Value)> Claims, Digest Envelope);

/// <summary>
/// The answer to "may this image run?". An accepted one names the digest to run; running anything else by the same name is
/// running something that was never judged.
/// </summary>
public sealed record Verdict
{
    /// <summary>Whether every step held.</summary>
    public required bool Accepted { get; init; }

    /// <summary>The image that was asked for, normalised where it could be read.</summary>
    public required string Image { get; init; }

    /// <summary>The index or manifest that was judged; null where none was found.</summary>
    public Digest? Root { get; init; }

    /// <summary>The platform that was asked for, or null for all.</summary>
    public Platform? Platform { get; init; }

    /// <summary>The manifest of <see cref="Platform"/>, or null where no platform was asked for.</summary>
    public Digest? Manifest { get; init; }

    /// <summary>Who signed the accepted statement; empty where none was accepted.</summary>
    public ImmutableArray<Signer> Signers { get; init; } = [];

    /// <summary>One or more lines for each step taken, in order.</summary>
    public required ImmutableArray<Finding> Findings { get; init; }

    /// <summary>Why it was refused; null where it was accepted.</summary>
    public Failure? Refusal => Findings.FirstOrDefault(finding => finding.Outcome == Outcome.Refused)?.Failure;
}
