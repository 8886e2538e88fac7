using System.Net;
using System.Text;
using Plimsoll.Client.Identity;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;

namespace Plimsoll.Tests.Client.Identity;

/// <summary>A transport that answers from memory and remembers what it was asked.</summary>
internal sealed class FakeTransport(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
{
    public List<HttpRequestMessage> Asked { get; } = [];

    /// <summary>Holds every answer back until it is completed.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public int Count
    {
        get
        {
            lock (Asked)
                return Asked.Count;
        }
    }

    /// <summary>No waiting between attempts, and none longer than it takes to notice.</summary>
    public IdentityHttp Http(int retries = 0) => new(this, new IdentityHttpOptions
    {
        Retries = retries,
        RetryDelay = TimeSpan.Zero,
        AttemptTimeout = TimeSpan.FromSeconds(30),
    });

    public static HttpResponseMessage Json(string json) => new(HttpStatusCode.OK) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    public static HttpResponseMessage Redirect(string location)
    {
        var response = new HttpResponseMessage(HttpStatusCode.Found);
        response.Headers.TryAddWithoutValidation("Location", location);
        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (Asked)
            Asked.Add(request);
        await Gate.WaitAsync(cancellationToken);
        return answer(request);
    }
}

/// <summary>A clock that the test sets.</summary>
internal sealed class SetTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}

internal static class Samples
{
    public const string Commitment = "8kY3Xc0mJt2mQvGq2j1V0b9yPzH4o7sS5r6eLw1uTnE";

    public static Func<string, string?> Environment(params (string Name, string Value)[] variables)
        => name => Array.Find(variables, variable => variable.Name == name).Value;

    /// <summary>A token with these claims that nobody signed: a source passes on what it gets.</summary>
    public static string Token(string claims)
        => $"{Base64Text.EncodeUrl("{\"alg\":\"RS256\"}"u8)}.{Base64Text.EncodeUrl(Encoding.UTF8.GetBytes(claims))}.c2lnbmF0dXJl";

    public static Failure Refused<T>(this Result<T> result)
        where T : notnull
    {
        Assert.False(result.Succeeded(out _, out var failure), "it was not refused");
        return failure;
    }

    public static void RefusedWith<T>(this Result<T> result, string code)
        where T : notnull
        => Assert.Equal(code, result.Refused().Code);

    public static T Value<T>(this Result<T> result)
        where T : notnull
    {
        Assert.True(result.Succeeded(out var value, out var failure), failure?.ToString());
        return value;
    }
}
