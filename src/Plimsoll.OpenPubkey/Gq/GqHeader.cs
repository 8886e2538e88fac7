using System.Text;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Json;

namespace Plimsoll.OpenPubkey.Gq;

/// <summary>
/// The protected header of a GQ256 signature: it names, in <c>kid</c>, the header that the provider signed, word for word, and
/// may carry the thumbprint of the provider's key and the commitment. The proof signs all of it.
/// </summary>
public sealed class GqHeader
{
    private GqHeader(ReadOnlyMemory<byte> originalText, JsonValue original, string? thumbprint, string? commitment)
    {
        OriginalText = originalText;
        Original = original;
        Thumbprint = thumbprint;
        Commitment = commitment;
    }

    /// <summary>The base64url text of the provider's own header, as it arrived.</summary>
    public ReadOnlyMemory<byte> OriginalText { get; }

    /// <summary>The provider's own header.</summary>
    public JsonValue Original { get; }

    /// <summary>The <c>kid</c> by which the provider names its key.</summary>
    public string? KeyId => Original.Member("kid") is { Kind: JsonKind.String } kid ? kid.Text : null;

    /// <summary><c>jkt</c>: the RFC 7638 thumbprint of the provider's key.</summary>
    public string? Thumbprint { get; }

    /// <summary><c>cic</c>: the commitment, where the binding is <see cref="Providers.ClaimBinding.Gq"/>.</summary>
    public string? Commitment { get; }

    /// <summary>Reads a GQ header. The header inside must say RS256, whose signatures are the only ones that can be proven.</summary>
    public static Result<GqHeader> Parse(JsonValue header)
    {
        var reader = header.ReadObject("openpubkey.op-header");
        var algorithm = reader.String("alg");
        var type = reader.String("typ");
        var originalText = reader.Utf8String("kid");
        var thumbprint = reader.OptionalString("jkt");
        var commitment = reader.OptionalString("cic");
        if (algorithm != "GQ256")
            reader.Fail("alg", $"is {Failures.Shorten(algorithm)}, not 'GQ256'");
        if (type != "JWT")
            reader.Fail("typ", $"is {Failures.Shorten(type)}, not 'JWT'");
        if (originalText.IsEmpty)
            reader.Fail("kid", "is empty");
        if (reader.Failed(out var failure))
            return failure;

        if (!TokenSignature.ParseHeader(originalText.Span).Succeeded(out var original, out failure))
            return failure.Code == "openpubkey.crit" ? failure : Failures.ProviderHeader($"the provider's header in 'kid' cannot be read: {failure.What}");
        return CheckOriginal(original) is { } refused ? refused : new GqHeader(originalText, original, thumbprint, commitment);
    }

    /// <summary>Writes the header for a proof, members in order, in base64url.</summary>
    internal static byte[] Write(ReadOnlySpan<byte> originalText, string thumbprint, string? commitment)
    {
        var cic = commitment is null ? "" : $"\"cic\":\"{commitment}\",";
        var json = $$"""{"alg":"GQ256",{{cic}}"jkt":"{{thumbprint}}","kid":"{{Encoding.ASCII.GetString(originalText)}}","typ":"JWT"}""";
        return Encoding.ASCII.GetBytes(Base64Text.EncodeUrl(Encoding.ASCII.GetBytes(json)));
    }

    /// <summary>Why a header is not one of an RS256 ID token that is bound to no key; null if it is one.</summary>
    internal static Failure? CheckOriginal(JsonValue original)
    {
        if (original.Member("alg") is not { Kind: JsonKind.String } algorithm || !algorithm.TextEquals("RS256"))
            return Failures.ProviderAlgorithm("the provider's own header does not say RS256, and no other signature can be proven");
        if (!SignatureTypes.Of(original).Succeeded(out var type, out var failure))
            return failure;
        return type != SignatureType.Provider || (original.Member("typ") is { } typ && typ.TextEquals(SignatureTypes.KeyBound))
            ? Failures.Type("the provider's own header is not that of a plain ID token")
            : null;
    }
}
