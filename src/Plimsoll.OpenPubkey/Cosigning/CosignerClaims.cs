using System.Globalization;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Json;

namespace Plimsoll.OpenPubkey.Cosigning;

/// <summary>
/// What a cosigner says in its protected header. Its signature covers the payload and not the client's claims: it vouches for
/// them only as far as the payload commits to them.
/// </summary>
/// <param name="Issuer"><c>iss</c>: who it is.</param>
/// <param name="KeyId"><c>kid</c>: which of its keys signed.</param>
/// <param name="Algorithm"><c>alg</c>.</param>
/// <param name="AuthenticationId"><c>eid</c>: the authentication that it made.</param>
/// <param name="Authenticated"><c>auth_time</c>: when it made it.</param>
/// <param name="Issued"><c>iat</c>.</param>
/// <param name="Expires"><c>exp</c>.</param>
/// <param name="RedirectUri"><c>ruri</c>: where the client was sent afterwards.</param>
/// <param name="Nonce"><c>nonce</c>: what the client sent.</param>
public sealed record CosignerClaims(
    string Issuer, string KeyId, string Algorithm, string AuthenticationId, DateTimeOffset Authenticated, DateTimeOffset Issued,
    DateTimeOffset Expires, string RedirectUri, string Nonce)
{
    /// <summary>Reads a cosigner's header; every member has to be there.</summary>
    internal static Result<CosignerClaims> Parse(JsonValue header)
    {
        var reader = header.ReadObject("openpubkey.cosigner-header");
        var claims = new CosignerClaims(
            reader.NonEmptyString("iss"), reader.NonEmptyString("kid"), reader.NonEmptyString("alg"), reader.NonEmptyString("eid"),
            Time(reader, "auth_time"), Time(reader, "iat"), Time(reader, "exp"), reader.NonEmptyString("ruri"), reader.NonEmptyString("nonce"));
        reader.NoCaseVariants();
        return reader.Failed(out var failure) ? failure : claims;
    }

    private static DateTimeOffset Time(JsonObject reader, string name)
    {
        var seconds = reader.Integer(name);
        if (seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            return DateTimeOffset.FromUnixTimeSeconds(seconds);
        reader.Fail(name, $"is {seconds.ToString(CultureInfo.InvariantCulture)}, not a time");
        return default;
    }
}
