using System.Text;
using System.Text.Json;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Envelopes;

/// <summary>
/// One signature of an envelope. It is read as far as it can be: a broken or foreign one is kept with its fault and never
/// spoils the others.
/// </summary>
/// <param name="KeyId">The hint which key to try; nothing vouches for it. Empty where there is none.</param>
/// <param name="Value">The signature's bytes; empty if there is a fault.</param>
public sealed record DsseSignature(string KeyId, ReadOnlyMemory<byte> Value)
{
    private const int MostKeyId = 1024;

    /// <summary>What came beside the signature, if anything; not signed.</summary>
    public DsseExtension? Extension { get; init; }

    /// <summary>Why this signature cannot be looked at, or null.</summary>
    public Failure? Fault { get; init; }

    /// <summary>Signs an envelope's content. The key id is the hex SHA-256 of the SubjectPublicKeyInfo; ECDSA in DER, as Docker has it.</summary>
    public static DsseSignature Sign(string payloadType, ReadOnlySpan<byte> payload, SigningKey key, DsseExtension? extension = null)
        => new(key.KeyId, key.Sign(Pae.Encode(payloadType, payload), EcdsaEncoding.Der)) { Extension = extension };

    internal static DsseSignature Read(JsonValue entry)
    {
        var members = entry.ReadObject("dsse.signature");
        var keyId = members.OptionalString("keyid") ?? "";
        var signature = members.NonEmptyString("sig");
        var extension = members.OptionalObject("extension");
        var kind = extension?.String("kind") ?? "";
        var ext = extension?.OptionalValue("ext");
        extension?.NoCaseVariants();
        members.NoCaseVariants();
        if (keyId.Length > MostKeyId)
            members.Fail("keyid", $"has {keyId.Length} characters, more than {MostKeyId}");

        if (members.Failed(out var failure) || !DsseBase64.Decode(Encoding.UTF8.GetBytes(signature)).Succeeded(out var value, out failure))
            return new DsseSignature(keyId.Length <= MostKeyId ? keyId : "", ReadOnlyMemory<byte>.Empty) { Fault = failure };
        return new DsseSignature(keyId, value) { Extension = extension is null ? null : new DsseExtension(kind, ext) };
    }

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (KeyId.Length > 0)
            writer.WriteString("keyid", KeyId);
        writer.WriteString("sig", Base64Text.Encode(Value.Span));
        if (Extension is { } extension)
        {
            writer.WriteStartObject("extension");
            writer.WriteString("kind", extension.Kind);
            if (extension.Ext is { } ext)
            {
                writer.WritePropertyName("ext");
                ext.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}

/// <summary>
/// What a signature brings with it (DSSE 1.1 draft, extension): a kind, and members that only those who know the kind read.
/// It is not signed: what it holds must prove itself.
/// </summary>
public sealed record DsseExtension(string Kind, JsonValue? Ext);
