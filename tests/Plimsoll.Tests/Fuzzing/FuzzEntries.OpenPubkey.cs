using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.Gq;
using Plimsoll.OpenPubkey.KeyBinding;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Tokens;

namespace Plimsoll.Tests.Fuzzing;

/// <summary>The parsers of Plimsoll.OpenPubkey, with the published vectors as seeds.</summary>
internal sealed class OpenPubkeyFuzzEntries : IFuzzEntries
{
    // A key import is a tenth of a millisecond, and a caught exception of the platform a few thousand bytes.
    private const int Few = 1000;

    public IEnumerable<FuzzEntry> Entries()
    {
        yield return FuzzEntry.Of("openpubkey.pk-token", bytes => PkToken.Parse(bytes), FuzzSeeds.Member("openpubkey/quirks.json", "pkTokenText"), Use).Costing(Few);
        yield return FuzzEntry.Of("openpubkey.pk-token-compact", bytes => PkToken.ParseCompact(bytes), FuzzSeeds.Member("openpubkey/serialization.json", "compact"), Use).Costing(Few);
        yield return FuzzEntry.Of("openpubkey.compact-jws", bytes => CompactJws.Parse(bytes), FuzzSeeds.Member("openpubkey/jwks-lookup.json", "token"), jws => ReadGq(jws));
        yield return FuzzEntry.Of(
            "openpubkey.client-claims", bytes => ClientInstanceClaims.Parse(bytes), FuzzSeeds.Member("openpubkey/cic-commitment.json", "protectedHeader"),
            claims => Assert.Equal(43, claims.Commitment.Length)).Costing(Few, 2000);
        yield return FuzzEntry.Of("openpubkey.jwk-set", bytes => JwkSet.Parse(bytes), FuzzSeeds.Member("openpubkey/jwks-lookup.json", "jwks"), Find).Costing(Few, 2000);
        yield return FuzzEntry.OfText("openpubkey.issuer", Issuer.Parse, FuzzSeeds.Text("https://issuer.example/a", "http://127.0.0.1:8080", "https://[::1]/x"));
        yield return FuzzEntry.Of("openpubkey.dpop", bytes => DpopProof.Verify(bytes, Expected, TestTime), FuzzSeeds.Member("openpubkey/dpop.json", "dpop")).Costing(Few);
    }

    private static DpopExpectation Expected { get; } = new(
        "POST", "https://issuer.hello.coop/oauth/token", "VXFN6VAPInCA1zNZd08DjxRgT4L6EWREGJhWoys5fAE", "SplxlOBeZQQYbYS6WxSbIA");

    private static DateTimeOffset TestTime { get; } = DateTimeOffset.FromUnixTimeSeconds(1795339781);

    private static void Use(PkToken token)
    {
        Assert.Equal(43, token.Hash.Length);
        Assert.Equal(token.Hash, PkToken.Parse(token.ToJson()).ShouldSucceed().Hash);
        Assert.Equal(token.ToCompact(), PkToken.ParseCompact(token.ToCompact()).ShouldSucceed().ToCompact());
        _ = ClientInstanceClaims.Parse(token.ClientSignature.Header);
        _ = GqHeader.Parse(token.ProviderSignature.Header);
        _ = token.UnverifiedClaims.HasAudience("x");
    }

    private static void ReadGq(CompactJws jws) => _ = GqHeader.Parse(jws.Signature.Header).Succeeded(out _, out _);

    private static void Find(JwkSet keys)
    {
        _ = keys.Find("op-key-a1");
        _ = keys.Find(null);
        _ = keys.FindByThumbprint("x");
        foreach (var key in keys.Keys)
            Assert.Equal(43, key.Thumbprint.Length);
    }
}
