using System.Text;
using Plimsoll.Primitives;
using Plimsoll.Server.Registry.Access;
using Plimsoll.Server.Registry.Hosting;
using Plimsoll.Server.Registry.Protocol;
using Plimsoll.Server.Registry.Storage;

namespace Plimsoll.Server.Registry;

/// <summary>What a running registry is made of, put together and taken apart in one place.</summary>
internal sealed class RegistryParts : IAsyncDisposable
{
    private readonly RegistryFolder _folder;
    private readonly Collector _collector;
    private readonly AccessControl _access;
    private readonly RegistryMetrics _metrics;
    private readonly JsonLog _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ending = new();
    private Task _collecting = Task.CompletedTask;

    private RegistryParts(RegistryServerOptions options, RegistryFolder folder, AccessControl access, ServerCertificate? certificate, JsonLog log, TimeProvider time)
    {
        (Options, _folder, _access, Certificate, _log, _time) = (options, folder, access, certificate, log, time);
        var uploads = new Uploads(folder, options, time);
        _collector = new Collector(folder, uploads);
        Connections = new ConnectionLimit(options.MaximumConnections);
        _metrics = new RegistryMetrics(() => Connections.Count, () => uploads.Count, () => Connections.Closed, () => log.Dropped);
        Pipeline = new RequestPipeline(
            new RegistryEndpoints(folder, uploads, options), access, new Health(folder, time), _metrics, Connections, log, options.LogRequests);
    }

    public RegistryServerOptions Options { get; }

    public ConnectionLimit Connections { get; }

    public ServerCertificate? Certificate { get; }

    public RequestPipeline Pipeline { get; }

    /// <summary>Where the control socket goes; null where there is none.</summary>
    public string? ControlPath
        => !_folder.IsReadOnly && Encoding.UTF8.GetByteCount(_folder.Paths.Control) <= ControlSocket.MostPathBytes ? _folder.Paths.Control : null;

    public static Result<RegistryParts> Open(RegistryServerOptions wanted, TimeProvider time)
    {
        if (!wanted.Admit().Succeeded(out var options, out var failure))
            return failure;

        // Made last: what is refused before is returned, not logged.
        JsonLog? log = null;
        ServerCertificate? certificate = null;
        if (ServerCertificate.Of(options, Refused, time) is { } read && !read.Succeeded(out certificate, out failure))
            return failure;
        if (!AccessControl.Open(options, Refused, time).Succeeded(out var access, out failure))
            return failure;
        if (RegistryFolder.Open(options.Folder, options.ReadOnly, options.Lease, time).Succeeded(out var folder, out failure))
            return new RegistryParts(options, folder, access, certificate, log = new JsonLog(options.Log), time);
        access.Dispose();
        return failure;

        void Refused(Failure refused) => log?.Write("warning", "settings", writer =>
        {
            writer.WriteString("code", refused.Code);
            writer.WriteString("what", refused.What);
        });
    }

    /// <summary>Begins what goes on by itself.</summary>
    public void Begin()
    {
        if (ControlPath is { } control && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(control, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (Options.CollectEvery > TimeSpan.Zero && !_folder.IsReadOnly)
            _collecting = CollectNowAndThen(_ending.Token);
    }

    public async Task<CollectionReport> Collect(CancellationToken cancellation)
    {
        var report = await _collector.Collect(cancellation);
        _metrics.Collections.Add(1);
        _metrics.CollectedBytes.Add(report.Bytes);
        _log.Write(report.Unreadable > 0 ? "warning" : "info", "collection", writer =>
        {
            writer.WriteNumber("blobs", report.Blobs);
            writer.WriteNumber("content", report.Content);
            writer.WriteNumber("bytes", report.Bytes);
            writer.WriteNumber("leftovers", report.Leftovers);
            writer.WriteNumber("unreadable", report.Unreadable);
        });
        return report;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _collecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
        if (ControlPath is { } control)
            LastingFiles.Remove(control);
        _collector.Dispose();
        _access.Dispose();
        _metrics.Dispose();
        _folder.Dispose();
        await _log.DisposeAsync();
    }

    private async Task CollectNowAndThen(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Options.CollectEvery, _time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            try
            {
                _ = await Collect(cancellation);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                _log.Write("error", "collection", writer => writer.WriteString("failure", failed.Message));
            }
        }
    }
}
