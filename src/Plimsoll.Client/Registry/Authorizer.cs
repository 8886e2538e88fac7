using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Plimsoll.Primitives;

namespace Plimsoll.Client.Registry;

/// <summary>Knows what each registry wants to see, and shows it to nobody else (docs/adr/0005-registry-client.md).</summary>
internal sealed class Authorizer(ICredentialSource credentials, TimeProvider time, RegistryTransport transport)
{
    private readonly ConcurrentDictionary<string, KnownMethod> _methods = new();
    private readonly ConcurrentDictionary<(string Registry, string Scope), string> _scopes = new();
    private readonly TokenCache _tokens = new(time, transport);

    /// <summary>What can be shown without being asked, because this registry has asked before.</summary>
    public async Task<Result<Authorization>> Known(RegistryCall call, CancellationToken cancellation)
    {
        if (!_methods.TryGetValue(call.Host.Name, out var known))
            return Authorization.None;
        if (known.Realm is null)
            return new Authorization(known.Header);

        var scope = _scopes.GetValueOrDefault((call.Host.Name, call.Scope), call.Scope);
        return (await _tokens.Get(new TokenRequest(call.Host, known.Realm, known.Service, scope, known.Credential), null, cancellation))
            .Select(token => new Authorization(token.Header));
    }

    /// <summary>Answers a 401: the credential or token that its challenge asks for, unless just that was refused already.</summary>
    public async Task<Result<Authorization>> Answer(
        RegistryCall call, HttpResponseMessage response, Authorization shown, CancellationToken cancellation)
    {
        var header = response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var values) ? values.ToArray() : [];
        if (!Challenge.Parse(header).Succeeded(out var challenges, out var failure))
            return failure;
        if (!(await credentials.Find(call.Host.Name, cancellation)).Succeeded(out var credential, out failure))
            return failure;

        if (challenges.FirstOrDefault(challenge => challenge is { Scheme: "bearer" }) is { } bearer)
            return await AnswerBearer(call, bearer, credential, shown, cancellation);
        return challenges.Any(challenge => challenge.Scheme == "basic") && credential is Credential.Basic basic && shown.Header is null
            ? Remember(call, new KnownMethod(BasicHeader(basic), null, "", credential))
            : Denied(call.Host, credential);
    }

    /// <summary>The failure of somebody whom the registry does not let in.</summary>
    public static Failure Denied(RegistryHost host, Credential credential) => credential is Credential.Helper helper
        ? new Failure(
            Refusal.Denied, "registry.credential-helper",
            $"{host.Name} wants credentials, and the Docker configuration leaves them to the helper 'docker-credential-{helper.Program}', which is not run",
            "put the credentials into a configuration of their own: DOCKER_CONFIG=FOLDER docker login --username USER REGISTRY, without credsStore there")
        : new Failure(
            Refusal.Denied, "registry.denied",
            credential is Credential.Anonymous ? $"{host.Name} wants credentials, and none are known" : $"{host.Name} does not take the credentials it was shown",
            "log in with 'docker login' as a user who may do this");

    public static AuthenticationHeaderValue BasicHeader(Credential.Basic basic)
        => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{basic.User}:{basic.Password}")));

    private async Task<Result<Authorization>> AnswerBearer(
        RegistryCall call, Challenge challenge, Credential credential, Authorization shown, CancellationToken cancellation)
    {
        if (credential is Credential.Bearer own)
        {
            return shown.Header is null
                ? Remember(call, new KnownMethod(new AuthenticationHeaderValue("Bearer", own.Token), null, "", credential))
                : Denied(call.Host, credential);
        }

        if (!Realm.Parse(challenge["realm"] ?? "", call.Host, credential).Succeeded(out var realm, out var failure))
            return failure;

        // A registry may name its scopes otherwise than we would: what it says for this call is asked for from now on.
        var scope = challenge["scope"] ?? call.Scope;
        var request = new TokenRequest(call.Host, realm, challenge["service"] ?? "", scope, credential);
        if (!(await _tokens.Get(request, shown.Header?.Parameter, cancellation)).Succeeded(out var token, out failure))
            return failure;

        if (_scopes.Count >= 1024)
            _scopes.Clear();
        _scopes[(call.Host.Name, call.Scope)] = scope;
        _methods[call.Host.Name] = new KnownMethod(null, realm, request.Service, credential);
        return new Authorization(token.Header);
    }

    private Authorization Remember(RegistryCall call, KnownMethod method)
    {
        _methods[call.Host.Name] = method;
        return new Authorization(method.Header);
    }

    private sealed record KnownMethod(AuthenticationHeaderValue? Header, Uri? Realm, string Service, Credential Credential);
}

/// <summary>What is shown to a registry: a header, or nothing.</summary>
internal sealed record Authorization(AuthenticationHeaderValue? Header)
{
    public static Authorization None { get; } = new((AuthenticationHeaderValue?)null);

    public override string ToString() => Header?.Scheme ?? "none";
}
