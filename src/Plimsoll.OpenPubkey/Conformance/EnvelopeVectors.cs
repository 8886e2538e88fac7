using System.Text;
using Plimsoll.OpenPubkey.Releases;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Json;

namespace Plimsoll.OpenPubkey.Conformance;

/// <summary>Vectors of PK tokens in DSSE envelopes. Only what they need of DSSE is here; the format's own project reads envelopes.</summary>
internal static class EnvelopeVectors
{
    public static Finding Check(JsonValue vector)
    {
        var envelope = vector.Member("envelope")!.Value;
        if (envelope.Member("signatures")?.Elements().ToArray() is not [var signature]
            || vector.Member("verify") is not { } settings)
            return new Finding(Failures.VectorFile("an envelope that has not one signature, or no 'verify'"), null);

        if (!Base64Text.Decode(envelope.Text("payload")).Succeeded(out var payload, out var failure)
            || !Parts(signature).Succeeded(out var parts, out failure)
            || !TokenVectors.ParseProvider(settings).Succeeded(out var provider, out failure)
            || !TokenVectors.ParseKeys(settings).Succeeded(out var keys, out failure))
            return new Finding(failure, null);
        return Finding.Of(EnvelopeForms.Verify(parts, envelope.Text("payloadType"), Encode(envelope.Text("payloadType"), payload), provider, keys));
    }

    // DSSE v1.0, PAE: "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body.
    private static byte[] Encode(string payloadType, byte[] payload)
    {
        var type = Encoding.UTF8.GetBytes(payloadType);
        return [.. Encoding.UTF8.GetBytes($"DSSEv1 {type.Length} "), .. type, .. Encoding.UTF8.GetBytes($" {payload.Length} "), .. payload];
    }

    private static Result<TokenSignatureParts> Parts(JsonValue signature)
    {
        if (!Base64Text.Decode(signature.Text("sig")).Succeeded(out var bytes, out var failure))
            return failure;
        if (signature.Member("extension") is not { } extension)
            return new TokenSignatureParts(signature.Text("keyid"), bytes, ExtensionKind: null, Token: null);
        return Base64Text.Decode(extension.Member("ext")?.Text("pkt") ?? "").Succeeded(out var token, out failure)
            ? new TokenSignatureParts(signature.Text("keyid"), bytes, extension.Text("kind"), token)
            : failure;
    }
}
