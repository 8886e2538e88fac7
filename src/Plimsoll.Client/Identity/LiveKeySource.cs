using System.Collections.Concurrent;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Client.Identity;

/// <summary>
/// The provider's keys as it publishes them now: discovery document, then key set. Keeps a set for a while, fetches it anew
/// when a key is asked for that it lacks, and lets callers who want the same thing at the same time share one fetch.
/// </summary>
public sealed class LiveKeySource : IKeySource
{
    /// <summary>Largest discovery document that is read; Microsoft's has 2 KiB.</summary>
    public const int MostDiscoveryBytes = 64 * 1024;

    /// <summary>How long a failed fetch is not repeated: a provider that is down is not helped by being asked more often.</summary>
    public static readonly TimeSpan FailureStands = TimeSpan.FromSeconds(10);

    private static readonly JsonLimits DiscoveryLimits = new(MostDiscoveryBytes, Depth: 8, Values: 4_000);

    private readonly ConcurrentDictionary<Issuer, Entry> _entries = new();
    private readonly IdentityHttp _http;
    private readonly TimeProvider _time;

    /// <summary>Fetches over <paramref name="http"/>, which it does not dispose.</summary>
    public LiveKeySource(IdentityHttp http, TimeProvider time)
    {
        _http = http;
        _time = time;
    }

    /// <inheritdoc/>
    public async Task<Result<JwkSet>> Keys(Issuer issuer, string? keyId, CancellationToken cancellation)
    {
        var entry = _entries.GetOrAdd(issuer, static _ => new Entry());
        Task<Result<JwkSet>> running;
        lock (entry)
        {
            if (entry.Answer(keyId, _time.GetUtcNow()) is { } known)
                return known;
            running = entry.Running ??= Task.Run(() => Refetch(issuer, keyId, entry), CancellationToken.None);
        }

        // One caller who gives up must not end the fetch for the others; it is bounded by itself.
        return await running.WaitAsync(cancellation);
    }

    private async Task<Result<JwkSet>> Refetch(Issuer issuer, string? keyId, Entry entry)
    {
        var fetched = default(Result<JwkSet>);
        try
        {
            fetched = await Fetch(issuer);
        }
        finally
        {
            lock (entry)
                entry.Take(fetched, keyId, _time.GetUtcNow());
        }

        return fetched;
    }

    private async Task<Result<JwkSet>> Fetch(Issuer issuer)
    {
        var address = new Uri(issuer.ToString().TrimEnd('/') + "/.well-known/openid-configuration");
        if (!(await _http.Get(address, MostDiscoveryBytes, bearer: null, CancellationToken.None)).Succeeded(out var document, out var failure))
            return failure;
        if (!KeySetAddress(issuer, document).Succeeded(out var keySet, out failure))
            return failure;
        if (!(await _http.Get(keySet, JwkSet.MostBytes, bearer: null, CancellationToken.None)).Succeeded(out var keys, out failure))
            return failure;
        return JwkSet.Parse(keys);
    }

    // OpenID Connect Discovery 4.3: the document's issuer is exactly the one that was asked about.
    internal static Result<Uri> KeySetAddress(Issuer issuer, byte[] document)
    {
        if (!StrictJson.Parse(document, DiscoveryLimits).Succeeded(out var json, out var failure))
            return Malformed(issuer, failure.What);

        var members = json.ReadObject("identity.discovery");
        var named = members.String("issuer");
        var text = members.String("jwks_uri");
        members.NoCaseVariants();
        if (members.Failed(out failure))
            return Malformed(issuer, failure.What);
        if (named != issuer.ToString())
        {
            return new Failure(
                Refusal.Untrusted, "identity.discovery-issuer", $"the discovery document of {issuer} is of '{Shorten(named)}'",
                "write the issuer exactly as its tokens have it in `iss`; if it is, somebody answers in its place");
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var address))
            return Malformed(issuer, "jwks_uri is not an absolute URL");
        if (IdentityHttp.Refuse(address) is { } refused)
            return refused;

        // A provider on the network may not point a client at a plain service on the client's own machine.
        return address.Scheme == Uri.UriSchemeHttp && issuer.ToString().StartsWith("https:", StringComparison.Ordinal)
            ? Malformed(issuer, "jwks_uri goes back from https to http")
            : address;
    }

    private static Failure Malformed(Issuer issuer, string what) => new(
        Refusal.Malformed, "identity.discovery", $"the discovery document of {issuer} is refused: {what}",
        "look at <issuer>/.well-known/openid-configuration; if it stays, tell the provider's operator");

    private static string Shorten(string text) => text.Length <= 120 ? text : text[..120] + "…";

    /// <summary>What is known of one issuer; touched under its own lock only.</summary>
    private sealed class Entry
    {
        private JwkSet? _set;
        private KeySetAge? _age;
        private string? _soughtInVain;
        private Failure? _failure;
        private DateTimeOffset _failed;

        public Task<Result<JwkSet>>? Running { get; set; }

        /// <summary>What can be said without asking the provider, or null if it is to be asked or is being asked.</summary>
        public Result<JwkSet>? Answer(string? keyId, DateTimeOffset now)
        {
            var usable = _set is not null && !_age!.IsStale(now);
            if (usable && (keyId is null || _set!.Names(keyId)))
                return _set!;
            if (Running is not null)
                return null;

            // A failure to come means that the clock was set back: nothing is known about how long ago it was.
            if (_failure is not null && _failed <= now && now - _failed < FailureStands)
                return _failure;
            if (!usable || _age!.AllowExtraFetch(now).Succeeded(out _, out var limited))
                return null;
            return keyId == _soughtInVain ? _set! : limited;
        }

        /// <summary>Keeps what a fetch gave. A failed one leaves the set as it was and makes it no younger.</summary>
        public void Take(Result<JwkSet> fetched, string? keyId, DateTimeOffset now)
        {
            Running = null;
            if (!fetched.Succeeded(out var set, out _failure))
            {
                _failed = now;
                return;
            }

            // Only a set that was still good was asked for on account of a name.
            if (_age is null || _age.IsStale(now))
                _age = _age?.Renewed(now) ?? KeySetAge.FetchedAt(now);
            else if (_age.AllowExtraFetch(now).Succeeded(out var spent, out _))
                _age = spent;
            _soughtInVain = keyId is not null && !set.Names(keyId) ? keyId : null;
            _set = set;
        }
    }
}
