using System.Security.Cryptography;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Client.Identity;

/// <summary>
/// The token service of GitHub Actions, which Forgejo Actions speaks too: a GET with the job's bearer token and the wanted
/// audience, answered with <c>{"value": "ID token"}</c>.
/// </summary>
/// <remarks>The bearer token comes from an environment variable and stays in this process' memory: .NET cannot clear strings.</remarks>
public sealed class ActionsTokenSource : IIdTokenSource
{
    private static readonly JsonLimits AnswerLimits = new(IdTokenText.MostBytes + 1024, Depth: 8, Values: 64);

    private readonly IdentityHttp _http;
    private readonly TimeProvider _time;
    private readonly Uri _requestUrl;
    private readonly string _bearer;
    private readonly string _prefix;
    private readonly TokenExpectation _expectation;

    private ActionsTokenSource(string name, string issuer, Uri requestUrl, string bearer, string prefix, IdentityHttp http, TimeProvider time)
    {
        Name = name;
        _requestUrl = requestUrl;
        _bearer = bearer;
        _prefix = prefix;
        _http = http;
        _time = time;
        _expectation = new TokenExpectation(
            name, issuer, "tell the operator of the token service: it does not give the audience that was asked for");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Takes the job's two variables; an address that is not https (or loopback) is refused before anything is sent to it.</summary>
    /// <param name="name">What the service is, for messages.</param>
    /// <param name="issuer">The issuer whose tokens it gives.</param>
    /// <param name="requestUrl">ACTIONS_ID_TOKEN_REQUEST_URL.</param>
    /// <param name="bearer">ACTIONS_ID_TOKEN_REQUEST_TOKEN.</param>
    /// <param name="audiencePrefix">What stands before the commitment in the audience; usually nothing.</param>
    /// <param name="http">How it is reached.</param>
    /// <param name="time">The clock for the early word about an expired token.</param>
    public static Result<ActionsTokenSource> Create(
        string name, string issuer, string requestUrl, string bearer, string audiencePrefix, IdentityHttp http, TimeProvider time)
    {
        if (!Uri.TryCreate(requestUrl, UriKind.Absolute, out var address))
            return Misspelt("ACTIONS_ID_TOKEN_REQUEST_URL is not an absolute URL");
        if (IdentityHttp.Refuse(address) is { } refused)
            return refused;
        if (bearer.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return Misspelt("ACTIONS_ID_TOKEN_REQUEST_TOKEN holds characters that no token has");
        return new ActionsTokenSource(name, issuer, address, bearer, audiencePrefix, http, time);
    }

    /// <inheritdoc/>
    public async Task<Result<IdTokenText>> Request(string commitment, CancellationToken cancellation)
    {
        var audience = _prefix + commitment;
        var separator = _requestUrl.Query.Length == 0 ? '?' : '&';
        var address = new Uri($"{_requestUrl.AbsoluteUri}{separator}audience={Uri.EscapeDataString(audience)}");

        var fetched = await _http.Get(address, AnswerLimits.Bytes, _bearer, cancellation);
        if (!fetched.Succeeded(out var answer, out var failure))
            return failure;
        try
        {
            return _expectation.Meet(Read(answer), only => only == audience, $"'{audience}'", _time.GetUtcNow());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(answer);
        }
    }

    private Result<IdTokenText> Read(byte[] answer)
    {
        if (!StrictJson.Parse(answer, AnswerLimits).Succeeded(out var json, out var failure))
            return Unexpected(failure.What);
        if (json.Member("value") is not { Kind: JsonKind.String, IsEscaped: false } value)
            return Unexpected("it has no plain string named 'value'");
        return IdTokenText.Parse(value.Raw.Span, Name);
    }

    private Failure Unexpected(string what) => new(
        Refusal.Malformed, "identity.answer", $"the token service of {Name} gave an unexpected answer: {what}",
        "see that ACTIONS_ID_TOKEN_REQUEST_URL is what the runner set");

    private static Failure Misspelt(string what) => new(
        Refusal.Malformed, "identity.address", what, "leave the variable as the runner sets it");
}
