using Plimsoll.Primitives;
using Plimsoll.Primitives.Json;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.OpenPubkey.KeySets;

/// <summary>
/// An issuer's JSON Web Key Set (RFC 7517 section 5). Keys are imported once and kept, so keep the set as long as it holds.
/// </summary>
public sealed class JwkSet
{
    /// <summary>Most bytes of a set; the largest providers serve about 20 kB.</summary>
    public const int MostBytes = 256 * 1024;

    /// <summary>Most keys of a set; providers in use have one to ten.</summary>
    public const int MostKeys = 64;

    private static readonly JsonLimits Limits = new(MostBytes, Depth: 8, Values: 8_000);
    private readonly Entry[] _entries;

    private JwkSet(Entry[] entries) => _entries = entries;

    /// <summary>The keys that can verify, in the issuer's order.</summary>
    public IEnumerable<IssuerKey> Keys
    {
        get
        {
            foreach (var entry in _entries)
            {
                if (entry.Key.Succeeded(out var key, out _))
                    yield return key;
            }
        }
    }

    /// <summary>
    /// Reads a set. Keys of a kind that is not known here are ignored, as RFC 7517 section 5 asks; a known kind that cannot
    /// be used (too short, for encryption, mislabelled) stays in its place, and a token that names it is told why.
    /// </summary>
    public static Result<JwkSet> Parse(ReadOnlyMemory<byte> json)
    {
        if (!StrictJson.Parse(json, Limits).Succeeded(out var value, out var failure))
            return Failures.KeySet($"the key set is not acceptable JSON: {failure.What} ({failure.Code})");
        return Parse(value);
    }

    internal static Result<JwkSet> Parse(JsonValue value)
    {
        if (value.Member("keys") is not { Kind: JsonKind.Array } keys)
            return Failures.KeySet("the key set is not an object with an array 'keys'");

        var elements = keys.Elements();
        if (elements.Count > MostKeys)
            return Failures.KeySet($"{elements.Count} keys are more than {MostKeys}");

        var entries = new List<Entry>(elements.Count);
        foreach (var element in elements)
        {
            if (element.Kind != JsonKind.Object)
                return Failures.KeySet("a member of 'keys' is not an object");
            if (element.Member("kty") is { Kind: JsonKind.String } type && type.Text is "RSA" or "EC" or "OKP")
                entries.Add(ToEntry(element));
        }

        return new JwkSet([.. entries]);
    }

    /// <summary>
    /// The key for a token's <c>kid</c>: the first of exactly that name. A token without one is served only by a set that
    /// leaves no choice.
    /// </summary>
    public Result<IssuerKey> Find(string? keyId)
    {
        if (string.IsNullOrEmpty(keyId))
        {
            return _entries is [var only]
                ? only.Key
                : Failures.KeyLookup($"the token names no key, and the issuer's set has {_entries.Length}");
        }

        foreach (var entry in _entries)
        {
            if (entry.KeyId == keyId)
                return entry.Key;
        }

        return Failures.KeyLookup($"the issuer's set of {_entries.Length} keys has none with kid {Failures.Shorten(keyId)}");
    }

    /// <summary>The key with this RFC 7638 thumbprint, whatever its <c>kid</c>.</summary>
    public Result<IssuerKey> FindByThumbprint(string thumbprint)
        => Keys.FirstOrDefault(key => key.Thumbprint == thumbprint) is { } found
            ? found
            : Failures.KeyLookup($"the issuer's set of {_entries.Length} keys has none with thumbprint {Failures.Shorten(thumbprint)}");

    /// <summary>Whether a token's <c>kid</c> names a key that is here, usable or not. If not, a newer set may have it.</summary>
    public bool Names(string? keyId)
        => string.IsNullOrEmpty(keyId) ? _entries.Length == 1 : Array.Exists(_entries, entry => entry.KeyId == keyId);

    private static Entry ToEntry(JsonValue element)
    {
        var keyId = element.Member("kid") is { Kind: JsonKind.String } kid ? kid.Text : null;
        return Jwk.Parse(element).Succeeded(out var jwk, out var failure)
            ? new Entry(keyId, IssuerKey.Import(jwk))
            : new Entry(keyId, Failures.KeyLookup($"the key with kid {Failures.Shorten(keyId)}: {failure.What}"));
    }

    private readonly record struct Entry(string? KeyId, Result<IssuerKey> Key);
}
