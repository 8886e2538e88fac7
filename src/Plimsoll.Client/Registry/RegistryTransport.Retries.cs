using System.Net;
using Plimsoll.Primitives;
using Polly;
using Polly.Retry;

namespace Plimsoll.Client.Registry;

internal sealed partial class RegistryTransport
{
    private ResiliencePipeline Retries() => new ResiliencePipelineBuilder { TimeProvider = _time }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = _options.Retries,
            Delay = _options.RetryDelay,
            MaxDelay = _options.MaximumRetryAfter,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = outcome => ValueTask.FromResult(outcome.Outcome.Result is Attempt { MayRepeat: true }),
            DelayGenerator = outcome => ValueTask.FromResult((outcome.Outcome.Result as Attempt)?.Pause),
        })
        .Build();

    private static bool IsBusy(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
        or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private static Failure Busy(HttpResponseMessage response, Uri address) => new(
        Refusal.Unreachable, "registry.busy", $"{Origin.Of(address)} answers {(int)response.StatusCode}",
        response.StatusCode == HttpStatusCode.TooManyRequests
            ? "wait, or log in: registries allow more requests to users they know"
            : "try again later; if it stays, tell the registry's operator");

    private bool IsWorthWaiting(HttpResponseMessage response, RegistryCall call, out TimeSpan? pause)
    {
        var after = response.Headers.RetryAfter;
        pause = after?.Delta ?? after?.Date - _time.GetUtcNow();
        if (pause < TimeSpan.Zero)
            pause = TimeSpan.Zero;

        // 429 and 503 say that nothing was done; after the others a write may have happened.
        return (call.IsRepeatable || response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
            && (pause is null || pause <= _options.MaximumRetryAfter);
    }

    private static bool NeverArrived(Exception problem) => problem is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError,
    };

    private abstract class Attempt
    {
        public bool MayRepeat { get; init; }

        public TimeSpan? Pause { get; init; }
    }

    private sealed class Attempt<T>(Result<T> result) : Attempt
        where T : notnull
    {
        public Result<T> Result => result;
    }
}
