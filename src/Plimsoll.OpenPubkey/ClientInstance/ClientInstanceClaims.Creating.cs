using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Plimsoll.OpenPubkey.Gq;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Json;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.OpenPubkey.ClientInstance;

/// <summary>Making claims for a key of our own; they are written in canonical form from the start.</summary>
public sealed partial class ClientInstanceClaims
{
    /// <summary>How many random bytes stand in <c>rz</c>, as hex.</summary>
    public const int RandomBytes = 32;

    private static readonly string[] ReservedNames = ["typ", "alg", "upk", "rz", "kid", "cty"];

    /// <summary>
    /// Makes claims for a key that lives for one signature. The commitment hides nothing but <c>rz</c> and is what the
    /// provider is asked to put into the ID token.
    /// </summary>
    /// <param name="key">An ES256, RS256 or EdDSA key.</param>
    /// <param name="random">The source of <c>rz</c>.</param>
    /// <param name="claims">Further claims, such as <c>att</c>.</param>
    public static ClientInstanceClaims Create(SigningKey key, RandomSource random, IReadOnlyDictionary<string, string>? claims = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(random);

        Span<byte> rz = stackalloc byte[RandomBytes];
        random(rz);
        var upk = $"{{\"alg\":\"{key.Algorithm}\",{key.PublicJwk.Canonical.AsSpan(1)}";
        var text = new StringBuilder($"{{\"alg\":\"{key.Algorithm}\",\"rz\":\"{Convert.ToHexStringLower(rz)}\",\"typ\":\"CIC\",\"upk\":{upk}");
        CryptographicOperations.ZeroMemory(rz);

        foreach (var (name, value) in claims ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            if (ReservedNames.Contains(name, StringComparer.OrdinalIgnoreCase) || ActingNames.Contains(name, StringComparer.OrdinalIgnoreCase))
                throw new ArgumentException($"the claim name '{name}' is taken", nameof(claims));
            _ = text.Append($",\"{JsonEncodedText.Encode(name)}\":\"{JsonEncodedText.Encode(value)}\"");
        }

        return StrictJson.Parse(Encoding.UTF8.GetBytes(text.Append('}').ToString()), TokenLimits.Header).Then(CanonicalJson.Go.Write)
            .Then(canonical => Parse(canonical)).Succeeded(out var made, out var failure)
                ? made
                : throw new ArgumentException($"no claims can be made of this: {failure.What}", nameof(claims));
    }

    /// <summary>Signs a payload with the claims' own key, giving the client signature of a PK token.</summary>
    internal TokenSignature Sign(ReadOnlySpan<byte> payloadText, SigningKey key)
    {
        var protectedText = Encoding.ASCII.GetBytes(Base64Text.EncodeUrl(Canonical.Span));
        var signature = key.Sign(TokenSignature.Join(protectedText, payloadText), EcdsaEncoding.Joined);
        return TokenSignature.Parse(protectedText, Encoding.ASCII.GetBytes(Base64Text.EncodeUrl(signature))).Succeeded(out var made, out var failure)
            ? made
            : throw new UnreachableException(failure.What);
    }
}
