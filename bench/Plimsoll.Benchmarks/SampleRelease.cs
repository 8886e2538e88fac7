using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Plimsoll.Envelopes;
using Plimsoll.Oci;
using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Releases;
using Plimsoll.OpenPubkey.Signing;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Primitives.Keys;
using Plimsoll.Verification.Judging;
using Plimsoll.World.Images;

namespace Plimsoll.Benchmarks;

/// <summary>One image of two platforms, released by a GitHub workflow, with all that a verdict on it needs; in memory.</summary>
public sealed class SampleRelease
{
    private const string Repository = "registry.example/acme/app";

    private readonly RsaSigningKey _provider = RsaSigningKey.Create(2048);

    /// <summary>Makes and signs it.</summary>
    public SampleRelease()
    {
        Image = SampleImage.Create(Repository);
        Statement = Bench.Must(Describe(Image).ToBytes());
        Keys = Bench.Must(JwkSet.Parse(Encoding.UTF8.GetBytes($$"""{"keys":[{"alg":"RS256","kid":"k1","use":"sig",{{_provider.PublicJwk.Canonical.AsSpan(1)}}]}""")));
        Signed = Pae.Encode(DsseEnvelope.InToto, Statement);
        Claims = MakeClaims();
        IdToken = Issue(Claims.Commitment);
        Token = Assemble();
        Envelope = SignedBy(User);
    }

    /// <summary>The image.</summary>
    public SampleImage Image { get; }

    /// <summary>The release statement.</summary>
    public byte[] Statement { get; }

    /// <summary>The statement's pre-authentication encoding.</summary>
    public byte[] Signed { get; }

    /// <summary>The provider's keys.</summary>
    public JwkSet Keys { get; }

    /// <summary>The one-time key.</summary>
    public EcdsaSigningKey User { get; } = EcdsaSigningKey.Create(EllipticCurve.P256);

    /// <summary>The client instance claims.</summary>
    public ClientInstanceClaims Claims { get; }

    /// <summary>The provider's ID token.</summary>
    public byte[] IdToken { get; }

    /// <summary>The PK token made of it.</summary>
    public PkToken Token { get; }

    /// <summary>The DSSE envelope.</summary>
    public byte[] Envelope { get; }

    /// <summary>The provider.</summary>
    public static IdentityProvider Provider => KnownProviders.GitHubActions;

    /// <summary>A policy that accepts the release.</summary>
    public static byte[] Policy { get; } = Encoding.UTF8.GetBytes("""
        version: 1
        default: refuse
        providers:
          github: { issuer: https://token.actions.githubusercontent.com, binding: aud }
        images:
          - match: registry.example/acme/*
            signatures:
              - technology: openpubkey
                provider: github
                identity:
                  repository: acme/app
                  repository_id: "717410000"
                  job_workflow_ref: acme/app/.github/workflows/release.yml@refs/heads/main
            threshold: 1
        """);

    /// <summary>Makes claims for the statement, as a signer does.</summary>
    public ClientInstanceClaims MakeClaims() => ClientInstanceClaims.Create(
        User, RandomNumberGenerator.Fill, new Dictionary<string, string>(StringComparer.Ordinal) { ["att"] = ReleaseTokens.Att(Signed) });

    /// <summary>Makes the PK token: proves the provider's signature and verifies the proof.</summary>
    public PkToken Assemble() => Bench.Must(PkTokenSigning.Assemble(IdToken, Claims, User, Provider, Keys, RandomNumberGenerator.Fill));

    /// <summary>What a verifier finds: the image and its attachments, the good one last.</summary>
    public Evidence Gathered(params IEnumerable<byte[]> junk) => new()
    {
        Reference = Bench.Must(Reference.Parse($"{Repository}:1.4")),
        Root = new DocumentBytes(Image.Index.Descriptor.Digest, Image.Index.Bytes),
        Envelopes = [.. junk.Append(Envelope).Select(envelope => new AttachedEnvelope(Digest.Sha256(envelope), envelope))],
        Keys = ImmutableDictionary<Issuer, Result<JwkSet>>.Empty.Add(Provider.Issuer, Keys),
    };

    /// <summary>Attachments of another technology: read and left alone.</summary>
    public IEnumerable<byte[]> ForeignEnvelopes(int count) => Enumerable.Range(0, count).Select(at => Encoding.UTF8.GetBytes(
        $$"""{"payloadType":"application/vnd.example+json","payload":"{{Base64Text.Encode(Statement)}}","signatures":[{"keyid":"{{at}}","sig":"MEUCIQ=="}]}"""));

    /// <summary>The dearest junk: everything holds, the proof included, but for the last signature.</summary>
    public IEnumerable<byte[]> ForgedEnvelopes(int count)
    {
        using var thief = EcdsaSigningKey.Create(EllipticCurve.P256);
        return [.. Enumerable.Range(0, count).Select(_ => SignedBy(thief))];
    }

    private byte[] SignedBy(EcdsaSigningKey key)
    {
        var signature = DsseSignature.Sign(DsseEnvelope.InToto, Statement, key, new OpkExtension(Token.ToJson()).ToExtension());
        return DsseEnvelope.Of(DsseEnvelope.InToto, Statement, signature with { KeyId = User.KeyId }).ToBytes();
    }

    private static ReleaseStatement Describe(SampleImage image) => new()
    {
        Repository = Repository,
        Root = image.Index.Descriptor.Digest,
        RootMediaType = image.Index.Descriptor.MediaType,
        RootSize = image.Index.Descriptor.Size,
        Tags = ["1.4"],
        Children = [.. image.Platforms.Select(one => new ReleaseChild(
            one.Manifest.Descriptor.Digest, one.Manifest.Descriptor.Size, one.Manifest.Descriptor.MediaType, one.Platform.ToString(),
            Bench.Must(ImageManifest.Parse(one.Manifest.Bytes, one.Manifest.Descriptor)).Config.Digest))],
    };

    private byte[] Issue(string commitment)
    {
        var payload = $$"""{"aud":"{{commitment}}","exp":1800000600,"iat":1800000000,"iss":"{{Provider.Issuer}}","job_workflow_ref":"acme/app/.github/workflows/release.yml@refs/heads/main","ref":"refs/heads/main","repository":"acme/app","repository_id":"717410000","repository_owner":"acme","repository_visibility":"public","run_id":"1234567890","runner_environment":"github-hosted","sha":"0123456789abcdef0123456789abcdef01234567","sub":"repo:acme/app:ref:refs/heads/main","workflow_ref":"acme/app/.github/workflows/release.yml@refs/heads/main"}""";
        var input = $"{Base64Text.EncodeUrl("""{"alg":"RS256","kid":"k1","typ":"JWT"}"""u8)}.{Base64Text.EncodeUrl(Encoding.UTF8.GetBytes(payload))}";
        return Encoding.ASCII.GetBytes($"{input}.{Base64Text.EncodeUrl(_provider.Sign(Encoding.ASCII.GetBytes(input), EcdsaEncoding.Joined))}");
    }
}
