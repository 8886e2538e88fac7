using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Plimsoll.Envelopes;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Keys;
using TestData = Plimsoll.Testing.TestData;

namespace Plimsoll.Tests.Envelopes;

public sealed class DsseEnvelopeTests : IDisposable
{
    private const string Type = "application/vnd.in-toto+json";
    private static readonly byte[] Payload = "{\"hello\":\"world\"}"u8.ToArray();
    private readonly EcdsaSigningKey _ours = EcdsaSigningKey.Create(EllipticCurve.P256);
    private readonly EcdsaSigningKey _foreign = EcdsaSigningKey.Create(EllipticCurve.P256);

    private ImmutableArray<VerificationKey> Known => [PublicKeys.ImportSpki(_ours.SubjectPublicKeyInfo.Span, EcdsaEncoding.Der).ShouldSucceed()];

    public void Dispose()
    {
        _ours.Dispose();
        _foreign.Dispose();
    }

    [Fact]
    public void A_signed_payload_comes_back_as_it_was()
    {
        var envelope = Read(DsseEnvelope.Of(Type, Payload, DsseSignature.Sign(Type, Payload, _ours)).ToBytes());

        var verified = envelope.Verify(Known).ShouldSucceed();

        Assert.Equal(Payload, verified.Payload.Value.ToArray());
        Assert.Equal(_ours.KeyId, Assert.Single(verified.Counted).Key.KeyId);
        Assert.Empty(verified.Ignored);
    }

    [Fact]
    public void Foreign_and_broken_signatures_are_ignored_and_named()
    {
        var good = DsseSignature.Sign(Type, Payload, _ours);
        var foreign = DsseSignature.Sign(Type, Payload, _foreign);
        var text = Encoding.UTF8.GetString(DsseEnvelope.Of(Type, Payload, foreign, good, foreign with { Value = new byte[3] }).ToBytes())
            .Replace("\"signatures\":[", "\"signatures\":[17,{\"keyid\":\"x\",\"sig\":\"\"},{\"sig\":\"***\"},{\"sig\":\"AA==\",\"extension\":5},", StringComparison.Ordinal);

        var verified = Read(Encoding.UTF8.GetBytes(text)).Verify(Known).ShouldSucceed();

        Assert.Single(verified.Counted);
        Assert.Equal(6, verified.Ignored.Length);
        Assert.Equal(
            ["dsse.signature", "dsse.signature", "encoding.base64", "dsse.signature", "signature.invalid", "signature.invalid"],
            verified.Ignored.Select(ignored => ignored.Why.Code));
    }

    [Fact]
    public void A_signature_copied_many_times_counts_once()
    {
        var good = DsseSignature.Sign(Type, Payload, _ours);
        var again = DsseSignature.Sign(Type, Payload, _ours);

        var verified = Read(DsseEnvelope.Of(Type, Payload, good, good, again).ToBytes()).Verify(Known).ShouldSucceed();

        Assert.Single(verified.Counted);
        Assert.Equal(["dsse.doubled-key", "dsse.doubled-key"], verified.Ignored.Select(ignored => ignored.Why.Code));
    }

    [Fact]
    public void An_envelope_that_nobody_we_know_signed_is_refused()
        => Read(DsseEnvelope.Of(Type, Payload, DsseSignature.Sign(Type, Payload, _foreign)).ToBytes()).Verify(Known).ShouldFailWith("dsse.no-good-signature");

    [Fact]
    public void Without_keys_nothing_verifies_and_the_reason_is_named()
    {
        var envelope = Read(DsseEnvelope.Of(Type, Payload, DsseSignature.Sign(Type, Payload, _ours)).ToBytes());

        Assert.Contains("dsse.unknown-key", envelope.Verify(ImmutableArray<VerificationKey>.Empty).ShouldFailWith("dsse.no-good-signature").What, StringComparison.Ordinal);
        Assert.Contains("policy.why", envelope.Verify(_ => new Failure(Refusal.Denied, "policy.why", "because", "ask")).ShouldFailWith("dsse.no-good-signature").What, StringComparison.Ordinal);
        envelope.Verify(_ => default).ShouldFailWith("dsse.no-good-signature");
    }

    [Fact]
    public void A_signature_moved_to_another_payload_or_type_is_refused()
    {
        var signature = DsseSignature.Sign(Type, Payload, _ours);

        Read(DsseEnvelope.Of(Type, "{}"u8.ToArray(), signature).ToBytes()).Verify(Known).ShouldFailWith("dsse.no-good-signature");
        Read(DsseEnvelope.Of("text/plain", Payload, signature).ToBytes()).Verify(Known).ShouldFailWith("dsse.no-good-signature");
    }

    [Fact]
    public void One_flipped_bit_in_payload_or_signature_is_refused()
    {
        var signature = DsseSignature.Sign(Type, Payload, _ours);
        for (var bit = 0; bit < Payload.Length * 8; bit++)
        {
            var changed = Payload.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            DsseEnvelope.Of(Type, changed, signature).Verify(Known).ShouldFailWith("dsse.no-good-signature");
        }

        for (var bit = 0; bit < signature.Value.Length * 8; bit++)
        {
            var changed = signature.Value.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            DsseEnvelope.Of(Type, Payload, signature with { Value = changed }).Verify(Known).ShouldFailWith("dsse.no-good-signature");
        }
    }

    [Theory]
    [InlineData("{}", "dsse.envelope")]
    [InlineData("[]", "dsse.envelope")]
    [InlineData("{\"payloadType\":\"t\",\"payload\":\"\",\"signatures\":[]}", "dsse.envelope")]
    [InlineData("{\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"AA==\"}]}", "dsse.envelope")]
    [InlineData("{\"payloadType\":\"\",\"payload\":\"\",\"signatures\":[{\"sig\":\"AA==\"}]}", "dsse.envelope")]
    [InlineData("{\"payload\":\"\",\"signatures\":[{\"sig\":\"AA==\"}]}", "dsse.envelope")]
    [InlineData("{\"payloadType\":\"t\",\"payload\":7,\"signatures\":[{\"sig\":\"AA==\"}]}", "dsse.envelope")]
    [InlineData("{\"payloadType\":\"t\",\"payload\":\"\",\"signatures\":{\"sig\":\"AA==\"}}", "dsse.envelope")]
    [InlineData("{\"payloadType\":\"t\",\"payload\":\"YQ\",\"signatures\":[{\"sig\":\"AA==\"}]}", "dsse.envelope")]
    [InlineData("{\"payloadType\":\"t\",\"payload\":\"YR==\",\"signatures\":[{\"sig\":\"AA==\"}]}", "dsse.envelope")]
    [InlineData("{\"payloadType\":\"t\",\"payload\":\"Y Q==\",\"signatures\":[{\"sig\":\"AA==\"}]}", "dsse.envelope")]
    [InlineData("{\"payloadType\":\"t\",\"payload\":\"+-__\",\"signatures\":[{\"sig\":\"AA==\"}]}", "dsse.envelope")]
    [InlineData("{\"payloadType\":\"t\",\"payload\":\"\",\"Payload\":\"YQ==\",\"signatures\":[{\"sig\":\"AA==\"}]}", "dsse.envelope")]
    [InlineData("{\"payloadType\":\"t\",\"payload\":\"\",\"payload\":\"YQ==\",\"signatures\":[{\"sig\":\"AA==\"}]}", "json.duplicate-member")]
    [InlineData("{\"payloadType\":\"t\",\"payload\":\"\",\"signatures\":[{\"sig\":\"AA==\"}]}x", "json.syntax")]
    public void A_malformed_envelope_is_refused(string text, string code) => DsseEnvelope.Parse(Encoding.UTF8.GetBytes(text)).ShouldFailWith(code);

    [Fact]
    public void The_number_of_signatures_is_bounded_on_both_sides()
    {
        DsseEnvelope.Parse(WithSignatures(DsseEnvelope.MostSignatures)).ShouldSucceed();
        DsseEnvelope.Parse(WithSignatures(DsseEnvelope.MostSignatures + 1)).ShouldFailWith("dsse.envelope");

        static byte[] WithSignatures(int count) => Encoding.UTF8.GetBytes(
            $"{{\"payloadType\":\"t\",\"payload\":\"\",\"signatures\":[{string.Join(',', Enumerable.Repeat("{\"sig\":\"AA==\"}", count))}]}}");
    }

    [Fact]
    public void The_specification_s_envelopes_have_its_verdicts()
    {
        using var vectors = SharedJson.Read("vectors/sigstore/dsse/dsse.json");
        var root = vectors.RootElement;
        var point = root.GetProperty("key");
        var key = EcdsaVerificationKey.Import(EllipticCurve.P256, Coordinate(point, "x"), Coordinate(point, "y"), EcdsaEncoding.Joined).ShouldSucceed();

        Read(root.GetProperty("envelope").Bytes()).Verify([key]).ShouldSucceed();
        foreach (var vector in root.GetProperty("envelopeCases").EnumerateArray())
        {
            var parsed = DsseEnvelope.Parse(EnvelopeOf(root, vector));

            Assert.True(parsed.Succeeded(out var envelope, out _) == (vector.Text("expect") == "accept"), vector.Text("name"));
            // The case with another payload has no signature of its own: it is about reading.
            if (envelope is not null && !vector.TryGetProperty("payload_b64_of", out _))
                envelope.Verify([key]).ShouldSucceed();
        }
    }

    [Fact]
    public void Docker_s_signed_summary_verifies_with_its_key_and_with_no_other()
    {
        var envelope = Read(File.ReadAllBytes(TestData.SkipIfAbsent("vectors/docker-attest/dsse/vsa.json")));
        using var table = SharedJson.Read("vectors/docker-attest/keys/keys.json");
        var keys = Pems(table.RootElement).Select(pem => PublicKeys.ImportPem(pem, EcdsaEncoding.Der).ShouldSucceed()).ToImmutableArray();
        var signer = Assert.Single(keys, key => key.KeyId == Assert.Single(envelope.Signatures).KeyId);

        var verified = envelope.Verify([signer]).ShouldSucceed();
        var statement = InTotoStatement.Parse(verified.Payload.Value).ShouldSucceed();

        Assert.Equal(InTotoStatement.TypeV01, statement.Type);
        Assert.Equal("https://slsa.dev/verification_summary/v0.1", statement.PredicateType);
        Assert.Equal("application/vnd.docker.attestation-verification.v1+json", envelope.Signatures[0].Extension!.Kind);
        OpkExtension.Parse(envelope.Signatures[0].Extension).ShouldFailWith("dsse.not-openpubkey");
        envelope.Verify([.. keys.Where(key => key != signer)]).ShouldFailWith("dsse.no-good-signature");
    }

    [Fact]
    public void Envelopes_signed_with_PK_tokens_are_read_in_both_published_forms()
    {
        using var vectors = SharedJson.Read("vectors/openpubkey/dsse-opk.json");

        foreach (var vector in vectors.RootElement.GetProperty("vectors").EnumerateArray())
        {
            var signature = Assert.Single(Read(vector.GetProperty("envelope").Bytes()).Signatures);
            if (vector.Text("form") == "extension" && vector.GetProperty("expectedValid").GetBoolean())
                Assert.NotEqual(0, OpkExtension.Parse(signature.Extension).ShouldSucceed().PkToken.Length);
            else if (vector.Text("form") == "token")
                Assert.Equal("OPK", signature.KeyId);
        }
    }

    [Fact]
    public void The_PK_token_comes_back_from_the_extension()
    {
        var token = "{\"payload\":\"e30\"}"u8.ToArray();
        var signature = DsseSignature.Sign(Type, Payload, _ours, new OpkExtension(token).ToExtension());

        var read = Read(DsseEnvelope.Of(Type, Payload, signature).ToBytes());

        Assert.Equal(token, OpkExtension.Parse(read.Signatures[0].Extension).ShouldSucceed().PkToken.ToArray());
        OpkExtension.Parse(null).ShouldFailWith("dsse.not-openpubkey");
        OpkExtension.Parse(WithExt("{}")).ShouldFailWith("dsse.extension");
        OpkExtension.Parse(WithExt("{\"pkt\":\"\"}")).ShouldFailWith("dsse.extension");
        OpkExtension.Parse(WithExt("{\"pkt\":\"e30=\",\"PKT\":\"e30=\"}")).ShouldFailWith("dsse.extension");
        OpkExtension.Parse(WithExt("[]")).ShouldFailWith("dsse.extension");
        OpkExtension.Parse(WithExt("{\"pkt\":\"e30=\",\"proof\":\"later\"}")).ShouldSucceed();

        static DsseExtension? WithExt(string ext) => Read(Encoding.UTF8.GetBytes(
            $$$"""{"payloadType":"t","payload":"","signatures":[{"sig":"AA==","extension":{"kind":"OPK","ext":{{{ext}}} }}]}""")).Signatures[0].Extension;
    }

    [Fact]
    public void Writing_and_parsing_is_identity_and_bytes_never_throw()
    {
        var parts = from type in ArbMap.Default.GeneratorFor<NonEmptyString>()
                    from payload in ArbMap.Default.GeneratorFor<byte[]>()
                    from signature in ArbMap.Default.GeneratorFor<byte[]>()
                    select (Type: type.Get, Payload: payload ?? [], Signature: signature is { Length: > 0 } ? signature : [1]);

        Prop.ForAll(parts.ToArbitrary(), made =>
        {
            var text = made.Type.Length <= 255 && IsWellFormed(made.Type) ? made.Type : "t";
            var bytes = DsseEnvelope.Of(text, made.Payload, new DsseSignature("k", made.Signature)).ToBytes();
            var read = Read(bytes);
            return read.ToBytes().AsSpan().SequenceEqual(bytes) && read.UnverifiedPayload.Span.SequenceEqual(made.Payload) && read.PayloadType == text
                && read.Signatures[0].Value.Span.SequenceEqual(made.Signature);
        }).QuickCheckThrowOnFailure();
        Prop.ForAll<byte[]>(bytes => DsseEnvelope.Parse(bytes).Succeeded(out _, out _) || true).QuickCheckThrowOnFailure();
    }

    private static bool IsWellFormed(string text) => !text.Any(char.IsSurrogate);

    private static DsseEnvelope Read(byte[] bytes) => DsseEnvelope.Parse(bytes).ShouldSucceed();

    private static byte[] Coordinate(JsonElement point, string name)
        => BigInteger.Parse(point.Text(name)).ToByteArray(isUnsigned: true, isBigEndian: true) is { Length: < 32 } shorter
            ? [.. new byte[32 - shorter.Length], .. shorter]
            : BigInteger.Parse(point.Text(name)).ToByteArray(isUnsigned: true, isBigEndian: true);

    private static byte[] EnvelopeOf(JsonElement root, JsonElement vector)
    {
        var signed = root.GetProperty("envelope");
        var members = new Dictionary<string, object?> { ["payloadType"] = signed.Text("payloadType") };
        if (vector.TryGetProperty("payload", out var payload))
            members["payload"] = payload;
        if (vector.TryGetProperty("extra", out var extra))
            members["extra"] = extra;
        var signature = new Dictionary<string, object?> { ["sig"] = signed.GetProperty("signatures")[0].Text("sig") };
        if (vector.TryGetProperty("keyid", out var keyId))
            signature["keyid"] = keyId;
        members["signatures"] = vector.TryGetProperty("signatures", out var signatures) ? signatures : new[] { signature };
        return JsonSerializer.SerializeToUtf8Bytes(members);
    }

    private static IEnumerable<string> Pems(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Pems(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Pems),
        JsonValueKind.String when element.GetString()!.Contains("BEGIN PUBLIC KEY", StringComparison.Ordinal) => [element.GetString()!],
        _ => [],
    };
}
