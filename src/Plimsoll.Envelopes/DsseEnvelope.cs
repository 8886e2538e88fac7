using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Envelopes;

/// <summary>
/// A signed envelope (DSSE): a payload, its type, and signatures over both. The payload's bytes are kept as they arrived and
/// mean nothing until <see cref="Verify(Func{DsseSignature, Result{ImmutableArray{VerificationKey}}})"/> gives them back (docs/formats.md, DSSE envelope).
/// </summary>
public sealed record DsseEnvelope
{
    /// <summary>Largest envelope: what a 40 MiB statement takes in base64, and room for its signatures.</summary>
    public const int MostBytes = 64 * 1024 * 1024;

    /// <summary>Most signatures that are looked at; an envelope with more is refused.</summary>
    public const int MostSignatures = 64;

    /// <summary>Longest payload type.</summary>
    public const int MostTypeCharacters = 255;

    /// <summary>The payload type of in-toto statements.</summary>
    public const string InToto = "application/vnd.in-toto+json";

    private static readonly JsonLimits Limits = new(MostBytes, Depth: 32, Values: 20_000);

    private DsseEnvelope(string payloadType, ReadOnlyMemory<byte> payload, ImmutableArray<DsseSignature> signatures)
    {
        PayloadType = payloadType;
        UnverifiedPayload = payload;
        Signatures = signatures;
        PreAuthentication = Pae.Encode(payloadType, payload.Span);
    }

    /// <summary>What the payload is said to be; covered by the signatures.</summary>
    public string PayloadType { get; }

    /// <summary>The payload before any signature was verified: for display and for finding keys, never for a decision.</summary>
    public ReadOnlyMemory<byte> UnverifiedPayload { get; }

    /// <summary>All signatures in order, broken ones included.</summary>
    public ImmutableArray<DsseSignature> Signatures { get; }

    /// <summary>The bytes that every signature covers.</summary>
    public ReadOnlyMemory<byte> PreAuthentication { get; }

    /// <summary>SHA-256 of <see cref="PreAuthentication"/>: its hex is what a PK token's <c>att</c> names.</summary>
    public Digest PreAuthenticationDigest => Digest.Sha256(PreAuthentication.Span);

    /// <summary>Reads an envelope. Members that are not known are ignored, as DSSE demands.</summary>
    public static Result<DsseEnvelope> Parse(ReadOnlyMemory<byte> bytes)
    {
        if (!StrictJson.Parse(bytes, Limits).Succeeded(out var root, out var failure))
            return failure;

        var members = root.ReadObject("dsse.envelope");
        var type = members.NonEmptyString("payloadType");
        var payload = members.Value("payload");
        var signatures = members.Array("signatures");
        members.NoCaseVariants();
        if (type.Length > MostTypeCharacters)
            members.Fail("payloadType", $"has {type.Length} characters, more than {MostTypeCharacters}");
        if (signatures.Count is 0 or > MostSignatures)
            members.Fail("signatures", $"has {signatures.Count} entries, not between 1 and {MostSignatures}");
        if (!members.Failed(out _) && payload.Kind != JsonKind.String)
            members.Fail("payload", "is not a string");
        if (members.Failed(out failure))
            return failure;

        return DsseBase64.Decode(payload.Utf8Text.Span).Succeeded(out var body, out failure)
            ? new DsseEnvelope(type, body, [.. signatures.Select(DsseSignature.Read)])
            : failure with { Code = "dsse.envelope", What = $"'payload': {failure.What}" };
    }

    /// <summary>Makes an envelope of a payload and signatures over it.</summary>
    public static DsseEnvelope Of(string payloadType, ReadOnlyMemory<byte> payload, params ImmutableArray<DsseSignature> signatures)
        => signatures.Length is > 0 and <= MostSignatures && signatures.All(signature => signature.Fault is null) && payloadType.Length is > 0 and <= MostTypeCharacters
            ? new DsseEnvelope(payloadType, payload, signatures)
            : throw new ArgumentException($"an envelope has a type and 1 to {MostSignatures} whole signatures", nameof(signatures));

    /// <summary>The canonical bytes of an envelope that we made.</summary>
    public byte[] ToBytes() => CanonicalDocument.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("payloadType", PayloadType);
        writer.WriteString("payload", Base64Text.Encode(UnverifiedPayload.Span));
        writer.WriteStartArray("signatures");
        foreach (var signature in Signatures)
            signature.Write(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary>
    /// Verifies each signature by itself with the keys that the caller finds for it. At least one must hold; those that do
    /// not are ignored and named. Signatures of one key count once.
    /// </summary>
    /// <param name="keys">The keys to try for a signature, or why there is none; asked only for signatures without a fault.</param>
    public Result<VerifiedEnvelope> Verify(Func<DsseSignature, Result<ImmutableArray<VerificationKey>>> keys)
    {
        var counted = ImmutableArray.CreateBuilder<CountedSignature>();
        var ignored = ImmutableArray.CreateBuilder<IgnoredSignature>();
        Verified<ReadOnlyMemory<byte>>? payload = null;
        foreach (var signature in Signatures)
        {
            if (!Accept(signature, keys).Succeeded(out var accepted, out var failure))
                ignored.Add(new IgnoredSignature(signature, failure));
            else if (counted.Any(other => other.Key.SubjectPublicKeyInfo.Span.SequenceEqual(accepted.Key.SubjectPublicKeyInfo.Span)))
                ignored.Add(new IgnoredSignature(signature, Doubled(accepted.Key)));
            else
            {
                counted.Add(new CountedSignature(signature, accepted.Key));
                payload ??= accepted.Payload;
            }
        }

        return payload is not null
            ? new VerifiedEnvelope(PayloadType, payload, counted.ToImmutable(), ignored.ToImmutable())
            : new Failure(
                Refusal.Untrusted, "dsse.no-good-signature",
                $"none of {Signatures.Length} signatures holds; the first: {ignored[0].Why.Code}: {ignored[0].Why.What}",
                "check who signed it and whether the policy names that signer; if it worked before, the content was changed");
    }

    /// <summary>The same with a fixed set of keys. A key id only decides which is tried first.</summary>
    public Result<VerifiedEnvelope> Verify(ImmutableArray<VerificationKey> keys)
        => Verify(signature => (ImmutableArray<VerificationKey>)[.. keys.OrderBy(key => key.KeyId == signature.KeyId ? 0 : 1)]);

    private Result<(Verified<ReadOnlyMemory<byte>> Payload, VerificationKey Key)> Accept(
        DsseSignature signature, Func<DsseSignature, Result<ImmutableArray<VerificationKey>>> keys)
    {
        if (signature.Fault is { } fault)
            return fault;
        if (!keys(signature).Succeeded(out var candidates, out var failure))
            return failure;

        failure = new Failure(
            Refusal.Untrusted, "dsse.unknown-key", $"no key is known for a signature with key id '{Refused.Shorten(signature.KeyId)}'",
            "none is needed if another signature holds; else name this signer in the policy");
        foreach (var key in candidates)
        {
            if (key.Verify(PreAuthentication, signature.Value.Span).Succeeded(out var verified, out failure)
                && verified.Then(_ => Result.Of(UnverifiedPayload)).Succeeded(out var payload, out failure))
                return (payload, key);
        }

        return failure;
    }

    private static Failure Doubled(VerificationKey key) => new(
        Refusal.Untrusted, "dsse.doubled-key", $"another signature by key {key.KeyId} was counted already", "nothing needs to be done: one key counts once");
}

/// <summary>A signature that holds, and the key that says so.</summary>
public sealed record CountedSignature(DsseSignature Signature, VerificationKey Key);

/// <summary>A signature that was left aside, and why. That is no fault of the envelope.</summary>
public sealed record IgnoredSignature(DsseSignature Signature, Failure Why);

/// <summary>An envelope of which at least one signature holds.</summary>
/// <param name="PayloadType">What the payload is, as signed.</param>
/// <param name="Payload">The payload's bytes as they arrived.</param>
/// <param name="Counted">The signatures that hold, by different keys.</param>
/// <param name="Ignored">The others.</param>
public sealed record VerifiedEnvelope(
    string PayloadType, Verified<ReadOnlyMemory<byte>> Payload, ImmutableArray<CountedSignature> Counted, ImmutableArray<IgnoredSignature> Ignored);
