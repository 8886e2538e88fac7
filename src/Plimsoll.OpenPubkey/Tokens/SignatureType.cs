using Plimsoll.Primitives;
using Plimsoll.Primitives.Json;

namespace Plimsoll.OpenPubkey.Tokens;

/// <summary>Who made a signature of a PK token, as its protected <c>typ</c> says.</summary>
public enum SignatureType
{
    /// <summary>The identity provider: <c>JWT</c>, <c>at+jwt</c> in any case, <c>dpop+id_token</c>, or no typ.</summary>
    Provider,

    /// <summary>The user's key: <c>CIC</c>.</summary>
    ClientInstance,

    /// <summary>A cosigner: <c>COS</c>.</summary>
    Cosigner,
}

internal static class SignatureTypes
{
    public const string KeyBound = "dpop+id_token";

    /// <summary>Reads <c>typ</c>: one known text, exactly; an empty one, another case or another kind of value is refused.</summary>
    public static Result<SignatureType> Of(JsonValue header)
    {
        if (header.Member("typ") is not { } typ)
            return SignatureType.Provider;
        if (typ.Kind != JsonKind.String)
            return Failures.Type("a signature's 'typ' is not a string");

        var text = typ.Text;
        return text switch
        {
            "JWT" or KeyBound => SignatureType.Provider,
            "CIC" => SignatureType.ClientInstance,
            "COS" => SignatureType.Cosigner,
            _ when string.Equals(text, "at+jwt", StringComparison.OrdinalIgnoreCase) => SignatureType.Provider,
            _ => Failures.Type($"no signature of a PK token has typ {Failures.Shorten(text)}"),
        };
    }
}
