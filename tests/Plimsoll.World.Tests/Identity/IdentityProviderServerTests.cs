using System.Text;
using Plimsoll.Client.Identity;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Json;
using Plimsoll.World.Clock;
using Plimsoll.World.Identity;

namespace Plimsoll.World.Tests.Identity;

public sealed class IdentityProviderServerTests : IAsyncLifetime
{
    private const string Commitment = "8kY3Xc0mJt2mQvGq2j1V0b9yPzH4o7sS5r6eLw1uTnE";
    private readonly ManualClock _clock = new();
    private readonly IdentityHttp _http = IdentityHttp.Create(new IdentityHttpOptions { AttemptTimeout = TimeSpan.FromSeconds(20), RetryDelay = TimeSpan.FromMilliseconds(1) });
    private IdentityProviderServer _provider = null!;

    // Made in no time, where an RSA key takes part of a second; tests that are about RSA rotate to it.
    public async ValueTask InitializeAsync() => _provider = await IdentityProviderServer.Start(_clock, ProviderKeyKind.P256);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task A_github_job_finds_itself_gets_a_token_and_its_signature_holds()
    {
        var job = _provider.GitHubJob(new ActionsJob { Repository = "acme/app", Ref = "refs/heads/main" });

        var identity = await Detect(job);
        using var token = Ok(await identity.Tokens.Request(Commitment, default));
        var claims = await Verify(token, identity.Provider.Issuer);

        Assert.Equal("GitHub Actions", identity.System);
        Assert.Equal(_provider.GitHubIssuer, identity.Provider.Issuer.ToString());
        Assert.Equal(Commitment, claims.String("aud"));
        Assert.Equal("repo:acme/app:ref:refs/heads/main", claims.String("sub"));
        Assert.Equal("acme/app", claims.String("repository"));
        Assert.Equal("acme/app/.github/workflows/release.yml@refs/heads/main", claims.String("job_workflow_ref"));
        Assert.Equal(_clock.GetUtcNow().ToUnixTimeSeconds(), claims.Integer("iat"));
        Assert.Equal(300, claims.Integer("exp") - claims.Integer("iat"));
        Assert.False(claims.Failed(out _));
    }

    [Theory]
    [InlineData("release", "push", "repo:acme/app:environment:release")]
    [InlineData(null, "pull_request", "repo:acme/app:pull_request")]
    public async Task A_github_subject_has_githubs_forms(string? environment, string trigger, string subject)
    {
        var identity = await Detect(_provider.GitHubJob(new ActionsJob { Environment = environment, Event = trigger }));
        using var token = Ok(await identity.Tokens.Request(Commitment, default));

        Assert.Equal(subject, (await Verify(token, identity.Provider.Issuer)).String("sub"));
    }

    [Fact]
    public async Task A_reusable_workflow_says_who_called_it()
    {
        var identity = await Detect(_provider.GitHubJob(new ActionsJob { Repository = "evil/copy", JobWorkflowRef = "acme/ci/.github/workflows/build.yml@refs/heads/main" }));
        using var token = Ok(await identity.Tokens.Request(Commitment, default));
        var claims = await Verify(token, identity.Provider.Issuer);

        Assert.Equal("acme/ci/.github/workflows/build.yml@refs/heads/main", claims.String("job_workflow_ref"));
        Assert.Equal("evil/copy", claims.String("repository"));
    }

    [Fact]
    public async Task A_forgejo_job_finds_itself_gets_a_token_and_its_signature_holds()
    {
        var identity = await Detect(_provider.ForgejoJob());
        using var token = Ok(await identity.Tokens.Request(Commitment, default));
        var claims = await Verify(token, identity.Provider.Issuer);

        Assert.Equal("Forgejo Actions", identity.System);
        Assert.Equal(_provider.ForgejoIssuer, claims.String("iss"));
    }

    [Fact]
    public async Task A_gitlab_job_finds_itself_has_a_token_and_its_signature_holds()
    {
        var identity = await Detect(_provider.GitLabJob(new GitLabCiJob { Project = "acme/group/app", Audience = "OPENPUBKEY-PKTOKEN:acme" }));
        using var token = Ok(await identity.Tokens.Request(Commitment, default));
        var claims = await Verify(token, identity.Provider.Issuer);

        Assert.Equal("GitLab CI", identity.System);
        Assert.Equal(ClaimBinding.Gq, identity.Provider.Binding);
        Assert.Equal("OPENPUBKEY-PKTOKEN:acme", claims.String("aud"));
        Assert.Equal("project_path:acme/group/app:ref_type:branch:ref:main", claims.String("sub"));
        Assert.Equal("acme/group", claims.String("namespace_path"));
    }

    [Fact]
    public async Task A_pod_finds_itself_has_a_token_and_its_signature_holds()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, _provider.KubernetesToken());
            var identity = Ok(await WorkloadIdentity.Detect(_ => null, _http, _clock, path, default));
            using var token = Ok(await identity.Tokens.Request(Commitment, default));

            Assert.Equal("system:serviceaccount:build:publisher", (await Verify(token, identity.Provider.Issuer)).String("sub"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(ProviderKeyKind.Rsa2048, "RS256")]
    [InlineData(ProviderKeyKind.Rsa3072, "RS256")]
    [InlineData(ProviderKeyKind.P256, "ES256")]
    public async Task Keys_of_other_kinds_sign_as_well(ProviderKeyKind kind, string algorithm)
    {
        _provider.Keys.Rotate(kind: kind);
        var identity = await Detect(_provider.GitHubJob());
        using var token = Ok(await identity.Tokens.Request(Commitment, default));

        await Verify(token, identity.Provider.Issuer);
        Assert.Equal(algorithm, Header(token).String("alg"));
    }

    [Fact]
    public async Task A_job_that_ended_gets_no_more_tokens()
    {
        var job = _provider.GitHubJob();
        var identity = await Detect(job);

        _provider.EndJob(job);

        RefusedWith("identity.denied", await identity.Tokens.Request(Commitment, default));
    }

    [Fact]
    public async Task A_rotated_key_is_found_and_the_old_one_stays_good()
    {
        var keys = new LiveKeySource(_http, _clock);
        var identity = await Detect(_provider.GitHubJob());
        using var old = Ok(await identity.Tokens.Request(Commitment, default));
        await Verify(old, identity.Provider.Issuer, keys);

        _provider.Keys.Rotate();
        using var young = Ok(await identity.Tokens.Request(Commitment, default));

        await Verify(young, identity.Provider.Issuer, keys);
        await Verify(old, identity.Provider.Issuer, keys);
        Assert.Equal(2, _provider.Requests.Count(path => path.EndsWith("/jwks", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_vanished_key_is_gone_once_the_set_is_old()
    {
        var keys = new LiveKeySource(_http, _clock);
        var identity = await Detect(_provider.GitHubJob());
        using var token = Ok(await identity.Tokens.Request(Commitment, default));
        var keyId = Header(token).String("kid");
        Assert.True(Ok(await keys.Keys(identity.Provider.Issuer, keyId, default)).Names(keyId));

        _provider.Keys.Rotate(keepOld: false);
        _clock.Advance(KeySetAge.MostAge + TimeSpan.FromSeconds(1));

        Assert.False(Ok(await keys.Keys(identity.Provider.Issuer, keyId, default)).Names(keyId));
    }

    [Fact]
    public async Task A_leaked_key_signs_what_the_thief_likes()
    {
        var stolen = _provider.Keys.Leak();
        var forged = TokenWriter.Write(new() { ["iss"] = _provider.GitHubIssuer, ["sub"] = "repo:acme/app:ref:refs/heads/main" }, stolen);
        using var token = Ok(IdTokenText.Parse(Encoding.ASCII.GetBytes(forged), "a thief"));

        Assert.Equal("repo:acme/app:ref:refs/heads/main", (await Verify(token, Ok(Issuer.Parse(_provider.GitHubIssuer)))).String("sub"));
    }

    [Fact]
    public async Task Many_callers_at_once_make_two_requests()
    {
        var keys = new LiveKeySource(_http, _clock);
        var issuer = Ok(Issuer.Parse(_provider.GitHubIssuer));

        await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => keys.Keys(issuer, null, default)));

        Assert.Equal(2, _provider.Requests.Count);
    }

    [Fact]
    public async Task A_storm_of_unknown_key_ids_is_answered_by_one_more_fetch()
    {
        var keys = new LiveKeySource(_http, _clock);
        var issuer = Ok(Issuer.Parse(_provider.GitHubIssuer));
        await keys.Keys(issuer, null, default);

        for (var junk = 0; junk < 50; junk++)
            await keys.Keys(issuer, $"junk-{junk}", default);

        Assert.Equal(4, _provider.Requests.Count);
    }

    public static TheoryData<string, Misbehaviour> BadKeySources => new()
    {
        { "identity.discovery-issuer", new Misbehaviour { DiscoveryIssuer = "https://token.actions.githubusercontent.com" } },
        { "identity.address", new Misbehaviour { KeySetAddress = "http://192.0.2.1/jwks" } },
        { "identity.redirect", new Misbehaviour { RedirectTo = "http://192.0.2.1/" } },
        { "identity.redirect", new Misbehaviour { RedirectTo = "self" } },
        { "openpubkey.key-set", new Misbehaviour { JunkKeys = 100 } },
        { "identity.too-large", new Misbehaviour { JunkKeys = 2_000 } },
        { "identity.too-large", new Misbehaviour { Endless = true } },
        { "identity.unreachable", new Misbehaviour { Unavailable = 3 } },
        { "openpubkey.key-set", new Misbehaviour { KeySet = "<html>" } },
    };

    [Theory]
    [MemberData(nameof(BadKeySources), DisableDiscoveryEnumeration = true)]
    public async Task A_provider_that_turns_on_us_gives_no_keys(string code, Misbehaviour misbehaviour)
    {
        _provider.Misbehaviour = misbehaviour;

        RefusedWith(code, await new LiveKeySource(_http, _clock).Keys(Ok(Issuer.Parse(_provider.GitHubIssuer)), null, default));
    }

    [Fact]
    public async Task A_provider_that_hiccups_twice_is_asked_a_third_time()
    {
        _provider.Misbehaviour = new Misbehaviour { Unavailable = 2 };

        Ok(await new LiveKeySource(_http, _clock).Keys(Ok(Issuer.Parse(_provider.GitHubIssuer)), null, default));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_provider_that_does_not_answer_or_stops_in_between_is_left(bool silent)
    {
        _provider.Misbehaviour = new Misbehaviour { Silent = silent, Stalls = !silent };
        using var impatient = IdentityHttp.Create(new IdentityHttpOptions { AttemptTimeout = TimeSpan.FromMilliseconds(100), Retries = 0 });

        RefusedWith("identity.unreachable", await new LiveKeySource(impatient, _clock).Keys(Ok(Issuer.Parse(_provider.GitHubIssuer)), null, default));
    }

    public static TheoryData<string, Misbehaviour> BadTokenServices => new()
    {
        { "identity.redirect", new Misbehaviour { RedirectTo = "http://192.0.2.1/" } },
        { "identity.token-audience", new Misbehaviour { Audience = "https://cloud.example" } },
        { "identity.token-issuer", new Misbehaviour { TokenIssuer = "https://token.actions.githubusercontent.com" } },
        { "identity.answer", new Misbehaviour { TokenAnswer = "{\"value\":null}" } },
        { "identity.token", new Misbehaviour { TokenAnswer = "{\"value\":\"a.b\"}" } },
        // A token without a signature is not even a compact token.
        { "identity.token", new Misbehaviour { Algorithm = "none" } },
        { "identity.too-large", new Misbehaviour { Endless = true } },
        { "identity.unreachable", new Misbehaviour { Unavailable = 3 } },
    };

    [Theory]
    [MemberData(nameof(BadTokenServices), DisableDiscoveryEnumeration = true)]
    public async Task A_token_service_that_turns_on_us_gives_no_token(string code, Misbehaviour misbehaviour)
    {
        var identity = await Detect(_provider.GitHubJob());
        _provider.Misbehaviour = misbehaviour;

        RefusedWith(code, await identity.Tokens.Request(Commitment, default));
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("PS256")]
    public async Task A_token_under_another_algorithm_shows_it_and_the_published_key_does_not_hold_it(string algorithm)
    {
        _provider.Keys.Rotate(kind: ProviderKeyKind.Rsa2048);
        _provider.Misbehaviour = new Misbehaviour { Algorithm = algorithm };
        var identity = await Detect(_provider.GitHubJob());
        using var token = Ok(await identity.Tokens.Request(Commitment, default));

        Assert.Equal(algorithm, Header(token).String("alg"));
        Assert.False((await Signed(token, identity.Provider.Issuer, new LiveKeySource(_http, _clock))).Succeeded(out _, out _));
    }

    [Fact]
    public async Task A_token_that_was_fetched_long_ago_is_refused()
    {
        var job = _provider.GitLabJob();

        _clock.Advance(TimeSpan.FromHours(2));

        RefusedWith("identity.token-expired", await (await Detect(job)).Tokens.Request(Commitment, default));
    }

    private async Task<WorkloadIdentity> Detect(IReadOnlyDictionary<string, string> environment)
        => Ok(await WorkloadIdentity.Detect(environment.GetValueOrDefault, _http, _clock, "/nowhere/token", default));

    private async Task<JsonObject> Verify(IdTokenText token, Issuer issuer, IKeySource? keys = null)
    {
        Ok(await Signed(token, issuer, keys ?? new LiveKeySource(_http, _clock)));
        return Part(token, 1);
    }

    private static async Task<Result<Verified<ReadOnlyMemory<byte>>>> Signed(IdTokenText token, Issuer issuer, IKeySource keys)
    {
        var keyId = Header(token).String("kid");
        var key = Ok(Ok(await keys.Keys(issuer, keyId, default)).Find(keyId)).Key;
        var dot = token.Compact.Span.LastIndexOf((byte)'.');
        return key.Verify(token.Compact[..dot], Ok(Base64Text.DecodeUrl(token.Compact.Span[(dot + 1)..])));
    }

    private static JsonObject Header(IdTokenText token) => Part(token, 0);

    private static JsonObject Part(IdTokenText token, int index)
        => Ok(StrictJson.Parse(Ok(Base64Text.DecodeUrl(Encoding.ASCII.GetString(token.Compact.Span).Split('.')[index])), new JsonLimits(65_536))).ReadObject("test");

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
