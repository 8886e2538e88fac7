using System.Globalization;
using System.Text;

namespace Plimsoll.Envelopes;

/// <summary>DSSE's pre-authentication encoding: the bytes that a signature covers, so that the type is signed with the payload.</summary>
public static class Pae
{
    /// <summary><c>DSSEv1 SP length(type) SP type SP length(body) SP body</c>; lengths are decimal and count bytes.</summary>
    public static byte[] Encode(string payloadType, ReadOnlySpan<byte> payload)
    {
        var type = Encoding.UTF8.GetBytes(payloadType);
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {type.Length} "));
        var middle = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" {payload.Length} "));
        return [.. head, .. type, .. middle, .. payload];
    }
}
