using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Json;

namespace Plimsoll.OpenPubkey.Tokens;

/// <summary>
/// A PK token (docs/formats.md, PK token): one ID-token payload with the signatures of the identity provider, of the user's
/// key, and perhaps of a cosigner. Well formed and complete, not verified.
/// </summary>
public sealed partial class PkToken
{
    private PkToken(
        ReadOnlyMemory<byte> payloadText, IdTokenClaims claims, TokenSignature provider, TokenSignature client, TokenSignature? cosigner, CompactJws? refreshed)
    {
        PayloadText = payloadText;
        UnverifiedClaims = claims;
        ProviderSignature = provider;
        ClientSignature = client;
        CosignerSignature = cosigner;
        RefreshedIdToken = refreshed;
    }

    /// <summary>The payload's base64url text, as the provider signed it.</summary>
    public ReadOnlyMemory<byte> PayloadText { get; }

    /// <summary>What the payload claims. Nobody has been held to it yet.</summary>
    public IdTokenClaims UnverifiedClaims { get; }

    /// <summary>The provider's signature, or the GQ proof in its place.</summary>
    public TokenSignature ProviderSignature { get; }

    /// <summary>The signature by the user's key; its header is the client instance claims.</summary>
    public TokenSignature ClientSignature { get; }

    /// <summary>The cosigner's signature, if there is one.</summary>
    public TokenSignature? CosignerSignature { get; }

    /// <summary>A later ID token of the same login, which only the compact form carries.</summary>
    public CompactJws? RefreshedIdToken { get; }

    /// <summary>Reads the JSON form. The bytes are kept, not copied.</summary>
    public static Result<PkToken> Parse(ReadOnlyMemory<byte> json)
    {
        if (!StrictJson.Parse(json, TokenLimits.Token).Succeeded(out var value, out var failure))
            return failure;

        var reader = value.ReadObject("openpubkey.token");
        var payload = reader.Utf8String("payload");
        var listed = reader.Array("signatures");
        reader.NoCaseVariants();
        if (reader.Failed(out failure))
            return failure;
        if (listed.Count > TokenLimits.Signatures)
            return Failures.Token($"{listed.Count} signatures are more than the {TokenLimits.Signatures} that a token has");

        var signatures = new List<TokenSignature>(listed.Count);
        foreach (var one in listed)
        {
            if (!ParseSignature(one).Succeeded(out var signature, out failure))
                return failure;
            signatures.Add(signature);
        }

        return Assemble(payload, signatures, refreshed: null);
    }

    /// <summary>Reads the compact form: texts joined by colons, and a refreshed ID token behind a dot. The bytes are kept, not copied.</summary>
    public static Result<PkToken> ParseCompact(ReadOnlyMemory<byte> text)
    {
        if (text.Length > TokenLimits.TokenBytes)
            return Failures.Token($"a token of {text.Length} bytes is longer than {TokenLimits.TokenBytes}");

        CompactJws? refreshed = null;
        if (text.Span.IndexOf((byte)'.') is var dot and >= 0)
        {
            if (!CompactJws.Parse(text[(dot + 1)..]).Succeeded(out refreshed, out var behindDot))
                return behindDot;
            text = text[..dot];
        }

        var parts = SplitAtColons(text);
        if (parts.Count is not (5 or 7))
            return Failures.Token($"{parts.Count} texts between colons; a token has five, or seven with a cosigner");

        var signatures = new List<TokenSignature>(3);
        for (var at = 1; at < parts.Count; at += 2)
        {
            if (!TokenSignature.Parse(parts[at], parts[at + 1]).Succeeded(out var signature, out var failure))
                return failure;
            signatures.Add(signature);
        }

        return Assemble(parts[0], signatures, refreshed);
    }

    /// <summary>Puts signatures in their places by their <c>typ</c>: one of the provider, one of the client, at most one of a cosigner.</summary>
    internal static Result<PkToken> Assemble(ReadOnlyMemory<byte> payloadText, IReadOnlyList<TokenSignature> signatures, CompactJws? refreshed)
    {
        if (!Base64Text.DecodeUrl(payloadText.Span).Succeeded(out var payload, out var failure)
            || !IdTokenClaims.Parse(payload).Succeeded(out var claims, out failure))
            return failure;

        var places = new TokenSignature?[3];
        foreach (var signature in signatures)
        {
            if (!SignatureTypes.Of(signature.Header).Succeeded(out var type, out failure))
                return failure;
            if (places[(int)type] is not null)
                return Failures.Token($"two signatures of type {type}");
            if (CheckUnprotected(signature, type) is { } refused)
                return refused;
            places[(int)type] = signature;
        }

        return places is [{ } provider, { } client, var cosigner]
            ? new PkToken(payloadText, claims, provider, client, cosigner, refreshed)
            : Failures.Token($"the signature of type {(places[0] is null ? SignatureType.Provider : SignatureType.ClientInstance)} is missing");
    }

    private static Result<TokenSignature> ParseSignature(JsonValue json)
    {
        var reader = json.ReadObject("openpubkey.token");
        var protectedText = reader.Utf8String("protected");
        var signature = reader.Utf8String("signature");
        _ = reader.OptionalObject("header");
        reader.NoCaseVariants();
        return reader.Failed(out var failure) ? failure : TokenSignature.Parse(protectedText, signature, json.Member("header"));
    }

    // Nobody signs an unprotected header: it may add what nothing reads, and say nothing that a protected header says.
    private static Failure? CheckUnprotected(TokenSignature signature, SignatureType type)
    {
        if (signature.Unprotected is not { } header || header.Members() is not { Count: > 0 } members)
            return null;
        if (type != SignatureType.Provider)
            return Failures.UnprotectedHeader($"the signature of type {type} has an unprotected header");

        foreach (var (name, _) in members)
        {
            var text = name.Text;
            if (text is "alg" or "kid" or "typ" or "crit" or "b64" || signature.Header.Member(text) is not null)
                return Failures.UnprotectedHeader($"the unprotected header has {Failures.Shorten(text)}, which only a protected one may say");
        }

        // The token's hash is over the canonical form, so there has to be one.
        return CanonicalJson.Go.Write(header).Succeeded(out _, out var unwritable) ? null : unwritable;
    }

    private static List<ReadOnlyMemory<byte>> SplitAtColons(ReadOnlyMemory<byte> text)
    {
        var parts = new List<ReadOnlyMemory<byte>>(8);
        while (text.Span.IndexOf((byte)':') is var colon and >= 0 && parts.Count < 8)
        {
            parts.Add(text[..colon]);
            text = text[(colon + 1)..];
        }

        parts.Add(text);
        return parts;
    }
}
