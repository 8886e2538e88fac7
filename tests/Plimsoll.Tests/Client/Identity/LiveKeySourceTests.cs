using System.Collections.Immutable;
using System.Net;
using Plimsoll.Client.Identity;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Tests.Client.Identity;

public class LiveKeySourceTests
{
    private const string Name = "https://id.example/tenant";
    private static readonly Issuer Issuer = Issuer.Parse(Name).Value();
    private static readonly string Jwk = EcdsaSigningKey.Create(EllipticCurve.P256).PublicJwk.Canonical;
    private readonly SetTime _time = new();
    private string _keySet = KeySet("one");
    private string _discovery = Discovery(Name, "https://keys.example/jwks");
    private HttpStatusCode _status = HttpStatusCode.OK;

    [Fact]
    public async Task Keys_are_fetched_once_and_kept()
    {
        var transport = Provider();
        var source = Source(transport);

        var first = (await source.Keys(Issuer, "one", default)).Value();
        var second = (await source.Keys(Issuer, "one", default)).Value();

        Assert.Same(first, second);
        Assert.True(first.Names("one"));
        Assert.Equal(
            ["https://id.example/tenant/.well-known/openid-configuration", "https://keys.example/jwks"],
            transport.Asked.Select(request => request.RequestUri!.AbsoluteUri));
        Assert.All(transport.Asked, request => Assert.Null(request.Headers.Authorization));
    }

    [Fact]
    public async Task A_rotated_key_is_found_by_one_more_fetch()
    {
        var transport = Provider();
        var source = Source(transport);
        await source.Keys(Issuer, "one", default);

        _keySet = KeySet("one", "two");

        Assert.True((await source.Keys(Issuer, "two", default)).Value().Names("two"));
        Assert.Equal(4, transport.Count);
    }

    [Fact]
    public async Task Made_up_key_ids_do_not_become_requests()
    {
        var transport = Provider();
        var source = Source(transport);
        await source.Keys(Issuer, "one", default);

        var sought = (await source.Keys(Issuer, "junk", default)).Value();
        for (var junk = 0; junk < 100; junk++)
            (await source.Keys(Issuer, $"junk-{junk}", default)).RefusedWith("openpubkey.refetch-limited");

        Assert.Equal(4, transport.Count);
        Assert.False(sought.Names("junk"));
        Assert.False((await source.Keys(Issuer, "junk", default)).Value().Names("junk"));
        Assert.True((await source.Keys(Issuer, "one", default)).Value().Names("one"));
    }

    [Fact]
    public async Task After_a_while_an_unknown_key_id_is_looked_for_again()
    {
        var transport = Provider();
        var source = Source(transport);
        await source.Keys(Issuer, "one", default);
        await source.Keys(Issuer, "two", default);
        _keySet = KeySet("two");

        _time.Now += KeySetAge.LeastBetweenExtraFetches;

        Assert.True((await source.Keys(Issuer, "two", default)).Value().Names("two"));
        Assert.Equal(6, transport.Count);
    }

    [Fact]
    public async Task A_key_that_vanished_is_not_used_past_the_sets_age()
    {
        var source = Source(Provider());
        await source.Keys(Issuer, "one", default);
        _keySet = KeySet("two");

        _time.Now += KeySetAge.MostAge + TimeSpan.FromSeconds(1);

        Assert.False((await source.Keys(Issuer, "one", default)).Value().Names("one"));
    }

    [Fact]
    public async Task An_old_set_does_not_stand_in_for_one_that_cannot_be_fetched()
    {
        var source = Source(Provider());
        await source.Keys(Issuer, "one", default);
        _status = HttpStatusCode.ServiceUnavailable;

        _time.Now += KeySetAge.MostAge + TimeSpan.FromSeconds(1);

        (await source.Keys(Issuer, "one", default)).RefusedWith("identity.unreachable");
    }

    [Fact]
    public async Task A_clock_that_was_set_back_makes_the_set_old()
    {
        var transport = Provider();
        var source = Source(transport);
        await source.Keys(Issuer, "one", default);

        _time.Now -= TimeSpan.FromDays(365);
        await source.Keys(Issuer, "one", default);

        Assert.Equal(4, transport.Count);
    }

    [Fact]
    public async Task A_clock_that_was_set_forward_and_back_again_fetches_and_does_not_lock_out()
    {
        var transport = Provider();
        var source = Source(transport);
        foreach (var years in new[] { 0, 10, -10 })
        {
            _time.Now += TimeSpan.FromDays(365 * years);
            Assert.True((await source.Keys(Issuer, "one", default)).Value().Names("one"));
        }

        _keySet = KeySet("two");
        Assert.True((await source.Keys(Issuer, "two", default)).Value().Names("two"));
        Assert.Equal(8, transport.Count);
    }

    [Fact]
    public async Task A_failure_is_not_repeated_at_once_and_not_kept_for_long()
    {
        _status = HttpStatusCode.ServiceUnavailable;
        var transport = Provider();
        var source = Source(transport);
        (await source.Keys(Issuer, "one", default)).RefusedWith("identity.unreachable");
        _status = HttpStatusCode.OK;

        (await source.Keys(Issuer, "one", default)).RefusedWith("identity.unreachable");
        Assert.Equal(1, transport.Count);

        _time.Now += LiveKeySource.FailureStands;
        Assert.True((await source.Keys(Issuer, "one", default)).Value().Names("one"));
    }

    [Fact]
    public async Task A_failed_look_for_a_new_key_leaves_the_old_ones_as_they_are()
    {
        var source = Source(Provider());
        var good = (await source.Keys(Issuer, "one", default)).Value();
        _keySet = "{\"keys\":7}";

        (await source.Keys(Issuer, "two", default)).RefusedWith("openpubkey.key-set");

        Assert.Same(good, (await source.Keys(Issuer, "one", default)).Value());
    }

    [Fact]
    public async Task Callers_at_the_same_time_share_one_fetch()
    {
        var gate = new TaskCompletionSource();
        var transport = Provider();
        transport.Gate = gate.Task;
        var source = Source(transport);

        var callers = Enumerable.Range(0, 50).Select(_ => source.Keys(Issuer, "one", default)).ToArray();
        gate.SetResult();
        var sets = await Task.WhenAll(callers);

        Assert.Equal(2, transport.Count);
        Assert.All(sets, set => Assert.Same(sets[0].Value(), set.Value()));
    }

    [Fact]
    public async Task A_caller_who_gives_up_does_not_end_the_fetch_for_the_others()
    {
        var gate = new TaskCompletionSource();
        var transport = Provider();
        transport.Gate = gate.Task;
        var source = Source(transport);
        using var impatient = new CancellationTokenSource();

        var leaving = source.Keys(Issuer, "one", impatient.Token);
        var staying = source.Keys(Issuer, "one", default);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        gate.SetResult();

        Assert.True((await staying).Value().Names("one"));
        Assert.Equal(2, transport.Count);
    }

    [Fact]
    public async Task One_issuers_keys_are_never_anothers()
    {
        var other = Issuer.Parse("https://id.example/other").Value();
        var transport = new FakeTransport(request => request.RequestUri!.AbsolutePath switch
        {
            "/tenant/.well-known/openid-configuration" => FakeTransport.Json(_discovery),
            "/other/.well-known/openid-configuration" => FakeTransport.Json(Discovery(other.ToString(), "https://keys.example/other")),
            "/other" => FakeTransport.Json(KeySet("two")),
            _ => FakeTransport.Json(_keySet),
        });
        var source = Source(transport);

        Assert.False((await source.Keys(Issuer, "two", default)).Value().Names("two"));
        Assert.False((await source.Keys(other, "one", default)).Value().Names("one"));
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("https://id.example/tenant/")]
    [InlineData("https://ID.example/tenant")]
    public async Task A_discovery_document_of_another_issuer_is_refused(string issuer)
    {
        _discovery = Discovery(issuer, "https://keys.example/jwks");
        var transport = Provider();

        (await Source(transport).Keys(Issuer, "one", default)).RefusedWith("identity.discovery-issuer");

        Assert.Single(transport.Asked);
    }

    [Theory]
    [InlineData("http://keys.example/jwks", "identity.address")]
    [InlineData("http://127.0.0.1/jwks", "identity.discovery")]
    [InlineData("file:///etc/passwd", "identity.address")]
    [InlineData("https://user@keys.example/jwks", "identity.address")]
    [InlineData("/jwks", "identity.address")]
    [InlineData("", "identity.discovery")]
    public async Task A_key_set_at_an_unsafe_address_is_not_fetched(string address, string code)
    {
        _discovery = Discovery(Name, address);
        var transport = Provider();

        (await Source(transport).Keys(Issuer, "one", default)).RefusedWith(code);

        Assert.Single(transport.Asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"issuer":"https://id.example/tenant"}""")]
    [InlineData("""{"issuer":"https://id.example/tenant","jwks_uri":"https://a.example","jwks_uri":"https://b.example"}""")]
    [InlineData("""{"issuer":"https://id.example/tenant","jwks_uri":"https://a.example","JWKS_URI":"https://b.example"}""")]
    [InlineData("""{"issuer":["https://id.example/tenant"],"jwks_uri":"https://a.example"}""")]
    public async Task A_discovery_document_with_two_meanings_is_refused(string document)
    {
        _discovery = document;

        (await Source(Provider()).Keys(Issuer, "one", default)).RefusedWith("identity.discovery");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"keys":[1]}""")]
    [InlineData("""{"keys":[],"keys":[]}""")]
    public async Task A_key_set_of_another_form_is_refused(string keySet)
    {
        _keySet = keySet;

        (await Source(Provider()).Keys(Issuer, "one", default)).RefusedWith("openpubkey.key-set");
    }

    [Fact]
    public async Task A_key_set_with_too_many_keys_or_too_many_bytes_is_refused()
    {
        _keySet = KeySet([.. Enumerable.Range(0, JwkSet.MostKeys + 1).Select(key => $"k{key}")]);
        (await Source(Provider()).Keys(Issuer, "one", default)).RefusedWith("openpubkey.key-set");

        _keySet = new string(' ', JwkSet.MostBytes) + KeySet("one");
        (await Source(Provider()).Keys(Issuer, "one", default)).RefusedWith("identity.too-large");
    }

    [Fact]
    public async Task Fixed_keys_are_given_as_they_are_and_for_their_issuer_only()
    {
        var set = JwkSet.Parse(System.Text.Encoding.UTF8.GetBytes(KeySet("one"))).Value();
        var source = new FixedKeySource(ImmutableDictionary<Issuer, JwkSet>.Empty.Add(Issuer, set));

        Assert.Same(set, (await source.Keys(Issuer, "unknown", default)).Value());
        (await source.Keys(Issuer.Parse("https://id.example").Value(), "one", default)).RefusedWith("identity.no-keys");
    }

    [Fact]
    public async Task A_key_set_file_is_read_and_one_that_is_absent_or_without_end_is_refused()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, KeySet("one"));
            var source = (await FixedKeySource.FromFile(Issuer, path, default)).Value();
            Assert.True((await source.Keys(Issuer, null, default)).Value().Names("one"));
        }
        finally
        {
            File.Delete(path);
        }

        (await FixedKeySource.FromFile(Issuer, "/nowhere/keys.json", default)).RefusedWith("identity.key-file");
        (await FixedKeySource.FromFile(Issuer, "/dev/zero", default)).RefusedWith("openpubkey.key-set");
    }

    private LiveKeySource Source(FakeTransport transport) => new(transport.Http(), _time);

    private FakeTransport Provider() => new(request => _status != HttpStatusCode.OK
        ? new HttpResponseMessage(_status)
        : FakeTransport.Json(request.RequestUri!.AbsolutePath.EndsWith("/openid-configuration", StringComparison.Ordinal) ? _discovery : _keySet));

    private static string Discovery(string issuer, string keySet) => $$"""{"issuer":"{{issuer}}","jwks_uri":"{{keySet}}"}""";

    private static string KeySet(params string[] keyIds)
        => $$"""{"keys":[{{string.Join(",", keyIds.Select(id => Jwk[..^1] + $",\"alg\":\"ES256\",\"kid\":\"{id}\"}}"))}}]}""";
}
