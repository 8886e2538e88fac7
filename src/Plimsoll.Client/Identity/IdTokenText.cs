using System.Collections.Immutable;
using System.Security.Cryptography;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Client.Identity;

/// <summary>
/// An ID token as it came, in compact form. Whoever holds it can act as the workload until it expires, so it is cleared
/// when disposed, never printed, and its claims are read only to say early what is wrong: nothing here verifies it.
/// </summary>
public sealed class IdTokenText : IDisposable
{
    /// <summary>Longest ID token that is accepted; the largest in use are under 4 KiB.</summary>
    public const int MostBytes = 64 * 1024;

    private static readonly JsonLimits PayloadLimits = new(MostBytes);

    private readonly byte[] _compact;
    private bool _cleared;

    private IdTokenText(byte[] compact, string issuer)
    {
        _compact = compact;
        Issuer = issuer;
    }

    /// <summary>The token's bytes: three base64url parts joined by dots.</summary>
    public ReadOnlyMemory<byte> Compact => _cleared ? throw new ObjectDisposedException(nameof(IdTokenText)) : _compact;

    /// <summary>What the token says in <c>iss</c>, unverified.</summary>
    public string Issuer { get; }

    /// <summary>What the token says in <c>aud</c>, unverified; one for a string.</summary>
    public ImmutableArray<string> Audiences { get; private init; }

    /// <summary>Whether <c>aud</c> is a list, be it of one.</summary>
    public bool AudienceIsList { get; private init; }

    /// <summary>What the token says in <c>exp</c>, in seconds since 1970, unverified.</summary>
    public long? Expires { get; private init; }

    /// <summary>Takes a copy of a compact token, white space around it left out; the caller clears its own bytes.</summary>
    public static Result<IdTokenText> Parse(ReadOnlySpan<byte> text, string source)
    {
        var compact = text.Trim(" \t\r\n"u8);
        if (compact.Length > MostBytes)
            return Malformed(source, $"has {compact.Length} bytes, more than {MostBytes}");

        Span<Range> parts = stackalloc Range[4];
        var at = 0;
        foreach (var part in compact.Split((byte)'.'))
        {
            if (at == parts.Length || part.End.Value == part.Start.Value)
                return Malformed(source, "is not three base64url parts joined by dots");
            parts[at++] = part;
        }

        if (at != 3)
            return Malformed(source, "is not three base64url parts joined by dots");
        if (!Base64Text.DecodeUrl(compact[parts[1]]).Succeeded(out var payload, out _))
            return Malformed(source, "has a payload that is not base64url");
        try
        {
            return ReadClaims(payload, compact, source);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(payload);
        }
    }

    /// <summary>Says what it is, never what it holds.</summary>
    public override string ToString() => $"ID token of {Issuer}";

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_compact);
        _cleared = true;
    }

    private static Result<IdTokenText> ReadClaims(byte[] payload, ReadOnlySpan<byte> compact, string source)
    {
        if (!StrictJson.Parse(payload, PayloadLimits).Succeeded(out var json, out var failure))
            return Malformed(source, $"has a payload that is refused: {failure.What}");

        var claims = json.ReadObject("identity.token");
        var issuer = claims.NonEmptyString("iss");
        var expires = claims.OptionalInteger("exp");
        var isList = claims.OptionalValue("aud") is { Kind: JsonKind.Array };
        ImmutableArray<string> audiences = isList ? claims.OptionalStrings("aud") : claims.OptionalString("aud") is { } one ? [one] : [];
        return claims.Failed(out failure)
            ? Malformed(source, $"has a payload whose {failure.What}")
            : new IdTokenText(compact.ToArray(), issuer) { Audiences = audiences, AudienceIsList = isList, Expires = expires };
    }

    private static Failure Malformed(string source, string what) => new(
        Refusal.Malformed, "identity.token", $"the ID token from {source} {what}", "see that it comes whole from the identity provider");
}
