using System.Text;

namespace Plimsoll.Client.Registry;

/// <summary>Scheme, host and port of an address: credentials given for one origin are shown to no other.</summary>
public readonly record struct Origin(string Scheme, string Host, int Port)
{
    /// <summary>The origin of an absolute address.</summary>
    public static Origin Of(Uri address) => new(address.Scheme, address.IdnHost.ToLowerInvariant(), address.Port);

    /// <summary>
    /// The same for an address from outside, which may name a host that no name service could know. Of every address that a
    /// server sends us this is asked first: a name that is not written in ASCII is refused, since platforms differ in how they
    /// would write it, and throw where they cannot.
    /// </summary>
    internal static bool TryOf(Uri address, out Origin origin)
    {
        try
        {
            origin = Of(address);
            return origin.Host.Length > 0 && Ascii.IsValid(address.Host);
        }
        catch (UriFormatException)
        {
            origin = default;
            return false;
        }
    }

    /// <summary>The form <c>https://host:port</c>, for messages.</summary>
    public override string ToString() => $"{Scheme}://{Host}:{Port}";
}
