using System.Net;
using Plimsoll.Client.Identity;
using Plimsoll.Client.Layouts;
using Plimsoll.Client.Registry;
using Plimsoll.Oci;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.Primitives.Json;
using Plimsoll.Tests.Client.Identity;

namespace Plimsoll.Tests.Fuzzing;

/// <summary>What registries, token servers and identity providers answer, and what they are asked; Docker's configuration file.</summary>
internal sealed class ClientFuzzEntries : IFuzzEntries
{
    private const string Hex = "c5b1261d6d3e43071626931fc004f70149baeba2c8ec672bd4f27761f8e1ad6b";
    private static readonly Uri Page = new("https://registry.example/v2/app/referrers/sha256:ab");
    private static readonly RegistryHost Host = RegistryHost.Find("registry.example", new RegistryOptions()).ShouldSucceed();
    private static readonly Issuer Issuer = Issuer.Parse("https://id.example/tenant").ShouldSucceed();
    private static readonly string IdToken = Samples.Token($$"""{"iss":"{{Issuer}}","aud":"{{Samples.Commitment}}","exp":1900000000}""");

    public IEnumerable<FuzzEntry> Entries()
    {
        yield return FuzzEntry.OfText("client.challenge", text => Challenge.Parse(text.Split('\n')), FuzzSeeds.Text(
            "Bearer realm=\"https://auth.example/token\",service=\"registry\",scope=\"repository:a/b:pull,push\"", "Negotiate YWJj==, Basic realm=a\nBearer realm=b"),
            challenges => Assert.All(challenges, challenge => Assert.Null(challenge["no such parameter"])));
        yield return FuzzEntry.OfText("client.link", text => LinkHeader.Next(text.Split('\n'), Page), FuzzSeeds.Text(
            "</v2/app/referrers/sha256:ab?last=1>; rel=\"next\"", "<https://registry.example/a>;rel=\"first\", <?n=1>; rel=\"last next\"; title=\"a;b,c\""),
            next => Assert.Equal(Origin.Of(Page), Origin.Of(next)));
        yield return FuzzEntry.OfText("client.realm", text => Realm.Parse(text, Host, new Credential.Basic("user", "secret")), FuzzSeeds.Text(
            "https://auth.example/token", "http://127.0.0.1:80/", "https://[::1]/a?b=c"), realm => Assert.Equal("https", realm.Scheme));
        yield return FuzzEntry.OfText("client.registry-host", text => RegistryHost.Find(text, new RegistryOptions()), FuzzSeeds.Text(
            "docker.io", "registry.example:5000", "[::1]:5000", "127.0.0.1:5000"), host => Assert.True(!host.IsPlain || host.Address.IsLoopback, Origin.Of(host.Address).ToString()));
        yield return FuzzEntry.Of("client.docker-config", bytes => DockerConfig.Parse(bytes), FuzzSeeds.Text(
            """{"auths":{"https://index.docker.io/v1/":{"auth":"dTpw"},"a.example":{"username":"u","password":"p"},"b.example":{"identitytoken":"t"}},"credHelpers":{"c.example":"h"},"credsStore":"s"}"""),
            config => Assert.DoesNotContain("secret", config.Find("a.example").ToString(), StringComparison.Ordinal));
        yield return new FuzzEntry("client.registry-error", ReadError, [.. FuzzSeeds.Text("""{"errors":[{"code":"DENIED","message":"no","detail":{"a":[1]}}]}""", "{}")]);
        yield return FuzzEntry.Of("client.token-answer", bytes => TokenAnswer.Parse(bytes), FuzzSeeds.Text("""{"token":"abc.def","access_token":"x","expires_in":300,"issued_at":"2026"}"""),
            answer => Assert.InRange(answer.Life, TimeSpan.Zero, TimeSpan.FromHours(1)));
        yield return FuzzEntry.Of("client.discovery", bytes => LiveKeySource.KeySetAddress(Issuer, bytes), FuzzSeeds.Text(
            $$"""{"issuer":"{{Issuer}}","jwks_uri":"https://keys.example/jwks","response_types_supported":["id_token"]}"""),
            address => Assert.Equal("https", address.Scheme));
        yield return new FuzzEntry("client.id-token-answer", ReadTokenAnswer, [.. FuzzSeeds.Text($$"""{"count":1,"value":"{{IdToken}}"}""")]).Costing(Few);
        yield return FuzzEntry.Of("client.id-token", bytes => IdTokenText.Parse(bytes, "a test"), FuzzSeeds.Text(IdToken, IdToken + "\n"), token => Assert.NotEmpty(token.Issuer));
        yield return FuzzEntry.Of("client.layout-index", bytes => LayoutIndex.Add(bytes, Descriptor.EmptyConfig, null), FuzzSeeds.Text(
            $$$"""{"schemaVersion":2,"manifests":[{"mediaType":"a/b","digest":"sha256:{{{Hex}}}","size":1,"annotations":{"org.opencontainers.image.ref.name":"1.0"}}],"annotations":{"a":"\u0041"}}"""),
            index => Assert.True(StrictJson.Parse(index, new JsonLimits(index.Length, 17, int.MaxValue)).Succeeded(out _, out var failure), failure?.ToString())).Costing(allocationPerByte: 500);
    }

    private const int Few = 2000;

    private static string ReadError(byte[] body)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.Forbidden) { Content = new ByteArrayContent(body) };
        var said = RegistryError.Read(response, default).GetAwaiter().GetResult();
        Assert.InRange(said.Length, 0, 410);
        Assert.DoesNotContain(said, character => character is < ' ' or > '~');
        return "ok";
    }

    private static string ReadTokenAnswer(byte[] answer)
    {
        using var http = new FakeTransport(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(answer) }).Http();
        var source = ActionsTokenSource.Create("a test", Issuer.ToString(), "https://pipelines.example/token", "secret", "", http, new SetTime()).ShouldSucceed();
        if (!source.Request(Samples.Commitment, default).GetAwaiter().GetResult().Succeeded(out var token, out var failure))
            return failure.Code;
        using (token)
            Assert.Equal(Issuer.ToString(), token.Issuer);
        return "ok";
    }
}
