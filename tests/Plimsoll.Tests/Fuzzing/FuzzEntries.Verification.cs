using Plimsoll.Primitives.Hashing;
using Plimsoll.Primitives.Json;
using Plimsoll.Tests.Verification.Judging;
using Plimsoll.Verification.Judging;
using Plimsoll.Verification.Policy;

namespace Plimsoll.Tests.Fuzzing;

/// <summary>The trust policy and its patterns, and the judge over evidence that somebody made up.</summary>
internal sealed class VerificationFuzzEntries : IFuzzEntries
{
    private static readonly string[] Policies =
    [
        """
        version: 1
        default: refuse
        providers:
          github: { issuer: https://token.actions.githubusercontent.com, binding: aud }
          people: { issuer: https://accounts.google.com, binding: nonce, audience: ["client"], require: { email_verified: true } }
        images:
          - match: registry.example/acme/*
            signatures:
              - technology: openpubkey
                provider: github
                identity: { repository: acme/app, repository_id: "1", ref: "refs/tags/*" }
            threshold: 1
          - match: "registry.example/**"
            signatures: [{ technology: openpubkey, provider: people, identity: { email: [alice@acme.example, bob@acme.example] } }]
        """,
        "version: 1\nproviders:\n  ci: {issuer: 'https://gitlab.com', binding: gq, audience: \"OPENPUBKEY-PKTOKEN:\\u0061\"}\nimages:\n- match: >-\n    a/b\n  signatures:\n  - {technology: openpubkey, provider: ci,\n     identity: {project_path: a/b, project_id: 1}}\n",
        "%YAML 1.2\n---\n# comment\nversion: 1 # comment\nimages: []\n...\n",
        "a: |\n  text\n  text\nb: \"\\x41\\n\"\nc: 'it''s'\nd: ? [x]\n",
        "{version: 1, images: [{match: '**', signatures: []}]}",
    ];

    // The scanner's corners: styles, indents, comments, line breaks, escapes, directives, and what is refused.
    private static readonly string[] Documents =
    [
        "a: |+2\n   x\n\n\nb: >-\n  x\n  y\n\n  z\nc: |1-\n x\n",
        "? a\n: b\n? [c, d]\n: - e\n  - - f\n    - {g: h, ? i : j}\n",
        "- &a x\n- *a\n- !!str y\n- !<tag:yaml.org,2002:str> z\n- !local\n",
        "%YAML 1.1\n%TAG ! tag:example,2000:\n--- !x\na: b\n--- |\n%c\n...\n",
        "a: \"\\0\\a\\b\\t\\n\\v\\f\\r\\e\\ \\\"\\/\\\\\\N\\_\\L\\P\\x41\\u00e9\\U0001F600\\\n  b\"\n",
        "a:\n- b\n-\tc\n- 'd''e\n\n  f'\n- # g\n  - h\n<<: {i: j}\nk: ~\nl: null\n\u00e9\u2028m: n\u0085o: p\r\nq: r\rs: t\n",
        "\ufeff# x\na: [b, 'c', \"d\", {e: f}, [g], h: i, ? j : k, ]\nl: {m, n: , o: p,}\n",
    ];

    private static readonly AttachedEnvelope Good = TestEvidence.Sign(TestImage.Usual.Release);

    public IEnumerable<FuzzEntry> Entries()
    {
        // A caught exception of the scanner costs a few thousand bytes, and its tokens and events some hundred for a character.
        yield return FuzzEntry.Of("policy.document", bytes => TrustPolicy.Parse(bytes), FuzzSeeds.Text(Policies), Use).Costing(3000, 2000);
        yield return FuzzEntry.Of("policy.yaml", bytes => YamlDocument.Parse(bytes), FuzzSeeds.Text([.. Policies, .. Documents])).Costing(3000, 2000);
        yield return FuzzEntry.OfText("policy.pattern", Glob.Parse, FuzzSeeds.Text("**", "docker.io/library/*", "a*b*c/*/**", "exact"), Match);
        yield return FuzzEntry.Of("policy.identity", bytes => StrictJson.Parse(bytes, new JsonLimits(65_536)).Then(Identity.Admit), FuzzSeeds.Text(
            """{"repository":"acme/app","repository_id":"1","ref":"refs/tags/v1"}""", """{"repository":"acme/app","repository_id":1,"ref":true}"""));
        yield return new FuzzEntry("verdict.envelope", JudgeEnvelope, [Good.Bytes.ToArray()]).Costing(1000);
        yield return new FuzzEntry("verdict.root", JudgeRoot, [TestImage.Usual.Index.Bytes.ToArray()]).Costing(500);
    }

    private static IdentityRule Identity { get; } = IdentityRule.Parse(
        [("repository", ["acme/app"]), ("repository_id", ["1"]), ("ref", ["refs/tags/*", "true"])]).ShouldSucceed();

    private static void Use(TrustPolicy policy)
    {
        foreach (var rule in policy.Images)
        {
            Assert.InRange(rule.Threshold, 1, rule.Signatures.Length);
            Assert.All(rule.Signatures, signature => Assert.NotEmpty(signature.Identity.Claims));
        }

        _ = Coverage.Find(policy, "registry.example/acme/app");
    }

    private static void Match(Glob glob)
    {
        foreach (var text in new[] { "", "/", "docker.io/library/alpine", new string('a', 300), "a/b/c/d" })
        {
            var fits = glob.Matches(text);
            Assert.True(!glob.IsExact || fits == (glob.Pattern == text), $"'{glob.Pattern}' and '{text}'");
        }
    }

    // Whatever stands in an envelope: what is accepted is the release that was signed.
    private static string JudgeEnvelope(byte[] bytes)
    {
        var verdict = TestEvidence.Judged(TestEvidence.Of(TestImage.Usual, TestEvidence.Attach(bytes)));
        Assert.True(!verdict.Accepted || verdict.Root == TestImage.Usual.Index.Descriptor.Digest);
        return verdict.Refusal?.Code ?? "ok";
    }

    // A root is what it hashes to: another one is never the image that was released.
    private static string JudgeRoot(byte[] bytes)
    {
        var digest = Digest.Sha256(bytes);
        var verdict = TestEvidence.Judged(TestEvidence.Of(TestImage.Usual, Good) with { Root = new DocumentBytes(digest, bytes) });
        Assert.Equal(verdict.Accepted, digest == TestImage.Usual.Index.Descriptor.Digest);
        return verdict.Refusal?.Code ?? "ok";
    }
}
