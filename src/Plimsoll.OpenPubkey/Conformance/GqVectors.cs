using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Plimsoll.OpenPubkey.Gq;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Json;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.OpenPubkey.Conformance;

/// <summary>Vectors of GQ256 as such: tokens with their numbers, some with every random number, and the standard's own example.</summary>
internal static class GqVectors
{
    // The vectors test the arithmetic, so a key that a token verifier refuses as too short will do.
    private const int ShortestExample = 1024;

    public static Finding Token(JsonValue vector)
    {
        if (vector.Member("jwk") is not { } json)
            return new Finding(Failures.VectorFile("a vector without 'jwk'"), null);
        if (!Jwk.Parse(json).Succeeded(out var jwk, out var failure)
            || !GqModulus.Create(jwk.First.Span, jwk.Second.Span, ShortestExample).Succeeded(out var key, out failure)
            || !CompactJws.Parse(vector.Utf8("gqToken")).Succeeded(out var token, out failure)
            || !GqHeader.Parse(token.Signature.Header).Succeeded(out var header, out failure))
            return new Finding(failure, null);

        var identity = TokenSignature.Join(header.OriginalText.Span, token.PayloadText.Span);
        if (!GqProof.Verify(key, identity, token.SigningInput.Span, token.Signature.Signature.Span))
            return new Finding(Failures.ProviderSignature("the GQ proof does not hold"), null);

        var finding = Finding.Good
            .Compare(vector, "gqHeader", Base64Text.DecodeUrl(token.Signature.ProtectedText.Span).Succeeded(out var text, out _) ? text : [])
            .Compare(vector, "rounds", key.Rounds)
            .Compare(vector, "challengeBytesPerRound", key.ChallengeBytes)
            .Compare(vector, "modulusBits", key.BitLength)
            .Compare(vector, "modulusBytes", key.ByteLength)
            .Compare(vector, "proofBytes", key.ProofBytes);
        return vector.Member("open") is { } open ? finding.And(() => Open(vector, open, key, identity, token)) : finding;
    }

    /// <summary>ISO/IEC 14888-2: one round, SHA-1 of W || M cut to ten bytes, and a G that is given.</summary>
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "the standard's example has it; nothing is protected by it")]
    public static Finding Primitive(JsonValue vector)
    {
        const int ChallengeBytes = 10;
        if (!GqModulus.Create(vector.Hex("n"), vector.Hex("v"), ShortestExample).Succeeded(out var key, out var failure))
            return new Finding(failure, null);
        var (signature, common) = (vector.Hex("signature"), vector.Hex("G"));
        if (signature.Length != ChallengeBytes + key.ByteLength || common.Length != key.ByteLength)
            return new Finding(Failures.VectorFile("a signature or a G of another length than the example's"), null);

        // W = S^v * G^R; R has to be what W and the message hash to.
        var challenge = signature.AsSpan(0, ChallengeBytes);
        var commitment = new byte[key.ByteLength];
        key.Numbers.RaiseWithCommon(signature.AsSpan(ChallengeBytes), key.Exponent, common, challenge, commitment);
        var hash = SHA1.HashData([.. commitment, .. Encoding.ASCII.GetBytes(vector.Text("message"))]);
        return hash.AsSpan(0, ChallengeBytes).SequenceEqual(challenge)
            ? Finding.Good
            : new Finding(Failures.ProviderSignature("the GQ1 signature does not hold"), null);
    }

    /// <summary>A signer that draws the vector's random numbers has to make the vector's token.</summary>
    private static Finding Open(JsonValue vector, JsonValue open, GqModulus key, byte[] identity, CompactJws token)
    {
        if (!CompactJws.Parse(vector.Utf8("jwt")).Succeeded(out var original, out var failure))
            return new Finding(failure, null);

        var encoded = new byte[key.ByteLength];
        GqHashing.EncodeIdentity(identity, encoded);
        byte[] secrets = [.. (open.Member("r")?.Elements() ?? []).SelectMany(one => VectorMembers.FromHex(one.Text))];
        var drawn = 0;
        var signed = GqSigner.Sign(key, original.Signature.Signature.Span, identity, token.SigningInput.Span, Draw);
        if (!signed.Succeeded(out var proof, out failure))
            return new Finding(failure, null);

        var challenges = key.Rounds * key.ChallengeBytes;
        return Finding.Good
            .Require(proof.AsSpan().SequenceEqual(token.Signature.Signature.Span), "the same random numbers gave another proof")
            .Compare(open, "identity", identity)
            .Compare(open, "message", token.SigningInput.Span)
            .Compare(open, "G", Convert.ToHexStringLower(encoded))
            .Compare(open, "R", Convert.ToHexStringLower(proof.AsSpan(0, challenges)))
            .Compare(open, "S", Convert.ToHexStringLower(proof.AsSpan(challenges)));

        // The signer asks for all numbers at once. A vector with too few of them gives zeroes, which it refuses.
        void Draw(Span<byte> destination)
        {
            var given = secrets.AsSpan(drawn, Math.Min(destination.Length, secrets.Length - drawn));
            destination.Clear();
            given.CopyTo(destination);
            drawn += given.Length;
        }
    }
}
