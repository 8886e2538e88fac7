using System.Text;
using Plimsoll.OpenPubkey.KeySets;

namespace Plimsoll.Tests.OpenPubkey.KeySets;

public sealed class JwkSetTests
{
    [Fact]
    public void A_set_imports_its_keys_once()
    {
        var keys = TestIssuer.KeySet(TestIssuer.Rsa.Jwk);

        Assert.Same(keys.Find("k1").ShouldSucceed().Key, keys.FindByThumbprint(TestIssuer.Rsa.Key.PublicJwk.Thumbprint).ShouldSucceed().Key);
        Assert.Same(keys.Find("k1").Then(key => key.GqKey).ShouldSucceed(), keys.Find(null).Then(key => key.GqKey).ShouldSucceed());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"keys\":{}}")]
    [InlineData("{\"keys\":[1]}")]
    [InlineData("{\"KEYS\":[]}")]
    [InlineData("{\"keys\":[],\"keys\":[]}")]
    [InlineData("<html>")]
    public void What_is_no_key_set_is_refused(string json) => JwkSet.Parse(Encoding.UTF8.GetBytes(json)).ShouldFailWith("openpubkey.key-set");

    [Fact]
    public void A_huge_key_set_is_refused_and_the_largest_allowed_is_not()
    {
        var many = Enumerable.Repeat(TestIssuer.Elliptic.Jwk, JwkSet.MostKeys).ToArray();

        _ = TestIssuer.KeySet(many).Find("e1").ShouldSucceed();
        _ = JwkSet.Parse(Encoding.UTF8.GetBytes($$"""{"keys":[{{string.Join(',', many)}},{{TestIssuer.Elliptic.Jwk}}]}""")).ShouldFailWith("openpubkey.key-set");
        _ = JwkSet.Parse(Encoding.UTF8.GetBytes("{\"keys\":[]" + new string(' ', JwkSet.MostBytes) + "}")).ShouldFailWith("openpubkey.key-set");
    }

    [Theory]
    [InlineData("\"alg\":\"RS256\"", "\"alg\":\"RS512\"")]
    [InlineData("\"alg\":\"RS256\"", "\"alg\":\"HS256\"")]
    [InlineData("\"alg\":\"RS256\"", "\"alg\":\"ES256\"")]
    [InlineData("\"use\":\"sig\"", "\"use\":\"enc\"")]
    [InlineData("\"e\":\"AQAB\"", "\"e\":\"AQAA\"")]
    [InlineData("\"kid\":\"k1\"", "\"kid\":\"k1\",\"d\":\"AQAB\"")]
    public void A_key_that_cannot_be_used_keeps_its_place_and_is_refused(string from, string to)
    {
        var keys = TestIssuer.KeySet(TestIssuer.Rsa.Jwk.Replace(from, to, StringComparison.Ordinal), TestIssuer.OtherRsa.Jwk);

        _ = keys.Find("k1").ShouldFailWith("openpubkey.op-key-lookup");
        Assert.True(keys.Names("k1"));
    }

    [Fact]
    public void Inventing_names_makes_no_more_than_one_fetch_a_minute()
    {
        var age = KeySetAge.FetchedAt(TestIssuer.Now);
        var once = age.AllowExtraFetch(TestIssuer.Now).ShouldSucceed();

        Assert.False(TestIssuer.Rsa.Keys.Names("invented"));
        _ = once.AllowExtraFetch(TestIssuer.Now.AddSeconds(59)).ShouldFailWith("openpubkey.refetch-limited");
        _ = once.Renewed(TestIssuer.Now.AddSeconds(30)).AllowExtraFetch(TestIssuer.Now.AddSeconds(59)).ShouldFailWith("openpubkey.refetch-limited");
        _ = once.AllowExtraFetch(TestIssuer.Now.AddSeconds(60)).ShouldSucceed();
        Assert.True(once.IsStale(TestIssuer.Now + KeySetAge.MostAge + TimeSpan.FromSeconds(1)));
        Assert.False(once.IsStale(TestIssuer.Now + KeySetAge.MostAge));
        Assert.True(once.IsStale(TestIssuer.Now.AddSeconds(-1)));
    }
}
