using Microsoft.AspNetCore.Http;
using Plimsoll.Server.Registry.Protocol;
using Plimsoll.Server.Registry.Storage;

namespace Plimsoll.Server.Registry.Hosting;

/// <summary>Says whether the registry can do its work: 200 while its folder can be read, and written unless it is read-only; else 503.</summary>
internal sealed class Health(RegistryFolder folder, TimeProvider time)
{
    private static readonly TimeSpan TryEvery = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private DateTimeOffset _tried;
    private string? _fault;

    public async Task<RegistryError?> Answer(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            return RegistryError.Unsupported;
        var fault = Fault();
        await JsonAnswer.Write(context, fault is null ? 200 : 503, "application/json", JsonAnswer.Object(writer => writer.WriteString("status", fault ?? "ok")));
        return null;
    }

    private string? Fault()
    {
        lock (_lock)
        {
            // Asking often must not wear the disk.
            if (time.GetUtcNow() - _tried < TryEvery)
                return _fault;
            _tried = time.GetUtcNow();
            return _fault = Try();
        }
    }

    private string? Try()
    {
        try
        {
            _ = File.ReadAllBytes(folder.Paths.Format);
            if (folder.IsReadOnly)
                return null;
            var probe = $"{folder.Paths.Root}/health~{Guid.NewGuid():n}";
            File.WriteAllText(probe, "ok");
            File.Delete(probe);
            return null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return StorageFault.ToError(failed) == RegistryError.StorageFull ? "no space left" : "the folder cannot be written";
        }
    }
}
