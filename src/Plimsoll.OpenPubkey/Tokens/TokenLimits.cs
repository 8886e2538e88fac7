using Plimsoll.Primitives.Json;

namespace Plimsoll.OpenPubkey.Tokens;

/// <summary>How large tokens may be. The largest genuine ones have a 4096-bit provider key with exponent 3: about 180 kB.</summary>
public static class TokenLimits
{
    /// <summary>Most bytes of a PK token, in JSON or compact form, and of an ID token.</summary>
    public const int TokenBytes = 256 * 1024;

    /// <summary>Most bytes of a decoded payload.</summary>
    public const int PayloadBytes = 64 * 1024;

    /// <summary>Most bytes of a decoded protected header.</summary>
    public const int HeaderBytes = 32 * 1024;

    /// <summary>Most signatures that are looked at; a token has two or three.</summary>
    public const int Signatures = 3;

    internal static readonly JsonLimits Token = new(TokenBytes, Depth: 12, Values: 1_000);
    internal static readonly JsonLimits Payload = new(PayloadBytes, Depth: 12, Values: 4_000);
    internal static readonly JsonLimits Header = new(HeaderBytes, Depth: 12, Values: 2_000);
}
