using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Plimsoll.Server.Registry.Protocol;

namespace Plimsoll.Server.Registry.Storage;

/// <summary>Tells failures of the disk from those of a connection, which are IOExceptions too.</summary>
internal static class StorageFault
{
    // Linux, errno.h.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    public static bool Is(Exception failed)
        => failed is UnauthorizedAccessException or IOException and not (BadHttpRequestException or ConnectionResetException);

    /// <summary>What its client is told; the message with its paths is for the log.</summary>
    public static RegistryError ToError(Exception failed)
        => failed is IOException { HResult: NoSpace or QuotaExceeded } ? RegistryError.StorageFull : RegistryError.StorageFailed;
}
