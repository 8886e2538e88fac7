using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Plimsoll.Server.Registry.Hosting;

/// <summary>
/// What the registry counts, and its text for Prometheus (exposition format 0.0.4). No label says which repository or user:
/// that would be unbounded, and not everybody's business.
/// </summary>
internal sealed class RegistryMetrics : IDisposable
{
    private static readonly double[] Buckets = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60];

    private readonly Meter _meter = new("Plimsoll.Registry");
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _seconds;

    public RegistryMetrics(Func<int> connections, Func<int> uploads, Func<long> closed, Func<long> dropped)
    {
        _requests = _meter.CreateCounter<long>("plimsoll_registry_requests_total", description: "Requests answered.");
        _seconds = _meter.CreateHistogram<double>("plimsoll_registry_request_seconds", description: "Time from a request's head to its answer's end.");
        Received = _meter.CreateCounter<long>("plimsoll_registry_received_bytes_total", description: "Bytes of request bodies, as announced.");
        Sent = _meter.CreateCounter<long>("plimsoll_registry_sent_bytes_total", description: "Bytes of answers' bodies, as announced.");
        Collections = _meter.CreateCounter<long>("plimsoll_registry_collections_total", description: "Collections of what nothing needs.");
        CollectedBytes = _meter.CreateCounter<long>("plimsoll_registry_collected_bytes_total", description: "Bytes that collections freed.");
        StorageFaults = _meter.CreateCounter<long>("plimsoll_registry_storage_faults_total", description: "Requests that the disk failed.");
        _ = _meter.CreateObservableGauge("plimsoll_registry_connections", connections, description: "Open connections.");
        _ = _meter.CreateObservableGauge("plimsoll_registry_uploads", uploads, description: "Open uploads.");
        _ = _meter.CreateObservableCounter("plimsoll_registry_connections_closed_total", closed, description: "Idle connections closed for new ones.");
        _ = _meter.CreateObservableCounter("plimsoll_registry_log_dropped_total", dropped, description: "Log lines left out because the log's reader was too slow.");

        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _meter)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    public Counter<long> Received { get; }

    public Counter<long> Sent { get; }

    public Counter<long> Collections { get; }

    public Counter<long> CollectedBytes { get; }

    public Counter<long> StorageFaults { get; }

    /// <summary>Counts an answer.</summary>
    public void Answered(string method, string resource, int status, TimeSpan took)
    {
        var known = method is "GET" or "HEAD" or "PUT" or "POST" or "PATCH" or "DELETE" ? method : "other";
        _requests.Add(1, new("method", known), new("resource", resource), new("status", status));
        _seconds.Record(took.TotalSeconds, new KeyValuePair<string, object?>("resource", resource));
    }

    /// <summary>All of it as text.</summary>
    public string Text()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var instrument in _series.Values.GroupBy(series => series.Name).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var first = instrument.First();
            _ = text.Append($"# HELP {first.Name} {first.Help}\n# TYPE {first.Name} {first.Kind}\n");
            foreach (var series in instrument.OrderBy(series => series.Labels, StringComparer.Ordinal))
                series.Write(text);
        }

        return text.ToString();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        var series = _series.GetOrAdd($"{instrument.Name}{{{labels}}}", _ => new Series(instrument, labels));
        series.Take(value);
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
            _ = text.Append(text.Length == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{name}=\"{value}\"");
        return text.ToString();
    }

    private sealed class Series(Instrument instrument, string labels)
    {
        private readonly Lock _lock = new();
        private readonly long[] _counts = new long[Buckets.Length + 1];
        private double _sum;

        public string Name => instrument.Name;

        public string Help => instrument.Description ?? "";

        public string Labels => labels;

        public string Kind => instrument is Histogram<double> ? "histogram" : instrument.Name.EndsWith("_total", StringComparison.Ordinal) ? "counter" : "gauge";

        public void Take(double value)
        {
            lock (_lock)
            {
                _sum = instrument.IsObservable ? value : _sum + value;
                var bucket = Array.FindIndex(Buckets, bound => value <= bound);
                _counts[bucket < 0 ? Buckets.Length : bucket]++;
            }
        }

        public void Write(StringBuilder text)
        {
            lock (_lock)
            {
                if (instrument is not Histogram<double>)
                {
                    _ = text.Append(CultureInfo.InvariantCulture, $"{Name}{(labels.Length == 0 ? "" : $"{{{labels}}}")} {_sum}\n");
                    return;
                }

                var count = 0L;
                for (var bucket = 0; bucket < Buckets.Length; bucket++)
                    _ = text.Append(CultureInfo.InvariantCulture, $"{Name}_bucket{{{labels},le=\"{Buckets[bucket]}\"}} {count += _counts[bucket]}\n");
                _ = text.Append(CultureInfo.InvariantCulture, $"{Name}_bucket{{{labels},le=\"+Inf\"}} {count += _counts[^1]}\n{Name}_sum{{{labels}}} {_sum}\n{Name}_count{{{labels}}} {count}\n");
            }
        }
    }
}
