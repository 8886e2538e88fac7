namespace Plimsoll.World.Identity;

/// <summary>How the provider, or somebody on the way to it, turns on its users. All off by default.</summary>
public sealed record Misbehaviour
{
    /// <summary>An honest provider.</summary>
    public static Misbehaviour None { get; } = new();

    /// <summary>The discovery document names this issuer instead of its own.</summary>
    public string? DiscoveryIssuer { get; init; }

    /// <summary>The discovery document names this address of the key set.</summary>
    public string? KeySetAddress { get; init; }

    /// <summary>Every answer is a redirect to this address; <c>self</c> redirects to the address that was asked.</summary>
    public string? RedirectTo { get; init; }

    /// <summary>Keys that nobody needs, before the real ones in the key set.</summary>
    public int JunkKeys { get; init; }

    /// <summary>Bodies never end; they come as fast as they are read.</summary>
    public bool Endless { get; init; }

    /// <summary>Requests are taken and never answered.</summary>
    public bool Silent { get; init; }

    /// <summary>Bodies start and then stop, while the connection stays open.</summary>
    public bool Stalls { get; init; }

    /// <summary>How many requests from now on are answered with 503.</summary>
    public int Unavailable { get; init; }

    /// <summary>Tokens show, and are signed by, this algorithm: <c>none</c>, <c>HS256</c> with the public key as secret, <c>PS256</c>.</summary>
    public string? Algorithm { get; init; }

    /// <summary>Tokens name this key.</summary>
    public string? KeyId { get; init; }

    /// <summary>Tokens are for this audience, whatever was asked for.</summary>
    public string? Audience { get; init; }

    /// <summary>Tokens are of this issuer.</summary>
    public string? TokenIssuer { get; init; }

    /// <summary>The token service answers with these bytes.</summary>
    public string? TokenAnswer { get; init; }

    /// <summary>The key set is these bytes.</summary>
    public string? KeySet { get; init; }
}
