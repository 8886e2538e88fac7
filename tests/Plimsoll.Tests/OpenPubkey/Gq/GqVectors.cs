using System.Text;
using System.Text.Json;
using Plimsoll.OpenPubkey.Gq;
using Plimsoll.Primitives.Arithmetic;

namespace Plimsoll.Tests.OpenPubkey.Gq;

/// <summary>vectors/openpubkey/gq-jwt.json, cut into the parts that the proof itself sees.</summary>
internal sealed record GqVector(string Id, bool Valid, byte[] Modulus, byte[] Exponent, byte[] Identity, byte[] Message, byte[] Proof)
{
    public byte[] Signature { get; private init; } = [];

    public JsonElement Open { get; private init; }

    public static IReadOnlyList<GqVector> Tokens { get; } =
        [.. Read().Where(vector => vector.TryGetProperty("gqToken", out _)).Select(FromToken)];

    public static GqVector Named(string id) => Tokens.Single(vector => vector.Id == id);

    public static JsonElement Iso14888 { get; } = Read().Single(vector => vector.GetProperty("id").ValueEquals("gq1-iso14888-2"));

    public GqModulus Key(MultiplierKind kind)
    {
        Assert.True(GqModulus.Create(Modulus, Exponent, ModulusContext.MinimumBits, kind).Succeeded(out var key, out var failure), failure?.What);
        return key;
    }

    public byte[] OpenBytes(string name) => Convert.FromHexString(Open.GetProperty(name).GetString()!);

    public byte[] OpenNumbers(string name) =>
        [.. Open.GetProperty(name).EnumerateArray().SelectMany(number => Convert.FromHexString(number.GetString()!))];

    private static JsonElement.ArrayEnumerator Read()
    {
        var text = File.ReadAllBytes(TestData.Vectors("openpubkey/gq-jwt.json"));
        return JsonDocument.Parse(text).RootElement.GetProperty("vectors").EnumerateArray();
    }

    private static GqVector FromToken(JsonElement vector)
    {
        var token = vector.GetProperty("gqToken").GetString()!.Split('.');
        var header = JsonDocument.Parse(Decode(token[0])).RootElement;
        var jwk = vector.GetProperty("jwk");
        return new GqVector(
            vector.GetProperty("id").GetString()!,
            vector.GetProperty("expectedValid").GetBoolean(),
            Decode(jwk.GetProperty("n").GetString()!),
            Decode(jwk.GetProperty("e").GetString()!),
            Encoding.ASCII.GetBytes($"{header.GetProperty("kid").GetString()}.{token[1]}"),
            Encoding.ASCII.GetBytes($"{token[0]}.{token[1]}"),
            Decode(token[2]))
        {
            Signature = vector.TryGetProperty("jwt", out var jwt) ? Decode(jwt.GetString()!.Split('.')[2]) : [],
            Open = vector.TryGetProperty("open", out var open) ? open : default,
        };
    }

    private static byte[] Decode(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);
}
