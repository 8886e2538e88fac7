using System.Net;
using System.Net.Sockets;

namespace Plimsoll.Client.Registry;

/// <summary>How far away an address is. Who is at one class may send us to the same class or to a later one, never to an earlier.</summary>
internal enum AddressClass
{
    /// <summary>Link-local, unspecified, multicast or reserved: cloud metadata services live here. Nobody may send us there.</summary>
    Special,

    /// <summary>This machine.</summary>
    Loopback,

    /// <summary>A private network (RFC 1918, RFC 6598, RFC 4193).</summary>
    Private,

    /// <summary>Everything else.</summary>
    Public,
}

internal static class AddressClasses
{
    public static AddressClass Classify(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address))
            return AddressClass.Loopback;
        return address.AddressFamily == AddressFamily.InterNetwork ? ClassifyV4(address) : ClassifyV6(address);
    }

    private static AddressClass ClassifyV4(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        _ = address.TryWriteBytes(bytes, out _);
        return (bytes[0], bytes[1]) switch
        {
            (0 or >= 224, _) or (169, 254) => AddressClass.Special,
            (10, _) or (172, >= 16 and <= 31) or (192, 168) or (100, >= 64 and <= 127) => AddressClass.Private,
            _ => AddressClass.Public,
        };
    }

    private static AddressClass ClassifyV6(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = address.TryWriteBytes(bytes, out _);

        // RFC 6052, RFC 3056: these forms carry an IPv4 address, and a gateway would go to that one.
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0, 0x64, 0xff, 0x9b]))
            return Classify(new IPAddress(bytes[12..]));
        if (bytes is [0x20, 0x02, ..])
            return Classify(new IPAddress(bytes[2..6]));

        return address.IsIPv6LinkLocal || address.IsIPv6Multicast || address.IsIPv6SiteLocal || bytes[..8].IndexOfAnyExcept((byte)0) < 0
            ? AddressClass.Special
            : (bytes[0] & 0xfe) == 0xfc ? AddressClass.Private : AddressClass.Public;
    }
}
