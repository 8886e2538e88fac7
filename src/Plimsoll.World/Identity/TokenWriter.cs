using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Plimsoll.Primitives.Encodings;

namespace Plimsoll.World.Identity;

/// <summary>Writes ID tokens in compact form, honest and forged ones alike.</summary>
public static class TokenWriter
{
    /// <summary>Signs the claims with a key, under the algorithm and key id that the header is to show.</summary>
    public static string Write(JsonObject claims, ProviderKey key, string? algorithm = null, string? keyId = null)
    {
        var header = new JsonObject
        {
            ["typ"] = "JWT",
            ["alg"] = algorithm ?? key.Algorithm,
            ["kid"] = keyId ?? key.KeyId,
        };
        var input = $"{Base64Text.EncodeUrl(ToUtf8(header))}.{Base64Text.EncodeUrl(ToUtf8(claims))}";
        return $"{input}.{Base64Text.EncodeUrl(key.Sign(algorithm ?? key.Algorithm, Encoding.ASCII.GetBytes(input)))}";
    }

    internal static byte[] ToUtf8(JsonNode json)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            json.WriteTo(writer);
        return output.WrittenSpan.ToArray();
    }
}
