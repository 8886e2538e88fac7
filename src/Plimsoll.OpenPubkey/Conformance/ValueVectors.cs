using System.Text;
using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.Gq;
using Plimsoll.OpenPubkey.KeyBinding;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Messages;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.OpenPubkey.Verifying;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Json;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.OpenPubkey.Conformance;

/// <summary>Vectors with values to compute: commitments, thumbprints, canonical forms, messages, look-ups.</summary>
internal static class ValueVectors
{
    public static Finding Commitment(JsonValue vector)
    {
        if (!ClientInstanceClaims.Parse(vector.Utf8("protectedHeader")).Succeeded(out var claims, out var failure))
            return new Finding(failure, null);
        return Finding.Good
            .Compare(vector, "canonicalJson", claims.Canonical.Span)
            .Compare(vector, "commitment", claims.Commitment)
            .Compare(vector, "protectedHeaderBase64Url", Base64Text.EncodeUrl(vector.Utf8("protectedHeader")));
    }

    public static Finding Thumbprint(JsonValue vector)
        => vector.Member("jwk") is { } json && Jwk.Parse(json).Succeeded(out var jwk, out _)
            ? Finding.Good.Compare(vector, "jkt", jwk.Thumbprint)
            : new Finding(Failures.VectorFile("a vector whose 'jwk' cannot be read"), null);

    public static Finding Lookup(JsonValue vector)
    {
        if (!TokenVectors.ParseKeys(vector).Succeeded(out var keys, out var failure)
            || !CompactJws.Parse(vector.Utf8("token")).Succeeded(out var token, out failure)
            || !Find(token, keys).Succeeded(out var key, out failure))
            return new Finding(failure, null);
        return Finding.Good.Compare(vector, "foundJkt", key.Thumbprint).Compare(vector, "foundAlg", key.Algorithm.ToString());
    }

    public static Finding Message(JsonValue vector)
    {
        if (vector.Member("pkTokenJson") is not { } json)
            return new Finding(Failures.VectorFile("a vector without 'pkTokenJson'"), null);
        if (!PkToken.Parse(json.Raw).Succeeded(out var token, out var failure)
            || !ClientInstanceClaims.Parse(token.ClientSignature.Header).Succeeded(out var claims, out failure)
            || !SignedMessage.Verify(vector.Utf8("osm"), token, claims, vector.Member("expectedTyp")?.Text ?? SignedMessage.Type).Succeeded(out var content, out failure))
            return new Finding(failure, null);
        return Finding.Good
            .Compare(vector, "contentBase64Url", Base64Text.EncodeUrl(content.Value.Span))
            .Compare(vector, "pkTokenHash", token.Hash);
    }

    public static Finding Serialization(JsonValue vector)
    {
        var parsed = vector.Has("json") ? PkToken.Parse(vector.Utf8("json")) : PkToken.ParseCompact(vector.Utf8("compact"));
        if (!parsed.Succeeded(out var token, out var failure))
            return new Finding(failure, null);
        return Finding.Good
            .Compare(vector, "canonicalJson", token.ToJson())
            .Compare(vector, "canonicalCompact", token.ToCompact())
            .Compare(vector, "pkTokenHash", token.Hash)
            .Compare(vector, "freshIdToken", token.RefreshedIdToken is { } fresh ? Encoding.UTF8.GetString(fresh.Text.Span) : "");
    }

    public static Finding Dpop(JsonValue vector)
    {
        // The vectors name no request: it is what the proof says, and the hash of the code is computed anew.
        var claims = StrictJson.Parse(vector.Utf8("payload"), TokenLimits.Payload).Succeeded(out var payload, out _) ? payload : vector;
        var code = vector.Text("authorizationCode");
        var expected = new DpopExpectation(claims.Text("htm"), claims.Text("htu"), vector.Text("dpopJkt"), code.Length == 0 ? null : code);
        return Finding.Of(DpopProof.Verify(vector.Utf8("dpop"), expected, vector.Time("now")))
            .And(() => CompareTexts(vector));
    }

    private static Finding CompareTexts(JsonValue vector)
    {
        if (!CompactJws.Split(vector.Utf8("dpop")).Succeeded(out var parts, out _)
            || !Base64Text.DecodeUrl(parts.Header.Span).Succeeded(out var header, out _)
            || !Base64Text.DecodeUrl(parts.Payload.Span).Succeeded(out var payload, out _))
            return new Finding(null, "a proof that verified could not be taken apart");
        return Finding.Good.Compare(vector, "header", header).Compare(vector, "payload", payload);
    }

    private static Result<IssuerKey> Find(CompactJws token, JwkSet keys)
        => token.Signature.Text("alg") == "GQ256"
            ? GqHeader.Parse(token.Signature.Header).Then(header => keys.Find(header.KeyId))
            : ProviderSignatures.FindKey(token.Signature, keys);
}
