using System.Text;
using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.OpenPubkey.Verifying;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.OpenPubkey.Messages;

/// <summary>
/// OpenPubkey signed messages: any bytes, signed by the user's key under the name of one PK token. The typ keeps a message from
/// being taken for a token, whose signatures the same key makes.
/// </summary>
public static class SignedMessage
{
    /// <summary>The typ of messages, unless an application has one of its own.</summary>
    public const string Type = "osm";

    private static readonly string[] TakenTypes = ["JWT", "CIC", "COS", SignatureTypes.KeyBound, "dpop+jwt"];

    /// <summary>Signs content with the key of a token; the result is a compact JWS.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> content, VerifiedPkToken token, SigningKey key, string type = Type)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(key);
        var claims = token.Client.Value;
        if (key.KeyId != claims.UserKey.KeyId)
            throw new ArgumentException("the key is not the token's", nameof(key));
        if (!IsUsable(type))
            throw new ArgumentException($"the type '{type}' belongs to something else", nameof(type));

        // Members in order: alg, kid, typ.
        var header = $$"""{"alg":"{{claims.Algorithm}}","kid":"{{token.Token.Hash}}","typ":"{{type}}"}""";
        var input = Encoding.ASCII.GetBytes($"{Base64Text.EncodeUrl(Encoding.UTF8.GetBytes(header))}.{Base64Text.EncodeUrl(content)}");
        return [.. input, (byte)'.', .. Encoding.ASCII.GetBytes(Base64Text.EncodeUrl(key.Sign(input, EcdsaEncoding.Joined)))];
    }

    /// <summary>Gives a message's content if the user's key of this token signed it, under this token and this type.</summary>
    public static Result<Verified<ReadOnlyMemory<byte>>> Verify(ReadOnlyMemory<byte> message, VerifiedPkToken token, string type = Type)
    {
        ArgumentNullException.ThrowIfNull(token);
        return Verify(message, token.Token, token.Client.Value, type);
    }

    /// <summary>The rule itself, over a token that somebody else has to have verified.</summary>
    internal static Result<Verified<ReadOnlyMemory<byte>>> Verify(ReadOnlyMemory<byte> message, PkToken token, ClientInstanceClaims claims, string type)
    {
        if (!IsUsable(type))
            throw new ArgumentException($"the type '{type}' belongs to something else", nameof(type));
        if (!CompactJws.Parse(message).Succeeded(out var jws, out var failure))
            return failure;
        if (CheckHeader(jws.Signature, token, claims, type) is { } refused)
            return refused;
        return claims.UserKey.Verify(jws.SigningInput, jws.Signature.Signature.Span).Succeeded(out var signed, out failure)
            ? signed.Then(_ => Result.Of(jws.Payload))
            : Failures.MessageSignature(failure.What);
    }

    private static Failure? CheckHeader(TokenSignature signature, PkToken token, ClientInstanceClaims claims, string type)
    {
        foreach (var (name, expected) in new[] { ("typ", type), ("alg", claims.Algorithm.ToString()), ("kid", token.Hash) })
        {
            if (signature.Text(name) is var found && found != expected)
                return Failures.MessageHeader($"'{name}' of the message is {Failures.Shorten(found)}, not '{expected}'");
        }

        return null;
    }

    private static bool IsUsable(string type)
        => type.Length > 0 && Ascii.IsValid(type) && type.AsSpan().IndexOfAny("\"\\") < 0 && !type.Any(char.IsControl)
            && !TakenTypes.Contains(type, StringComparer.OrdinalIgnoreCase);
}
