using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Plimsoll.Envelopes;
using Plimsoll.Oci;
using Plimsoll.OpenPubkey.Gq;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Primitives.Keys;
using Plimsoll.Tests.OpenPubkey;
using Plimsoll.Verification.Judging;
using Plimsoll.Verification.Policy;

namespace Plimsoll.Tests.Verification.Judging;

/// <summary>Evidence about <see cref="TestImage"/>, signed by <see cref="TestIssuer"/> as a CI job would have it signed; no network, no clock.</summary>
internal static class TestEvidence
{
    /// <summary>The claims of the one job that <see cref="Policy"/> trusts.</summary>
    public const string Trusted = ""","repository":"acme/app","repository_id":"1","ref":"refs/heads/main" """;

    public static DateTimeOffset Now { get; } = TestIssuer.Now.AddHours(3);

    public static Issuer Issuer { get; } = Issuer.Parse(TestIssuer.Url).ShouldSucceed();

    public static TrustPolicy Policy { get; } = PolicyOf("""{ repository: acme/app, repository_id: "1" }""");

    public static Anchors Anchors { get; } = new(Policy);

    public static ImmutableDictionary<Issuer, Result<JwkSet>> Keys { get; } = KeysOf(TestIssuer.Rsa);

    /// <summary>A policy of one rule for the test image's registry, with these identities as alternatives.</summary>
    public static TrustPolicy PolicyOf(string identity, params string[] more) => PolicyOf(1, [identity, .. more]);

    public static TrustPolicy PolicyOf(int threshold, params string[] identities) => TrustPolicy.Parse(Encoding.UTF8.GetBytes($$"""
        version: 1
        providers:
          ci: { issuer: {{TestIssuer.Url}}, binding: aud }
        images:
          - match: registry.example/acme/*
            threshold: {{threshold}}
            signatures: [{{string.Join(", ", identities.Select(identity => $"{{ technology: openpubkey, provider: ci, identity: {identity} }}"))}}]
        """)).ShouldSucceed();

    public static ImmutableDictionary<Issuer, Result<JwkSet>> KeysOf(TestIssuer issuer)
        => ImmutableDictionary<Issuer, Result<JwkSet>>.Empty.Add(Issuer, issuer.Keys);

    /// <summary>Evidence that the judge accepts, unless a test changes it: the image, and one envelope over its release.</summary>
    public static Evidence Of(TestImage image, params AttachedEnvelope[] envelopes) => new()
    {
        Reference = Reference.Parse($"{TestImage.Repository}:1.0").ShouldSucceed(),
        Root = image.Root,
        Envelopes = [.. envelopes],
        Keys = Keys,
    };

    public static Verdict Judged(Evidence evidence, TrustPolicy? policy = null) => Judge.Decide(evidence, new Anchors(policy ?? Policy), Now);

    public static AttachedEnvelope Sign(ReleaseStatement release, string claims = Trusted, Func<string, string>? change = null)
        => Sign(release.ToBytes().ShouldSucceed(), claims, change);

    /// <summary>An envelope over any payload, attached by a manifest of its own.</summary>
    /// <param name="payload">What is signed.</param>
    /// <param name="claims">Members of the ID token's payload after the usual ones.</param>
    /// <param name="change">Changes the ID token's payload before the provider signs it: a provider may say anything.</param>
    public static AttachedEnvelope Sign(byte[] payload, string claims = Trusted, Func<string, string>? change = null)
    {
        using var key = EcdsaSigningKey.Create(EllipticCurve.P256);
        var client = TestIssuer.Claims(key, Pae.Encode(DsseEnvelope.InToto, payload));
        var text = TestIssuer.Payload(client.Commitment, nonce: null, claims);
        var idToken = TestIssuer.Rsa.IdToken(change is null ? text : change(text));
        var proven = GqTransformation.Apply(idToken, TestIssuer.Rsa.Keys.Find(TestIssuer.Rsa.KeyId).ShouldSucceed(), commitment: null, RandomNumberGenerator.Fill).ShouldSucceed();
        var token = TestIssuer.Join(proven.Text.ToArray(), client, key);
        return Attach(DsseEnvelope.Of(DsseEnvelope.InToto, payload, DsseSignature.Sign(DsseEnvelope.InToto, payload, key, new OpkExtension(token.ToJson()).ToExtension())));
    }

    public static AttachedEnvelope Attach(DsseEnvelope envelope) => Attach(envelope.ToBytes());

    public static AttachedEnvelope Attach(ReadOnlyMemory<byte> envelope) => new(Digest.Sha256(envelope.Span), envelope);
}
