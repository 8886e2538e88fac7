using Microsoft.AspNetCore.Http;
using Plimsoll.Primitives;
using Plimsoll.Server.Registry.Protocol;

namespace Plimsoll.Server.Registry.Access;

/// <summary>
/// Decides who makes a request and whether they may. Where there are users, clients are sent to <c>/token</c> for a token of a
/// few minutes that is good for one kind of work in one repository; Basic credentials are taken everywhere as well.
/// </summary>
internal sealed class AccessControl : IDisposable
{
    /// <summary>What tokens are for; the same for every registry, since a token is good for one process alone.</summary>
    public const string Service = "plimsoll-registry";

    private readonly RegistryServerOptions _options;
    private readonly UserStore? _users;
    private readonly Tokens _tokens;

    private AccessControl(RegistryServerOptions options, UserStore? users, TimeProvider time)
    {
        _options = options;
        _users = users;
        _tokens = new Tokens(time);
    }

    /// <summary>Whether there are users at all.</summary>
    public bool HasUsers => _users is not null;

    public static Result<AccessControl> Open(RegistryServerOptions options, Action<Failure> refused, TimeProvider time)
    {
        if (options.UsersFile is not { } path)
            return new AccessControl(options, null, time);
        if (!UserStore.Open(path, refused, time).Succeeded(out var users, out var failure))
            return failure;
        return new AccessControl(options, users, time);
    }

    /// <summary>Admits a request to the protocol: who it is from; or why not, with a challenge in the answer's headers.</summary>
    public async Task<(Caller Caller, RegistryError? Refused)> Admit(HttpContext context, RegistryRoute route, Rights needed)
    {
        if (_users is null)
            return (Caller.Unrestricted, null);

        var header = context.Request.Headers.Authorization;
        if (header.Count == 0)
            return Challenge(context, route, needed, RegistryError.Unauthorized("log in first"), null);
        if (header is not [{ Length: > 0 } text])
            return Challenge(context, route, needed, RegistryError.Unauthorized("there are several Authorization headers"), "invalid_request");

        if (AuthorizationHeader.Bearer(text) is { } token)
        {
            if (_tokens.Admit(token) is not { } holder)
                return Challenge(context, route, needed, RegistryError.Unauthorized("the token is not one of this server, or no longer"), "invalid_token");

            // What a token says is what its holder could do when it was made; the list of repositories asks again.
            var caller = route.Resource == RegistryResource.Catalog ? Present(holder) : holder;
            return caller.May(needed, route.Name)
                ? (caller, null)
                : Challenge(context, route, needed, RegistryError.Denied(401, $"the token does not give the right to {RightNames.Of(needed)} here"), "insufficient_scope");
        }

        var (user, refused) = await LogIn(context, text);
        if (refused is not null)
            return refused.Status == StatusCodes.Status401Unauthorized ? Challenge(context, route, needed, refused, null) : (Caller.Nobody, refused);
        return user.May(needed, route.Name) ? (user, null) : (user, RegistryError.Denied(403, $"{user.Name} may not {RightNames.Of(needed)} here"));
    }

    /// <summary>Admits somebody who has a name here, whatever they may do: to the metrics.</summary>
    public async Task<RegistryError?> AdmitAnyUser(HttpContext context)
    {
        if (_users is null)
            return null;
        if (context.Request.Headers.Authorization is [{ Length: > 0 } text])
        {
            var (_, refused) = await LogIn(context, text);
            if (refused is null)
                return null;
        }

        context.Response.Headers.WWWAuthenticate = "Basic realm=\"plimsoll\", charset=\"UTF-8\"";
        return RegistryError.Unauthorized("log in first");
    }

    /// <summary>Answers a request for a token (<c>GET /token?service=…&amp;scope=…</c>).</summary>
    public async Task<RegistryError?> GiveToken(HttpContext context)
    {
        var query = context.Request.Query;
        if (_users is null || !HttpMethods.IsGet(context.Request.Method))
            return _users is null ? RegistryError.NotFound : RegistryError.Unsupported;
        if (query["service"] is not ([] or [Service]))
            return RegistryError.BadRequest(400, $"tokens are for the service {Service}");
        if (Scope.ParseAll(query["scope"]) is not { } scopes)
            return RegistryError.BadRequest(400, $"a token has at most {Scope.Most} scopes");

        var caller = _options.AnonymousPull ? Caller.MayPull : Caller.Nobody;
        if (context.Request.Headers.Authorization is [{ Length: > 0 } text])
        {
            (caller, var refused) = await LogIn(context, text);
            if (refused is not null)
                return ChallengeBasic(context, refused);
        }
        else if (!_options.AnonymousPull)
        {
            return ChallengeBasic(context, RegistryError.Unauthorized("log in first"));
        }

        // RFC 6749 3.3: less than was asked for may be granted; what is missing shows when the token is used.
        var granted = scopes.Select(scope => scope with { Rights = scope.Rights & caller.RightsIn(scope.Repository) }).Where(scope => scope.Rights != Rights.None);
        var token = _tokens.Issue(caller.Name, granted);
        context.Response.Headers.CacheControl = "no-store";
        await JsonAnswer.Write(context, 200, "application/json", JsonAnswer.Object(writer =>
        {
            writer.WriteString("token", token);
            writer.WriteString("access_token", token);
            writer.WriteNumber("expires_in", (int)Tokens.Lifetime.TotalSeconds);
        }));
        return null;
    }

    public void Dispose() => _users?.Dispose();

    private Caller Present(Caller holder) => holder.Name.Length > 0 ? _users!.Find(holder.Name) : _options.AnonymousPull ? Caller.MayPull : Caller.Nobody;

    private async Task<(Caller Caller, RegistryError? Refused)> LogIn(HttpContext context, string header)
    {
        if (AuthorizationHeader.Basic(header) is not (var name, var password))
            return (Caller.Nobody, RegistryError.Unauthorized("the credentials are malformed"));
        if (await _users!.LogIn(name, password, context.RequestAborted) is not { } caller)
            return (Caller.Nobody, RegistryError.TooManyRequests("too many passwords to look at"));
        return caller.Name.Length > 0 ? (caller, null) : (Caller.Nobody, RegistryError.Unauthorized("the name or the password is wrong"));
    }

    private static RegistryError ChallengeBasic(HttpContext context, RegistryError refused)
    {
        if (refused.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"plimsoll\", charset=\"UTF-8\"";
        return refused;
    }

    // RFC 6750 3 and Docker's token specification.
    private (Caller Caller, RegistryError? Refused) Challenge(HttpContext context, RegistryRoute route, Rights needed, RegistryError refused, string? error)
    {
        var parameters = new List<string> { $"realm=\"{PublicAddress(context.Request)}/token\"", $"service=\"{Service}\"" };
        if (needed != Rights.None)
        {
            // Whoever pushes also looks at what is there; clients do not ask for that by themselves.
            var asked = needed == Rights.Push ? Rights.Pull | Rights.Push : needed;
            parameters.Add($"scope=\"repository:{route.Name}:{RightNames.Of(asked)}\"");
        }
        else if (route.Resource == RegistryResource.Catalog)
        {
            parameters.Add("scope=\"registry:catalog:*\"");
        }

        if (error is not null)
            parameters.Add($"error=\"{error}\"");
        context.Response.Headers.WWWAuthenticate = _options.BasicOnly ? "Basic realm=\"plimsoll\", charset=\"UTF-8\"" : $"Bearer {string.Join(',', parameters)}";
        return (Caller.Nobody, refused);
    }

    // The Host header comes from the client that is told it back; nothing but a host may stand in it.
    private string PublicAddress(HttpRequest request)
    {
        if (_options.PublicAddress is { } address)
            return address.GetLeftPart(UriPartial.Authority);
        var host = request.Host.Value ?? "";
        var plain = host.Length is > 0 and <= 255 && host.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or ':' or '[' or ']');
        return $"{request.Scheme}://{(plain ? host : "localhost")}";
    }
}
