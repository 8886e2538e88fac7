using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Releases;
using Plimsoll.OpenPubkey.Signing;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Tests.OpenPubkey.Releases;

public sealed class ReleaseTokensTests
{
    private static readonly byte[] Statement = "DSSEv1 4 type 9 statement"u8.ToArray();

    [Theory]
    [InlineData(ClaimBinding.Nonce)]
    [InlineData(ClaimBinding.Audience)]
    [InlineData(ClaimBinding.Gq)]
    public void A_statement_is_vouched_for_by_token_and_key(ClaimBinding binding)
    {
        using var key = EcdsaSigningKey.Create(EllipticCurve.P256);
        var token = TestIssuer.Rsa.Token(binding, key, Statement);

        var verified = ReleaseTokens.Verify(token, TestIssuer.Provider(binding), TestIssuer.Rsa.Keys, Statement).ShouldSucceed();

        Assert.True(verified.IsGq);
        Assert.Equal(TestIssuer.Subject, verified.Claims.Value.Subject);
        Assert.Equal(TestIssuer.Rsa.Key.PublicJwk.Thumbprint, verified.IssuerKeyThumbprint);
        _ = verified.VerifySigningTime(TestIssuer.Now).ShouldSucceed();
        _ = verified.VerifySignature(key.Sign(Statement, EcdsaEncoding.Der), key.KeyId).ShouldSucceed();
    }

    [Fact]
    public void A_stolen_token_on_another_statement_is_refused()
    {
        using var key = EcdsaSigningKey.Create(EllipticCurve.P256);
        var token = TestIssuer.Rsa.Token(ClaimBinding.Audience, key, Statement);

        _ = ReleaseTokens.Verify(token, TestIssuer.Provider(ClaimBinding.Audience), TestIssuer.Rsa.Keys, "another"u8.ToArray())
            .ShouldFailWith("openpubkey.att-mismatch");
    }

    [Fact]
    public void A_token_that_names_no_statement_is_refused()
    {
        using var key = EcdsaSigningKey.Create(EllipticCurve.P256);
        var claims = ClientInstanceClaims.Create(key, RandomNumberGenerator.Fill);
        var token = PkTokenSigning.Assemble(
            TestIssuer.Rsa.IdToken(TestIssuer.PayloadFor(ClaimBinding.Audience, claims)), claims, key,
            TestIssuer.Provider(ClaimBinding.Audience), TestIssuer.Rsa.Keys, RandomNumberGenerator.Fill).ShouldSucceed();

        _ = ReleaseTokens.Verify(token, TestIssuer.Provider(ClaimBinding.Audience), TestIssuer.Rsa.Keys, Statement).ShouldFailWith("openpubkey.att-missing");
    }

    [Fact]
    public void A_published_token_that_shows_the_providers_signature_is_refused_even_if_the_provider_does_not_ask_for_proofs()
    {
        using var key = EcdsaSigningKey.Create(EllipticCurve.P256);
        var claims = TestIssuer.Claims(key, Statement);
        var token = TestIssuer.Join(TestIssuer.Rsa.IdToken(TestIssuer.PayloadFor(ClaimBinding.Audience, claims)), claims, key);
        var lax = TestIssuer.Provider(ClaimBinding.Audience) with { GqRequired = false };

        _ = ReleaseTokens.Verify(token, lax, TestIssuer.Rsa.Keys, Statement).ShouldFailWith("openpubkey.gq-required");
        Assert.False(ReleaseTokens.Verify(token, lax with { PublishedUnblinded = true }, TestIssuer.Rsa.Keys, Statement).ShouldSucceed().IsGq);
    }

    [Fact]
    public void An_elliptic_provider_is_accepted_only_where_unblinded_tokens_are()
    {
        using var key = EcdsaSigningKey.Create(EllipticCurve.P256);
        var claims = TestIssuer.Claims(key, Statement);
        var idToken = TestIssuer.Elliptic.IdToken(TestIssuer.PayloadFor(ClaimBinding.Audience, claims));
        var strict = TestIssuer.Provider(ClaimBinding.Audience);
        var unblinded = strict with { GqRequired = false, PublishedUnblinded = true };

        _ = PkTokenSigning.Assemble(idToken, claims, key, strict, TestIssuer.Elliptic.Keys, RandomNumberGenerator.Fill).ShouldFailWith("openpubkey.gq-required");
        var token = PkTokenSigning.Assemble(idToken, claims, key, unblinded, TestIssuer.Elliptic.Keys, RandomNumberGenerator.Fill).ShouldSucceed();
        _ = ReleaseTokens.Verify(token, strict, TestIssuer.Elliptic.Keys, Statement).ShouldFailWith("openpubkey.gq-required");
        _ = ReleaseTokens.Verify(token, unblinded, TestIssuer.Elliptic.Keys, Statement).ShouldSucceed();
    }

    [Fact]
    public void A_key_bound_provider_cannot_vouch_for_a_statement()
    {
        using var key = EcdsaSigningKey.Create(EllipticCurve.P256);
        var claims = TestIssuer.Claims(key, Statement);
        var header = TestIssuer.Rsa.Header.Replace("\"JWT\"", "\"dpop+id_token\"", StringComparison.Ordinal);
        var token = TestIssuer.Join(TestIssuer.Rsa.IdToken(TestIssuer.PayloadFor(ClaimBinding.Key, claims), header), claims, key);
        var provider = TestIssuer.Provider(ClaimBinding.Key) with { PublishedUnblinded = true };

        _ = ReleaseTokens.Verify(token, provider, TestIssuer.Rsa.Keys, Statement).ShouldFailWith("openpubkey.release-form");
    }

    [Fact]
    public void A_token_with_a_cosigners_signature_is_refused()
    {
        using var key = EcdsaSigningKey.Create(EllipticCurve.P256);
        var good = TestIssuer.Rsa.Token(ClaimBinding.Audience, key, Statement);
        var cosigned = PkToken.Assemble(good.PayloadText, [good.ProviderSignature, good.ClientSignature, Signature("{\"typ\":\"COS\"}")], refreshed: null).ShouldSucceed();

        _ = ReleaseTokens.Verify(cosigned, TestIssuer.Provider(ClaimBinding.Audience), TestIssuer.Rsa.Keys, Statement).ShouldFailWith("openpubkey.release-form");
    }

    [Fact]
    public void A_token_with_a_refreshed_id_token_is_refused()
    {
        using var key = EcdsaSigningKey.Create(EllipticCurve.P256);
        var good = TestIssuer.Rsa.Token(ClaimBinding.Audience, key, Statement);
        var fresh = TestIssuer.Rsa.IdToken(TestIssuer.Payload(TestIssuer.ClientId));
        var refreshed = PkToken.ParseCompact((byte[])[.. good.ToCompact(), (byte)'.', .. fresh]).ShouldSucceed();

        _ = ReleaseTokens.Verify(refreshed, TestIssuer.Provider(ClaimBinding.Audience), TestIssuer.Rsa.Keys, Statement).ShouldFailWith("openpubkey.release-form");
    }

    [Fact]
    public void A_token_with_an_unsigned_header_is_refused()
    {
        using var key = EcdsaSigningKey.Create(EllipticCurve.P256);
        var json = Encoding.UTF8.GetString(TestIssuer.Rsa.Token(ClaimBinding.Audience, key, Statement).ToJson());
        var marked = PkToken.Parse(Encoding.UTF8.GetBytes(json.Insert(json.IndexOf("\"signature\":", StringComparison.Ordinal), "\"header\":{\"x\":1},"))).ShouldSucceed();

        _ = ReleaseTokens.Verify(marked, TestIssuer.Provider(ClaimBinding.Audience), TestIssuer.Rsa.Keys, Statement).ShouldFailWith("openpubkey.release-form");
    }

    [Fact]
    public void An_envelope_signed_by_another_key_than_the_tokens_is_refused()
    {
        using var key = EcdsaSigningKey.Create(EllipticCurve.P256);
        using var other = EcdsaSigningKey.Create(EllipticCurve.P256);
        var verified = ReleaseTokens.Verify(
            TestIssuer.Rsa.Token(ClaimBinding.Audience, key, Statement), TestIssuer.Provider(ClaimBinding.Audience), TestIssuer.Rsa.Keys, Statement).ShouldSucceed();

        _ = verified.VerifySignature(other.Sign(Statement, EcdsaEncoding.Der), key.KeyId).ShouldFailWith("openpubkey.envelope-signature");
        _ = verified.VerifySignature(key.Sign(Statement, EcdsaEncoding.Der), other.KeyId).ShouldFailWith("openpubkey.envelope-signature");
        _ = verified.VerifySignature(key.Sign(Statement, EcdsaEncoding.Joined), key.KeyId).ShouldFailWith("openpubkey.envelope-signature");
        _ = verified.VerifySignature(key.Sign("another"u8, EcdsaEncoding.Der), key.KeyId).ShouldFailWith("openpubkey.envelope-signature");
    }

    [Theory]
    [InlineData(-301, false)]
    [InlineData(-300, true)]
    [InlineData(600 + 600, true)]
    [InlineData(600 + 601, false)]
    public void A_time_of_signing_counts_within_the_tokens_life_and_its_slack(int seconds, bool good)
    {
        using var key = EcdsaSigningKey.Create(EllipticCurve.P256);
        var verified = ReleaseTokens.Verify(
            TestIssuer.Rsa.Token(ClaimBinding.Audience, key, Statement), TestIssuer.Provider(ClaimBinding.Audience), TestIssuer.Rsa.Keys, Statement).ShouldSucceed();

        var result = verified.VerifySigningTime(TestIssuer.Now.AddSeconds(seconds));

        if (good)
            _ = result.ShouldSucceed();
        else
            _ = result.ShouldFailWith("openpubkey.signing-time");
    }

    [Fact]
    public void Nothing_here_leads_to_cosigners_refreshed_tokens_key_binding_or_messages()
    {
        string[] unreachable = ["Cosigning", "Refresh", "KeyBinding", "Messages"];
        const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        var types = typeof(ReleaseTokens).Assembly.GetTypes().Where(type => type.Namespace == typeof(ReleaseTokens).Namespace).ToList();

        var named = types.SelectMany(type => type.GetMembers(Everything)).SelectMany(Mentioned).Select(type => type.Namespace ?? "").Distinct();

        Assert.NotEmpty(types);
        Assert.DoesNotContain(named, name => unreachable.Any(part => name.EndsWith("." + part, StringComparison.Ordinal)));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(TestData.Repository, "src/Plimsoll.OpenPubkey/Releases")))
            Assert.DoesNotContain(unreachable, part => File.ReadAllText(file).Contains($"OpenPubkey.{part}", StringComparison.Ordinal));
    }

    private static IEnumerable<Type> Mentioned(MemberInfo member) => member switch
    {
        MethodInfo method => [method.ReturnType, .. method.GetParameters().Select(parameter => parameter.ParameterType), .. Locals(method)],
        ConstructorInfo constructor => [.. constructor.GetParameters().Select(parameter => parameter.ParameterType), .. Locals(constructor)],
        FieldInfo field => [field.FieldType],
        _ => [],
    };

    private static IEnumerable<Type> Locals(MethodBase method) => method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? [];

    private static TokenSignature Signature(string header)
        => CompactJws.Parse(TestIssuer.Jws(header, "{}"u8, TestIssuer.Elliptic.Key)).ShouldSucceed().Signature;
}
