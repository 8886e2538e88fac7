using System.Collections.Immutable;
using Plimsoll.Oci;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Verification.Policy;

namespace Plimsoll.Verification.Judging;

/// <summary>
/// Everything that a verdict needs, as it was found: bytes and what could not be had. Gathering it decides nothing, so
/// evidence may come from anybody.
/// </summary>
public sealed record Evidence
{
    /// <summary>Most envelopes that a verdict looks at.</summary>
    public const int MostEnvelopes = 256;

    /// <summary>What was asked for, normalised.</summary>
    public required Reference Reference { get; init; }

    /// <summary>The platform that was asked for; null judges the whole index.</summary>
    public Platform? Platform { get; init; }

    /// <summary>The index or manifest that the reference leads to now.</summary>
    public required Result<DocumentBytes> Root { get; init; }

    /// <summary>The manifest of <see cref="Platform"/>, where the root is an index and it could be had.</summary>
    public DocumentBytes? PlatformManifest { get; init; }

    /// <summary>What is attached to the root and may be a signed statement.</summary>
    public ImmutableArray<AttachedEnvelope> Envelopes { get; init; } = [];

    /// <summary>Attachments that were listed and could not be read, and lists that were cut.</summary>
    public ImmutableArray<Failure> Unread { get; init; } = [];

    /// <summary>The keys that each issuer serves now, or why they could not be had.</summary>
    public ImmutableDictionary<Issuer, Result<JwkSet>> Keys { get; init; } = ImmutableDictionary<Issuer, Result<JwkSet>>.Empty;
}

/// <summary>An index or manifest: the digest it was asked for by, and its bytes.</summary>
public sealed record DocumentBytes(Digest Digest, ReadOnlyMemory<byte> Bytes);

/// <summary>A DSSE envelope, and the manifest by which it is attached.</summary>
public sealed record AttachedEnvelope(Digest Manifest, ReadOnlyMemory<byte> Bytes);

/// <summary>What the verifier holds to be true before looking at any evidence.</summary>
public sealed record Anchors(TrustPolicy Policy);
