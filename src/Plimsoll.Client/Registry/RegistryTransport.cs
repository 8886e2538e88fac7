using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Plimsoll.Primitives;
using Polly;

namespace Plimsoll.Client.Registry;

/// <summary>
/// Turns calls into requests: authorization, redirects, retries, one deadline over all of it. Exceptions of the network
/// end here as failures; cancellation by the caller is thrown.
/// </summary>
internal sealed partial class RegistryTransport : IDisposable
{
    private readonly RegistryOptions _options;
    private readonly TimeProvider _time;
    private readonly Connections _connections;
    private readonly Authorizer _authorizer;
    private readonly ResiliencePipeline _retries;

    public RegistryTransport(RegistryOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _connections = new Connections(options);
        _authorizer = new Authorizer(options.Credentials, time, this);
        _retries = options.Retries == 0 ? ResiliencePipeline.Empty : Retries();
    }

    /// <summary>
    /// Makes the call and hands the answer's headers, and the right to read its body, to <paramref name="read"/>. Answers
    /// that mean "later" are tried again before; what a repeatable call's reading throws is a broken connection too.
    /// </summary>
    public async Task<Result<T>> Send<T>(
        RegistryCall call, Func<HttpResponseMessage, CancellationToken, Task<Result<T>>> read, CancellationToken cancellation)
        where T : notnull
    {
        var allowed = _options.Timeout + TimeSpan.FromSeconds((double)call.Bytes / _options.BytesPerSecond);
        using var deadline = new CancellationTokenSource(allowed, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            var attempt = await _retries.ExecuteAsync(
                static async (state, token) => await state.Transport.Try(state.Call, state.Read, token),
                (Transport: this, Call: call, Read: read),
                both.Token);
            return attempt.Result;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return RegistryFailures.Timeout(call.Address, allowed);
        }
    }

    public void Dispose() => _connections.Dispose();

    private async Task<Attempt<T>> Try<T>(
        RegistryCall call, Func<HttpResponseMessage, CancellationToken, Task<Result<T>>> read, CancellationToken cancellation)
        where T : notnull
    {
        try
        {
            if (!(await Exchange(call, cancellation)).Succeeded(out var response, out var failure))
                return new Attempt<T>(failure);
            using (response)
            {
                return IsBusy(response.StatusCode)
                    ? new Attempt<T>(Busy(response, call.Address)) { MayRepeat = IsWorthWaiting(response, call, out var pause), Pause = pause }
                    : new Attempt<T>(await read(response, cancellation));
            }
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or SocketException)
        {
            cancellation.ThrowIfCancellationRequested();
            var failure = RegistryFailures.Unreachable(problem, call.Address);
            return new Attempt<T>(failure) { MayRepeat = failure.Code == "registry.unreachable" && (call.IsRepeatable || NeverArrived(problem)) };
        }
    }

    private async Task<Result<HttpResponseMessage>> Exchange(RegistryCall call, CancellationToken cancellation)
    {
        if (call.Token is { } token)
            return await Request(call, ClientForToken(call), call.Address, token.Authorization, cancellation);
        if (!(await _authorizer.Known(call, cancellation)).Succeeded(out var shown, out var failure))
            return failure;
        if (!(await Request(call, _connections.To(call.Address), call.Address, shown.Header, cancellation)).Succeeded(out var response, out failure))
            return failure;

        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            // Asked once and answered once: a registry that goes on asking gets no further tokens.
            using var challenged = response;
            if (!(await _authorizer.Answer(call, response, shown, cancellation)).Succeeded(out shown, out failure))
                return failure;
            if (!(await Request(call, _connections.To(call.Address), call.Address, shown.Header, cancellation)).Succeeded(out response, out failure))
                return failure;
        }

        return call.FollowsRedirects ? await Follow(call, response, shown.Header, cancellation) : response;
    }

    private Result<HttpClient> ClientForToken(RegistryCall call)
        => Origin.Of(call.Address) == Origin.Of(call.Host.Address)
            ? _connections.To(call.Address)
            : _connections.Named(call.Address, call.Host.Address);

    private async Task<Result<HttpResponseMessage>> Request(
        RegistryCall call, Result<HttpClient> client, Uri address, AuthenticationHeaderValue? authorization, CancellationToken cancellation)
    {
        if (!client.Succeeded(out var connected, out var failure))
            return failure;

        using var request = call.Request(address, authorization);
        var (started, clock) = (_time.GetUtcNow(), _time.GetTimestamp());
        HttpStatusCode? status = null;
        try
        {
            var response = await connected.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            status = response.StatusCode;
            return response;
        }
        finally
        {
            var origin = Origin.Of(address);
            var path = call.Token is null && origin == Origin.Of(call.Host.Address) ? address.PathAndQuery : address.AbsolutePath;
            _options.Observer?.Invoke(new RegistryExchange(call.Method.Method, origin, path, (int?)status, started, _time.GetElapsedTime(clock)));
        }
    }
}
