using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using Plimsoll.Client.Registry;
using Plimsoll.Primitives;
using Polly;
using Polly.Retry;

namespace Plimsoll.Client.Identity;

/// <summary>Bounds of one request to an identity provider, its retries included.</summary>
public sealed record IdentityHttpOptions
{
    /// <summary>How long one attempt may take, body included: a provider that drips is as bad as one that is down.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Attempts after the first; only what may pass by itself is tried again (no answer, 408, 429, 5xx).</summary>
    public int Retries { get; init; } = 2;

    /// <summary>The wait before the first retry; it doubles, with jitter.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Redirects that are followed, each within the origin that was asked.</summary>
    public int Redirects { get; init; } = 3;
}

/// <summary>
/// GET requests to identity providers: HTTPS, or plain HTTP on loopback; bounded in size and time; redirected only within
/// the origin that was asked, so that neither a bearer token nor trust in a host name moves to another one.
/// </summary>
public sealed class IdentityHttp : IDisposable
{
    private readonly HttpMessageInvoker _transport;
    private readonly IdentityHttpOptions _options;
    private readonly ResiliencePipeline<Result<byte[]>> _retries;

    /// <summary>Uses a transport that must not follow redirects by itself; it is disposed with this object.</summary>
    public IdentityHttp(HttpMessageHandler transport, IdentityHttpOptions? options = null)
    {
        _transport = new HttpMessageInvoker(transport, disposeHandler: true);
        _options = options ?? new IdentityHttpOptions();
        _retries = Retrying(_options);
    }

    /// <summary>Over the network, through the proxy that the environment names, if any; loopback is always reached directly.</summary>
    public static IdentityHttp Create(IdentityHttpOptions? options = null) => new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            Proxy = new DirectToLoopback(HttpClient.DefaultProxy),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 16,
        },
        options);

    /// <summary>
    /// Fetches at most <paramref name="limit"/> bytes. The caller clears them if they are secret; so is <paramref name="bearer"/>,
    /// which is sent in the Authorization header and named in no failure.
    /// </summary>
    public async Task<Result<byte[]>> Get(Uri address, int limit, string? bearer, CancellationToken cancellation)
    {
        if (Refuse(address) is { } refused)
            return refused;
        return await _retries.ExecuteAsync(
            async token => await Attempt(address, limit, bearer, token), cancellation);
    }

    /// <summary>Why an address may not be asked, or null: only HTTPS, or HTTP on loopback, without user information.</summary>
    internal static Failure? Refuse(Uri address)
    {
        if (!address.IsAbsoluteUri || address.UserInfo.Length > 0 || !Origin.TryOf(address, out _))
            return Failed(Refusal.Malformed, "identity.address", $"'{Shown(address)}' is not a plain absolute URL", "correct the address");
        if (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            return null;
        return Failed(
            Refusal.Malformed, "identity.address", $"'{Shown(address)}' is neither https nor http on loopback",
            "use an https address; whoever can change plain HTTP could name the keys and take the token");
    }

    /// <summary>The address without its query, which may hold what is nobody's business.</summary>
    internal static string Shown(Uri address) => address.IsAbsoluteUri ? address.GetComponents(
        UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : "(not absolute)";

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    private async Task<Result<byte[]>> Attempt(Uri address, int limit, string? bearer, CancellationToken cancellation)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bounded.CancelAfter(_options.AttemptTimeout);
        try
        {
            return await Follow(address, limit, bearer, bounded.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Unreachable(address, $"did not finish its answer within {_options.AttemptTimeout.TotalSeconds:0.#} s");
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            return Unreachable(address, $"could not be reached ({Cause(failed)})");
        }
    }

    private async Task<Result<byte[]>> Follow(Uri address, int limit, string? bearer, CancellationToken cancellation)
    {
        var at = address;
        for (var hop = 0; hop <= _options.Redirects; hop++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, at);
            request.Headers.Accept.ParseAdd("application/json");
            request.Headers.UserAgent.ParseAdd("plimsoll");
            if (bearer is not null && !request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {bearer}"))
                return Failed(Refusal.Malformed, "identity.address", "the bearer token cannot be sent in a header", "look at the variable it came from");
            using var response = await _transport.SendAsync(request, cancellation);
            if (response.StatusCode == HttpStatusCode.OK)
                return await Read(response, at, limit, cancellation);
            if (!IsRedirect(response.StatusCode))
                return Status(at, response.StatusCode);
            if (!Target(at, response).Succeeded(out var target, out var failure))
                return failure;
            at = target;
        }

        return Failed(
            Refusal.Untrusted, "identity.redirect", $"{Shown(address)} redirects more than {_options.Redirects} times",
            "correct the address, or tell the provider's operator");
    }

    private static Result<Uri> Target(Uri at, HttpResponseMessage response)
    {
        if (response.Headers.Location is not { } location || !Uri.TryCreate(at, location, out var target))
            return Failed(Refusal.Untrusted, "identity.redirect", $"{Shown(at)} redirects to nowhere", "tell the provider's operator");
        return target.Scheme == at.Scheme && target.Host == at.Host && target.Port == at.Port && target.UserInfo.Length == 0
            ? target
            : Failed(
                Refusal.Untrusted, "identity.redirect", $"{Shown(at)} redirects to another origin, {Shown(target)}",
                "use the address that the provider itself answers at; a redirect elsewhere is not followed");
    }

    private static async Task<Result<byte[]>> Read(HttpResponseMessage response, Uri at, int limit, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentLength > limit)
            return TooLarge(at, limit);

        var buffer = ArrayPool<byte>.Shared.Rent(limit + 1);
        var length = 0;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            int read;
            while ((read = await body.ReadAsync(buffer.AsMemory(length, limit + 1 - length), cancellation)) > 0)
            {
                length += read;
                if (length > limit)
                    return TooLarge(at, limit);
            }

            return buffer.AsSpan(0, length).ToArray();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer.AsSpan(0, length));
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ResiliencePipeline<Result<byte[]>> Retrying(IdentityHttpOptions options)
    {
        if (options.Retries == 0)
            return ResiliencePipeline<Result<byte[]>>.Empty;
        return new ResiliencePipelineBuilder<Result<byte[]>>()
            .AddRetry(new RetryStrategyOptions<Result<byte[]>>
            {
                MaxRetryAttempts = options.Retries,
                Delay = options.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = static attempt => ValueTask.FromResult(
                    !attempt.Outcome.Result.Succeeded(out _, out var failure) && failure.Code == "identity.unreachable"),
            })
            .Build();
    }

    private static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static Failure Status(Uri at, HttpStatusCode status) => (int)status switch
    {
        401 or 403 => Failed(
            Refusal.Denied, "identity.denied", $"{Shown(at)} answered {(int)status}",
            "see that the job may ask for ID tokens and still runs; its request token ends with the job"),
        404 or 410 => Failed(
            Refusal.Missing, "identity.absent", $"{Shown(at)} answered {(int)status}", "see that the issuer is spelt as in the token's `iss`"),
        408 or 429 or >= 500 => Unreachable(at, $"answered {(int)status}"),
        _ => Failed(Refusal.Unreachable, "identity.status", $"{Shown(at)} answered {(int)status}", "look at the provider's status page"),
    };

    private static Failure Unreachable(Uri at, string what) => Failed(
        Refusal.Unreachable, "identity.unreachable", $"{Shown(at)} {what}", "try again; see that this machine can reach the provider");

    private static Failure TooLarge(Uri at, int limit) => Failed(
        Refusal.Malformed, "identity.too-large", $"{Shown(at)} answered with more than {limit} bytes",
        "see that the address is the provider's; if it is, tell its operator");

    private static string Cause(Exception failed) => failed switch
    {
        HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http => http.HttpRequestError.ToString(),
        _ => failed.GetType().Name,
    };

    private static Failure Failed(Refusal kind, string code, string what, string next) => new(kind, code, what, next);

    /// <summary>A proxy is for other machines.</summary>
    private sealed class DirectToLoopback(IWebProxy proxy) : IWebProxy
    {
        public ICredentials? Credentials
        {
            get => proxy.Credentials;
            set => proxy.Credentials = value;
        }

        public Uri? GetProxy(Uri destination) => destination.IsLoopback ? null : proxy.GetProxy(destination);

        public bool IsBypassed(Uri host) => host.IsLoopback || proxy.IsBypassed(host);
    }
}
