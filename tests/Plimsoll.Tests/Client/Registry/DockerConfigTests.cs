using System.Text;
using Plimsoll.Client.Registry;

namespace Plimsoll.Tests.Client.Registry;

public sealed class DockerConfigTests
{
    [Theory]
    [InlineData("https://index.docker.io/v1/", "docker.io")]
    [InlineData("docker.io", "docker.io")]
    [InlineData("registry-1.docker.io", "docker.io")]
    [InlineData("ghcr.io", "ghcr.io")]
    [InlineData("http://127.0.0.1:5000", "127.0.0.1:5000")]
    [InlineData("https://registry.example/v2/", "registry.example")]
    public void An_entry_is_for_its_registry(string key, string registry)
    {
        var config = Parse($$$$"""{"auths":{"{{{{key}}}}":{"auth":"{{{{Base64("user:pass:word")}}}}"}}}""");

        Assert.Equal(new Credential.Basic("user", "pass:word"), config.Find(registry));
        Assert.IsType<Credential.Anonymous>(config.Find("another.example"));
    }

    [Fact]
    public void A_credential_for_a_part_of_a_registry_is_not_shown_to_all_of_it()
        => Assert.IsType<Credential.Anonymous>(
            Parse($$$$"""{"auths":{"quay.io/team":{"auth":"{{{{Base64("user:secret")}}}}"}}}""").Find("quay.io"));

    [Fact]
    public void Each_kind_of_credential_is_told_from_the_others()
    {
        var config = Parse($$$$"""
            {"auths":{
              "a":{"auth":"{{{{Base64("user:x")}}}}","identitytoken":"refresh"},
              "b":{"username":"user","password":"secret"},
              "c":{"registrytoken":"token"},
              "d":{},
              "e":{"auth":""}
            },"credHelpers":{"f":"ecr-login"},"HttpHeaders":{"User-Agent":"x"}}
            """);

        Assert.Equal(new Credential.Identity("user", "refresh"), config.Find("a"));
        Assert.Equal(new Credential.Basic("user", "secret"), config.Find("b"));
        Assert.Equal(new Credential.Bearer("token"), config.Find("c"));
        Assert.IsType<Credential.Anonymous>(config.Find("d"));
        Assert.IsType<Credential.Anonymous>(config.Find("e"));
        Assert.Equal(new Credential.Helper("ecr-login"), config.Find("f"));
    }

    [Fact]
    public void With_a_store_an_empty_entry_means_the_store_and_no_entry_means_nobody()
    {
        var config = Parse("""{"auths":{"ghcr.io":{}},"credsStore":"desktop"}""");

        Assert.Equal(new Credential.Helper("desktop"), config.Find("ghcr.io"));
        Assert.IsType<Credential.Anonymous>(config.Find("quay.io"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"auths":{"a":{"auth":"not base64"}}}""")]
    [InlineData("""{"auths":{"a":{"auth":"bm9jb2xvbg=="}}}""")]
    [InlineData("""{"auths":{"a":{},"a":{}}}""")]
    [InlineData("""{"auths":{"a":{"password":5}}}""")]
    [InlineData("""{"auths":[]}""")]
    [InlineData("""{"credHelpers":{"a":5}}""")]
    public void What_is_not_a_configuration_is_refused(string text)
        => DockerConfig.Parse(Encoding.UTF8.GetBytes(text)).ShouldFailWith("registry.docker-config");

    [Fact]
    public void A_refusal_does_not_quote_the_secret()
    {
        var failure = DockerConfig.Parse(Encoding.UTF8.GetBytes("""{"auths":{"a":{"auth":"c2VjcmV0d29yZA=="}}}""")).ShouldFailWith("registry.docker-config");

        Assert.DoesNotContain("secretword", failure.ToString());
        Assert.DoesNotContain("c2VjcmV0", failure.ToString());
    }

    [Fact]
    public void A_credential_does_not_print_itself()
    {
        Assert.Equal("Basic", new Credential.Basic("user", "secret").ToString());
        Assert.Equal("Identity", new Credential.Identity("user", "secret").ToString());
        Assert.Equal("Bearer", new Credential.Bearer("secret").ToString());
    }

    private static DockerConfig Parse(string text) => DockerConfig.Parse(Encoding.UTF8.GetBytes(text)).ShouldSucceed();

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
