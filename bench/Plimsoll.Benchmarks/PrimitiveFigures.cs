using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Primitives.Json;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Benchmarks;

/// <summary>Signatures, JSON and hashes: each against what the platform would take for the same.</summary>
public static class PrimitiveFigures
{
    private const int StatementBytes = 2_000_000;

    private static readonly byte[] Message = new byte[1500];
    private static readonly byte[] Page = new byte[4096];

    /// <summary>The figures.</summary>
    public static IEnumerable<Figure> All() =>
    [
        Figure.Of("rsa.2048.verify", "us", bench => bench.Microseconds(bench.Yardstick)),
        .. Signatures("ecdsa.p256", () => EcdsaSigningKey.Create(EllipticCurve.P256)),
        .. Signatures("ecdsa.p384", () => EcdsaSigningKey.Create(EllipticCurve.P384)),
        .. Signatures("ed25519", Ed25519SigningKey.Create),
        .. Json(),
        .. Hashes(),
    ];

    private static IEnumerable<Figure> Signatures(string name, Func<SigningKey> create)
    {
        var made = new Lazy<(ReadOnlyMemory<byte> Spki, byte[] Signature)>(() =>
        {
            using var key = create();
            return (key.SubjectPublicKeyInfo.ToArray(), key.Sign(Message, EcdsaEncoding.Der));
        });
        yield return Figure.Of($"{name}.verify", "R", bench =>
        {
            var key = Import();
            return bench.Ratio(() => Bench.Must(key.Verify(Message, made.Value.Signature)));
        });
        yield return Figure.Of($"{name}.import-and-verify", "R", bench => bench.Ratio(() => Bench.Must(Import().Verify(Message, made.Value.Signature))));

        VerificationKey Import() => Bench.Must(PublicKeys.ImportSpki(made.Value.Spki.Span, EcdsaEncoding.Der));
    }

    private static IEnumerable<Figure> Json()
    {
        var text = new Lazy<byte[]>(Statement);
        var limits = new JsonLimits(2 * StatementBytes, Values: 1_000_000);
        yield return Figure.Of("json.parse", "MB/s", bench => StatementBytes / bench.Microseconds(() => Bench.Must(StrictJson.Parse(text.Value, limits))));
        yield return Figure.Of("json.parse.ratio", "JsonDocument", bench => bench.Ratio(() => Bench.Must(StrictJson.Parse(text.Value, limits)), ParseByPlatform));
        yield return Figure.Of("json.parse.allocated", "B/B", _ => Bench.Allocated(() => Bench.Must(StrictJson.Parse(text.Value, limits))) / text.Value.Length);
        yield return Figure.Of("json.canonical.rfc8785", "MB/s", bench => Write(bench, CanonicalJson.Rfc8785));
        yield return Figure.Of("json.canonical.go", "MB/s", bench => Write(bench, CanonicalJson.Go));

        void ParseByPlatform() => JsonDocument.Parse(text.Value, new JsonDocumentOptions { AllowDuplicateProperties = false }).Dispose();

        double Write(Bench bench, CanonicalJson form)
        {
            var value = Bench.Must(StrictJson.Parse(text.Value, limits));
            return StatementBytes / bench.Microseconds(() => Bench.Must(form.Write(value)));
        }
    }

    private static IEnumerable<Figure> Hashes()
    {
        var output = new byte[64];
        yield return Figure.Of("keccak.sha3-256", "SHA-256", bench => bench.Ratio(() => Keccak.Sha3(Page), () => SHA256.HashData(Page)));
        yield return Figure.Of("keccak.shake256", "SHA-256", bench => bench.Ratio(() => Keccak.Shake256(Page, [], output), () => SHA256.HashData(Page)));
    }

    private static byte[] Statement()
    {
        var text = new StringBuilder("""{"_type":"https://in-toto.io/Statement/v1","subject":[""");
        for (var at = 0; text.Length < StatementBytes; at++)
            text.Append(at == 0 ? "" : ",").Append($$$"""{"name":"usr/lib/package/file-{{{at}}}","digest":{"sha256":"{{{at:x64}}}"}}""");
        return Encoding.UTF8.GetBytes(text.Append("""],"predicateType":"https://example.com/files/v1","predicate":{}}""").ToString());
    }
}
