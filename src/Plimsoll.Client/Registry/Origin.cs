namespace Plimsoll.Client.Registry;

/// <summary>Scheme, host and port of an address: credentials given for one origin are shown to no other.</summary>
public readonly record struct Origin(string Scheme, string Host, int Port)
{
    /// <summary>The origin of an absolute address.</summary>
    public static Origin Of(Uri address) => new(address.Scheme, address.IdnHost.ToLowerInvariant(), address.Port);

    /// <summary>The form <c>https://host:port</c>, for messages.</summary>
    public override string ToString() => $"{Scheme}://{Host}:{Port}";
}
