using System.Text;
using Plimsoll.Primitives.Encodings;

namespace Plimsoll.Server.Registry.Access;

/// <summary>The credentials of an Authorization header, read strictly (RFC 7617, RFC 6750).</summary>
internal static class AuthorizationHeader
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A name and a password; null if this is not Basic, or malformed.</summary>
    public static (string Name, byte[] Password)? Basic(string header)
    {
        if (After("Basic ", header) is not { } text || !Base64Text.Decode(text).Succeeded(out var bytes, out _))
            return null;

        // RFC 7617 2: a name has no colon, a password may.
        var colon = bytes.AsSpan().IndexOf((byte)':');
        if (colon < 0 || bytes.Length - colon - 1 > PasswordHash.MostPasswordBytes)
            return null;
        try
        {
            var name = Strict.GetString(bytes.AsSpan(0, colon));
            return User.IsName(name) ? (name, bytes[(colon + 1)..]) : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>A token; null if this is not Bearer.</summary>
    public static string? Bearer(string header) => After("Bearer ", header);

    private static string? After(string scheme, string header)
        => header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim(' ') : null;
}
