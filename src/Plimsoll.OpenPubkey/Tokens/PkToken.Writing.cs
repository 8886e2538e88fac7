using System.Buffers;
using System.Diagnostics;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Primitives.Json;

namespace Plimsoll.OpenPubkey.Tokens;

/// <summary>The canonical forms: signatures in the order provider, client, cosigner, no white space.</summary>
public sealed partial class PkToken
{
    /// <summary>
    /// base64url SHA3-256 of the canonical JSON form: the name by which signed messages call this token. The refreshed
    /// token is no part of it; a cosigner's signature, and each spelling of an ECDSA signature, is.
    /// </summary>
    public string Hash => field ??= Base64Text.EncodeUrl(Keccak.Sha3(ToJson()));

    /// <summary>Writes the canonical JSON form, which leaves the refreshed token out.</summary>
    public byte[] ToJson()
    {
        var output = new ArrayBufferWriter<byte>(PayloadText.Length + (2 * ProviderSignature.SignatureText.Length));
        output.Write("{\"payload\":\""u8);
        output.Write(PayloadText.Span);
        output.Write("\",\"signatures\":["u8);
        Write(ProviderSignature, output);
        output.Write(","u8);
        Write(ClientSignature, output);
        if (CosignerSignature is { } cosigner)
        {
            output.Write(","u8);
            Write(cosigner, output);
        }

        output.Write("]}"u8);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes the compact form, with the refreshed token if there is one. Unprotected headers have no place in it.</summary>
    public byte[] ToCompact()
    {
        var output = new ArrayBufferWriter<byte>(PayloadText.Length + (2 * ProviderSignature.SignatureText.Length));
        output.Write(PayloadText.Span);
        foreach (var signature in new[] { ProviderSignature, ClientSignature, CosignerSignature })
        {
            if (signature is null)
                continue;
            output.Write(":"u8);
            output.Write(signature.ProtectedText.Span);
            output.Write(":"u8);
            output.Write(signature.SignatureText.Span);
        }

        if (RefreshedIdToken is { } refreshed)
        {
            output.Write("."u8);
            output.Write(refreshed.Text.Span);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>The type, issuer and subject: never the signatures.</summary>
    public override string ToString()
        => $"PK token of {Failures.Shorten(UnverifiedClaims.Subject)} at {Failures.Shorten(UnverifiedClaims.Issuer)}";

    private static void Write(TokenSignature signature, ArrayBufferWriter<byte> output)
    {
        output.Write("{\"protected\":\""u8);
        output.Write(signature.ProtectedText.Span);
        if (signature.Unprotected is { } header && header.Members().Count > 0)
        {
            output.Write("\",\"header\":"u8);
            output.Write(CanonicalJson.Go.Write(header).Succeeded(out var canonical, out _)
                ? canonical
                : throw new UnreachableException("a header that could not be written was not refused when it was read"));
            output.Write(",\"signature\":\""u8);
        }
        else
        {
            output.Write("\",\"signature\":\""u8);
        }

        output.Write(signature.SignatureText.Span);
        output.Write("\"}"u8);
    }
}
