using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Plimsoll.World.Identity;

/// <summary>
/// An identity provider for workloads on loopback: a GitHub Enterprise Server, a Forgejo, a GitLab and a Kubernetes cluster
/// at one origin, as far as ID tokens go. Tokens, claims and addresses have the real ones' form, so that a client finds and
/// uses it as it would the real one; clock and keys are in the caller's hands.
/// </summary>
public sealed class IdentityProviderServer : IAsyncDisposable
{
    private static readonly TimeSpan ActionsTokenLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan GitLabTokenLife = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, (ActionsJob Job, string Issuer)> _jobs = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;
    private readonly WebApplication _app;
    private int _unavailable;
    private Misbehaviour _misbehaviour = Misbehaviour.None;

    private IdentityProviderServer(WebApplication app, TimeProvider clock, ProviderKeyKind kind)
    {
        _app = app;
        _clock = clock;
        Keys = new ProviderKeys(kind);
    }

    /// <summary>Scheme, host and port.</summary>
    public string Origin => _app.Urls.First();

    /// <summary>Issuer of the GitHub jobs' tokens, where an Enterprise Server has it.</summary>
    public string GitHubIssuer => $"{Origin}/_services/token";

    /// <summary>Issuer of the Forgejo jobs' tokens.</summary>
    public string ForgejoIssuer => $"{Origin}/api/actions";

    /// <summary>Issuer of the GitLab jobs' tokens.</summary>
    public string GitLabIssuer => Origin;

    /// <summary>Issuer of the service accounts' tokens.</summary>
    public string KubernetesIssuer => $"{Origin}/cluster";

    /// <summary>The keys behind all issuers.</summary>
    public ProviderKeys Keys { get; }

    /// <summary>What the provider does wrong from now on.</summary>
    public Misbehaviour Misbehaviour
    {
        get => _misbehaviour;
        set
        {
            _unavailable = value.Unavailable;
            _misbehaviour = value;
        }
    }

    /// <summary>Every path that was asked for, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Starts on a free port of the loopback interface.</summary>
    public static async Task<IdentityProviderServer> Start(TimeProvider clock, ProviderKeyKind kind = ProviderKeyKind.Rsa2048)
    {
        // Nothing of the environment: its variables may name other addresses, and Ctrl+C belongs to the host.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        _ = builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new IdentityProviderServer(app, clock, kind);
        app.Run(server.Answer);
        await app.StartAsync();
        return server;
    }

    /// <summary>Starts a job on GitHub and gives its environment variables.</summary>
    public IReadOnlyDictionary<string, string> GitHubJob(ActionsJob? job = null)
    {
        job ??= new ActionsJob();
        var variables = job.Variables(Origin);
        return WithTokenService(variables, job, GitHubIssuer, $"{Origin}/_services/pipelines/{job.RunId}/idtoken?api-version=2.0");
    }

    /// <summary>Starts a job on Forgejo and gives its environment variables.</summary>
    public IReadOnlyDictionary<string, string> ForgejoJob(ActionsJob? job = null)
    {
        job ??= new ActionsJob { WorkflowPath = ".forgejo/workflows/release.yml", Runner = "self-hosted" };
        var variables = job.Variables(Origin);
        variables["FORGEJO_ACTIONS"] = "true";
        variables["GITEA_ACTIONS"] = "true";
        return WithTokenService(variables, job, ForgejoIssuer, $"{Origin}/api/actions/_apis/pipelines/workflows/{job.RunId}/idtoken?placeholder=true");
    }

    /// <summary>Starts a job on GitLab, whose ID token is made now, and gives its environment variables.</summary>
    public IReadOnlyDictionary<string, string> GitLabJob(GitLabCiJob? job = null)
    {
        job ??= new GitLabCiJob();
        var variables = job.Variables(Origin);
        variables[job.Variable] = Issue(job.Claims(Origin), GitLabIssuer, job.Audience, GitLabTokenLife);
        return variables;
    }

    /// <summary>Makes the token that a pod finds in its projected volume. Kubernetes always writes the audience as a list.</summary>
    public string KubernetesToken(string audience = "OPENPUBKEY-PKTOKEN:acme", string @namespace = "build", string serviceAccount = "publisher")
    {
        var claims = new JsonObject
        {
            ["jti"] = Guid.NewGuid().ToString(),
            ["sub"] = $"system:serviceaccount:{@namespace}:{serviceAccount}",
            ["kubernetes.io"] = new JsonObject
            {
                ["namespace"] = @namespace,
                ["pod"] = new JsonObject { ["name"] = "build-7f9c", ["uid"] = "0b6e3c54-38a1-4c53-9b8d-8e7a3c1f2d10" },
                ["serviceaccount"] = new JsonObject { ["name"] = serviceAccount, ["uid"] = "5a0c2c9e-0f42-4d5e-8a4c-7d1f6b9e3a21" },
            },
        };
        return Issue(claims, KubernetesIssuer, new JsonArray(audience), GitLabTokenLife);
    }

    /// <summary>Makes a token of any claims: adds issuer, audience and times, and signs with the current key.</summary>
    public string Issue(JsonObject claims, string issuer, JsonNode audience, TimeSpan life)
    {
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        claims["iss"] = _misbehaviour.TokenIssuer ?? issuer;
        claims["aud"] = _misbehaviour.Audience is { } other ? other : audience;
        claims["iat"] = now;
        claims["nbf"] = now - 5;
        claims["exp"] = now + (long)life.TotalSeconds;
        return TokenWriter.Write(claims, Keys.Current, _misbehaviour.Algorithm, _misbehaviour.KeyId);
    }

    /// <summary>Ends a job: its bearer token gets no more ID tokens.</summary>
    public void EndJob(IReadOnlyDictionary<string, string> environment)
        => _ = _jobs.TryRemove(environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"], out _);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // A silent answer must not keep the world from ending.
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        Keys.Dispose();
    }

    private Dictionary<string, string> WithTokenService(Dictionary<string, string> variables, ActionsJob job, string issuer, string address)
    {
        var bearer = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        _jobs[bearer] = (job, issuer);
        variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = address;
        variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = bearer;
        return variables;
    }

    private Task Answer(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        Requests.Enqueue(path);
        if (Interlocked.Decrement(ref _unavailable) >= 0)
            return Status(context, 503);
        if (_misbehaviour.RedirectTo is { } target)
        {
            context.Response.Redirect(target == "self" ? path : target);
            return Task.CompletedTask;
        }

        if (_misbehaviour is { Silent: true } or { Stalls: true } or { Endless: true })
            return Hang(context);
        return path switch
        {
            _ when path.EndsWith("/.well-known/openid-configuration", StringComparison.Ordinal) => Discovery(context, Origin + path[..path.IndexOf("/.well-known", StringComparison.Ordinal)]),
            _ when path.EndsWith("/.well-known/jwks", StringComparison.Ordinal) => KeySet(context),
            _ when path.EndsWith("/idtoken", StringComparison.Ordinal) => Token(context),
            _ => Status(context, 404),
        };
    }

    private Task Discovery(HttpContext context, string issuer)
    {
        if (issuer != GitHubIssuer && issuer != ForgejoIssuer && issuer != GitLabIssuer && issuer != KubernetesIssuer)
            return Status(context, 404);
        return Write(context, new JsonObject
        {
            ["issuer"] = _misbehaviour.DiscoveryIssuer ?? issuer,
            ["jwks_uri"] = _misbehaviour.KeySetAddress ?? $"{issuer}/.well-known/jwks",
            ["subject_types_supported"] = new JsonArray("public", "pairwise"),
            ["response_types_supported"] = new JsonArray("id_token"),
            ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
            ["scopes_supported"] = new JsonArray("openid"),
        });
    }

    private Task KeySet(HttpContext context)
    {
        if (_misbehaviour.KeySet is { } bytes)
            return context.Response.WriteAsync(bytes);
        var keys = Keys.ToJwks();
        for (var junk = 0; junk < _misbehaviour.JunkKeys; junk++)
        {
            var copy = Keys.Current.ToJwk();
            copy["kid"] = $"junk-{junk}";
            keys.Insert(0, copy);
        }

        return Write(context, new JsonObject { ["keys"] = keys });
    }

    private Task Token(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) || !_jobs.TryGetValue(header[7..], out var known))
            return Status(context, 401);
        if (_misbehaviour.TokenAnswer is { } bytes)
            return context.Response.WriteAsync(bytes);

        // GitHub: without an audience, the token is for the repository's owner.
        var audience = context.Request.Query["audience"] is [{ Length: > 0 } asked] ? asked : $"{Origin}/{known.Job.Owner}";
        return Write(context, new JsonObject { ["value"] = Issue(known.Job.Claims(), known.Issuer, audience, ActionsTokenLife) });
    }

    private async Task Hang(HttpContext context)
    {
        var bytes = new byte[4096];
        Array.Fill(bytes, (byte)' ');
        try
        {
            if (!_misbehaviour.Silent)
            {
                await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }

            while (_misbehaviour.Endless)
                await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The client gave up, which is what it should do.
        }
    }

    private static Task Write(HttpContext context, JsonObject json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(TokenWriter.ToUtf8(json)).AsTask();
    }

    private static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
