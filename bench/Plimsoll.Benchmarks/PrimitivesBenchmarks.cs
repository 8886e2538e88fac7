using System.Text;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Json;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Benchmarks;

/// <summary>What signatures and JSON cost; R, the yardstick, is an RSA-2048 verification with a key that is imported already.</summary>
public static class PrimitivesBenchmarks
{
    private const int StatementBytes = 2_000_000;

    private static readonly byte[] Message = new byte[1500];

    /// <summary>Prints a line for each figure.</summary>
    public static void Run(Bench bench)
    {
        using var rsa = RsaSigningKey.Create(2048);
        var yardstick = Verification(rsa);
        bench.Print("rsa-2048 verify (R)", bench.Microseconds(yardstick), "us");

        foreach (var curve in new[] { EllipticCurve.P256, EllipticCurve.P384 })
        {
            using var key = EcdsaSigningKey.Create(curve);
            bench.Print($"ecdsa {curve} verify, cached key", bench.Ratio(Verification(key), yardstick), "R");
            bench.Print($"ecdsa {curve} import and verify", bench.Ratio(ImportAndVerification(key), yardstick), "R");
        }

        using var edwards = Ed25519SigningKey.Create();
        bench.Print("ed25519 verify, cached key", bench.Ratio(Verification(edwards), yardstick), "R");
        Json(bench);
    }

    private static void Json(Bench bench)
    {
        var statement = Statement();
        var limits = new JsonLimits(2 * StatementBytes, Values: 1_000_000);
        void Parse() => Expect(StrictJson.Parse(statement, limits));
        var value = Expect(StrictJson.Parse(statement, limits));

        bench.Print("strict json, 2 MB statement", statement.Length / bench.Microseconds(Parse), "MB/s");
        bench.Print("strict json, allocated per byte", Bench.Allocated(Parse) / statement.Length, "B");
        bench.Print("canonical json (RFC 8785), 2 MB statement", statement.Length / bench.Microseconds(() => Expect(CanonicalJson.Rfc8785.Write(value))), "MB/s");
    }

    private static Action Verification(SigningKey signing)
    {
        var key = Expect(PublicKeys.ImportSpki(signing.SubjectPublicKeyInfo.Span, EcdsaEncoding.Der));
        var signature = signing.Sign(Message, EcdsaEncoding.Der);
        return () => Expect(key.Verify(Message, signature));
    }

    private static Action ImportAndVerification(SigningKey signing)
    {
        var spki = signing.SubjectPublicKeyInfo;
        var signature = signing.Sign(Message, EcdsaEncoding.Der);
        return () => Expect(Expect(PublicKeys.ImportSpki(spki.Span, EcdsaEncoding.Der)).Verify(Message, signature));
    }

    private static byte[] Statement()
    {
        var text = new StringBuilder("""{"_type":"https://in-toto.io/Statement/v1","subject":[""");
        for (var at = 0; text.Length < StatementBytes; at++)
            text.Append(at == 0 ? "" : ",").Append($$$"""{"name":"usr/lib/package/file-{{{at}}}","digest":{"sha256":"{{{at:x64}}}"}}""");
        return Encoding.UTF8.GetBytes(text.Append("""],"predicateType":"https://example.com/files/v1","predicate":{}}""").ToString());
    }

    private static T Expect<T>(Result<T> result)
        where T : notnull
        => result.Succeeded(out var value, out var failure) ? value : throw new InvalidOperationException(failure.ToString());
}
