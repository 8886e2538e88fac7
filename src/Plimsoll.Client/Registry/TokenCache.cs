using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Plimsoll.Primitives;

namespace Plimsoll.Client.Registry;

/// <summary>What a token is asked for with. Two equal requests are one, however many callers make it.</summary>
internal sealed record TokenRequest(RegistryHost Registry, Uri Realm, string Service, string Scope, Credential Credential);

/// <summary>A bearer token and until when it is used.</summary>
internal sealed record Token(AuthenticationHeaderValue Header, DateTimeOffset Until)
{
    public override string ToString() => $"token until {Until:O}";
}

/// <summary>Fetches bearer tokens (the distribution project's token protocol) and keeps each until shortly before its end.</summary>
internal sealed class TokenCache(TimeProvider time, RegistryTransport transport)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TokenRequest, Task<Result<Token>>> _tokens = [];

    /// <summary>A token for the request; never the one that was just refused.</summary>
    public Task<Result<Token>> Get(TokenRequest request, string? refused, CancellationToken cancellation)
    {
        Task<Result<Token>>? found;
        lock (_lock)
        {
            if (!_tokens.TryGetValue(request, out found) || !IsUsable(found, refused))
            {
                if (_tokens.Count >= 1024)
                    _tokens.Clear();

                // Shared by all who wait, so no single one of them may cancel it; its own deadline ends it.
                _tokens[request] = found = Task.Run(() => Fetch(request), CancellationToken.None);
            }
        }

        return found.WaitAsync(cancellation);
    }

    private bool IsUsable(Task<Result<Token>> found, string? refused)
    {
        if (!found.IsCompleted)
            return true;
        return found.IsCompletedSuccessfully && found.Result.Succeeded(out var token, out _)
            && token.Header.Parameter != refused && time.GetUtcNow() < token.Until;
    }

    private Task<Result<Token>> Fetch(TokenRequest request) => transport.Send(
        request.Credential is Credential.Identity identity ? Exchange(request, identity) : Ask(request),
        (response, cancellation) => Read(request, response, cancellation),
        CancellationToken.None);

    private static RegistryCall Ask(TokenRequest request)
    {
        var query = new StringBuilder(request.Realm.Query.TrimStart('?'));
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("service", request.Service), ("scope", request.Scope), ("client_id", "plimsoll")])
        {
            if (value.Length > 0)
                _ = query.Append(query.Length > 0 ? "&" : "").Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        var header = request.Credential is Credential.Basic basic ? Authorizer.BasicHeader(basic) : null;
        return new RegistryCall(HttpMethod.Get, request.Registry, new UriBuilder(request.Realm) { Query = query.ToString() }.Uri)
        {
            Token = new TokenCall(header),
            Bytes = TokenAnswer.Limits.Bytes,
        };
    }

    private static RegistryCall Exchange(TokenRequest request, Credential.Identity identity)
    {
        var form = $"grant_type=refresh_token&client_id=plimsoll&service={Uri.EscapeDataString(request.Service)}"
            + $"&scope={Uri.EscapeDataString(request.Scope)}&refresh_token={Uri.EscapeDataString(identity.RefreshToken)}";
        return new RegistryCall(HttpMethod.Post, request.Registry, request.Realm)
        {
            Token = new TokenCall(null),
            Body = Encoding.ASCII.GetBytes(form),
            BodyType = "application/x-www-form-urlencoded",
            Bytes = TokenAnswer.Limits.Bytes,
        };
    }

    private async Task<Result<Token>> Read(TokenRequest request, HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            return Authorizer.Denied(request.Registry, request.Credential);
        if (response.StatusCode != HttpStatusCode.OK)
            return Malformed(request, $"answers {(int)response.StatusCode}");
        if (!(await BoundedBody.Read(response, "the token", TokenAnswer.Limits.Bytes, cancellation)).Succeeded(out var body, out var failure))
            return failure;
        return TokenAnswer.Parse(body).Succeeded(out var answer, out failure)
            ? new Token(new AuthenticationHeaderValue("Bearer", answer.Text), time.GetUtcNow() + answer.Life)
            : Malformed(request, failure.What);
    }

    private static Failure Malformed(TokenRequest request, string what) => new(
        Refusal.Malformed, "registry.token", $"the token server {Origin.Of(request.Realm)} of {request.Registry.Name} {what}",
        "tell the registry's operator; if you gave credentials, check them with 'docker login'");
}
