using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Plimsoll.Client.Identity;
using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Releases;
using Plimsoll.OpenPubkey.Signing;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Keys;
using Plimsoll.World.Clock;
using Plimsoll.World.Identity;

namespace Plimsoll.World.Tests.Identity;

/// <summary>From a job's environment to a token that vouches for a statement, and what a bad provider makes of it.</summary>
public sealed class WorkloadPkTokenTests : IAsyncLifetime
{
    private static readonly ReadOnlyMemory<byte> Statement = "DSSEv1 28 application/vnd.in-toto+json 2 {}"u8.ToArray();
    private readonly ManualClock _clock = new();
    private readonly IdentityHttp _http = IdentityHttp.Create();
    private IdentityProviderServer _provider = null!;

    public async ValueTask InitializeAsync() => _provider = await IdentityProviderServer.Start(_clock);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _provider.DisposeAsync();
    }

    [Theory]
    [InlineData("GitHub")]
    [InlineData("Forgejo")]
    [InlineData("GitLab")]
    [InlineData("Kubernetes")]
    public async Task Every_kind_of_workload_makes_a_token_that_vouches_for_its_statement(string system)
    {
        var identity = await Find(system);

        var token = Ok(await Sign(identity));

        var keys = Ok(await new LiveKeySource(_http, _clock).Keys(identity.Provider.Issuer, null, default));
        Ok(ReleaseTokens.Verify(token, identity.Provider, keys, Statement));
    }

    [Fact]
    public async Task A_stolen_gitlab_token_for_another_service_becomes_no_pk_token()
    {
        var environment = _provider.GitLabJob(new GitLabCiJob { Audience = "https://vault.example" });
        var identity = Ok(await WorkloadIdentity.Detect(environment.GetValueOrDefault, _http, _clock, "/nowhere/token", default));

        RefusedWith("identity.token-audience", await Sign(identity));
        RefusedWith("openpubkey.gq-audience-prefix", await Assemble(identity, environment["OPENPUBKEY_JWT"]));
    }

    [Theory]
    [InlineData("OPENPUBKEY-PKTOKEN:acme", "https://vault.example")]
    [InlineData("https://kubernetes.default.svc")]
    [InlineData("")]
    [InlineData]
    public async Task A_pods_token_for_others_or_for_others_too_becomes_no_pk_token(params string[] audiences)
    {
        var issuer = Ok(Issuer.Parse(_provider.KubernetesIssuer));
        var provider = KnownProviders.Kubernetes(issuer);
        var list = new JsonArray([.. audiences.Select(JsonNode (audience) => JsonValue.Create(audience))]);
        var token = _provider.Issue(new JsonObject { ["sub"] = "x" }, issuer.ToString(), list, TimeSpan.FromHours(1));

        RefusedWith("openpubkey.gq-audience-prefix", await Assemble(new WorkloadIdentity("test", provider, null!), token));
    }

    [Fact]
    public async Task An_audience_in_a_list_is_refused_where_the_provider_writes_none()
    {
        var issuer = Ok(Issuer.Parse(_provider.GitLabIssuer));
        var token = _provider.Issue(new JsonObject { ["sub"] = "x" }, issuer.ToString(), new JsonArray("OPENPUBKEY-PKTOKEN:acme"), TimeSpan.FromHours(1));

        RefusedWith("openpubkey.gq-audience-prefix", await Assemble(new WorkloadIdentity("test", KnownProviders.GitLabCi(issuer), null!), token));
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("PS256")]
    public async Task A_token_under_another_algorithm_than_its_keys_is_refused(string algorithm)
    {
        _provider.Misbehaviour = new Misbehaviour { Algorithm = algorithm };

        RefusedWith("openpubkey.op-algorithm", await Sign(await Find("GitHub")));
    }

    [Fact]
    public async Task A_token_signed_by_a_key_that_is_not_published_is_refused()
    {
        _provider.Keys.Vanish(_provider.Keys.Current);

        RefusedWith("openpubkey.op-key-lookup", await Sign(await Find("GitHub")));
    }

    [Fact]
    public async Task A_token_signed_by_a_new_key_under_the_old_name_is_refused_while_the_old_set_is_in_hand()
    {
        var identity = await Find("GitHub");
        var keys = new LiveKeySource(_http, _clock);
        Ok(await keys.Keys(identity.Provider.Issuer, null, default));

        _provider.Keys.Rotate(sameKeyId: true, keepOld: false);

        RefusedWith("openpubkey.op-signature", await Sign(identity, keys));
    }

    [Fact]
    public async Task An_elliptic_curve_provider_is_refused_because_its_signature_cannot_be_hidden()
    {
        _provider.Keys.Rotate(kind: ProviderKeyKind.P256, keepOld: false);

        RefusedWith("openpubkey.gq-required", await Sign(await Find("GitHub")));
    }

    private async Task<WorkloadIdentity> Find(string system)
    {
        if (system == "Kubernetes")
        {
            var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "token");
            await File.WriteAllTextAsync(path, _provider.KubernetesToken());
            return Ok(await WorkloadIdentity.Detect(_ => null, _http, _clock, path, default));
        }

        var environment = system switch
        {
            "GitHub" => _provider.GitHubJob(),
            "Forgejo" => _provider.ForgejoJob(),
            _ => _provider.GitLabJob(),
        };
        return Ok(await WorkloadIdentity.Detect(environment.GetValueOrDefault, _http, _clock, "/nowhere/token", default));
    }

    private async Task<Result<PkToken>> Sign(WorkloadIdentity identity, IKeySource? keys = null)
    {
        using var key = EcdsaSigningKey.Create(EllipticCurve.P256);
        var claims = Claims(key);
        if (!(await identity.Tokens.Request(claims.Commitment, default)).Succeeded(out var token, out var failure))
            return failure;
        using (token)
            return await Assemble(identity, token.Compact, claims, key, keys);
    }

    private async Task<Result<PkToken>> Assemble(WorkloadIdentity identity, string token)
    {
        using var key = EcdsaSigningKey.Create(EllipticCurve.P256);
        return await Assemble(identity, Encoding.ASCII.GetBytes(token), Claims(key), key, null);
    }

    private async Task<Result<PkToken>> Assemble(
        WorkloadIdentity identity, ReadOnlyMemory<byte> token, ClientInstanceClaims claims, SigningKey key, IKeySource? keys)
    {
        var set = Ok(await (keys ?? new LiveKeySource(_http, _clock)).Keys(identity.Provider.Issuer, null, default));
        return PkTokenSigning.Assemble(token, claims, key, identity.Provider, set, RandomNumberGenerator.Fill);
    }

    private static ClientInstanceClaims Claims(SigningKey key) => ClientInstanceClaims.Create(
        key, RandomNumberGenerator.Fill, new Dictionary<string, string>(StringComparer.Ordinal) { ["att"] = ReleaseTokens.Att(Statement.Span) });

    private static T Ok<T>(Result<T> result)
        where T : notnull
    {
        Assert.True(result.Succeeded(out var value, out var failure), failure?.ToString());
        return value;
    }

    private static void RefusedWith<T>(string code, Result<T> result)
        where T : notnull
    {
        Assert.False(result.Succeeded(out _, out var failure), "it was not refused");
        Assert.Equal(code, failure.Code);
    }
}
