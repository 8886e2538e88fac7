using System.Net;
using Plimsoll.Client.Registry;

namespace Plimsoll.Tests.Client.Registry;

public sealed class AddressTests
{
    [Theory]
    [InlineData("169.254.169.254", "Special")]
    [InlineData("0.0.0.0", "Special")]
    [InlineData("0.1.2.3", "Special")]
    [InlineData("224.0.0.1", "Special")]
    [InlineData("255.255.255.255", "Special")]
    [InlineData("fe80::1", "Special")]
    [InlineData("ff02::1", "Special")]
    [InlineData("::", "Special")]
    [InlineData("::ffff:169.254.169.254", "Special")]
    [InlineData("64:ff9b::169.254.169.254", "Special")]
    [InlineData("2002:a9fe:a9fe::1", "Special")]
    [InlineData("127.0.0.1", "Loopback")]
    [InlineData("127.255.0.3", "Loopback")]
    [InlineData("::1", "Loopback")]
    [InlineData("::ffff:127.0.0.1", "Loopback")]
    [InlineData("64:ff9b::7f00:1", "Loopback")]
    [InlineData("10.0.0.1", "Private")]
    [InlineData("172.16.0.1", "Private")]
    [InlineData("172.31.255.255", "Private")]
    [InlineData("192.168.1.1", "Private")]
    [InlineData("100.64.0.1", "Private")]
    [InlineData("fd00::1", "Private")]
    [InlineData("172.32.0.1", "Public")]
    [InlineData("100.128.0.1", "Public")]
    [InlineData("1.1.1.1", "Public")]
    [InlineData("2606:4700::1111", "Public")]
    public void An_address_is_as_near_as_where_it_leads(string address, string expected)
        => Assert.Equal(expected, AddressClasses.Classify(IPAddress.Parse(address)).ToString());

    [Theory]
    [InlineData("docker.io", "https://registry-1.docker.io/")]
    [InlineData("index.docker.io", "https://registry-1.docker.io/")]
    [InlineData("ghcr.io", "https://ghcr.io/")]
    [InlineData("registry.example:5000", "https://registry.example:5000/")]
    [InlineData("127.0.0.1:5000", "http://127.0.0.1:5000/")]
    [InlineData("127.9.8.7", "http://127.9.8.7/")]
    [InlineData("localhost:5000", "http://localhost:5000/")]
    [InlineData("[::1]:5000", "http://[::1]:5000/")]
    [InlineData("localhost.example", "https://localhost.example/")]
    [InlineData("127.0.0.1.example", "https://127.0.0.1.example/")]
    [InlineData("told.example", "http://told.example/")]
    [InlineData("127.0.0.1:5443", "https://127.0.0.1:5443/")]
    public void Only_loopback_names_and_those_we_were_told_are_spoken_to_in_plain_HTTP(string name, string address)
    {
        var options = new RegistryOptions { PlainHttp = ["told.example"], LoopbackTls = ["127.0.0.1:5443"] };

        Assert.Equal(new Uri(address), RegistryHost.Find(name, options).ShouldSucceed().Address);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("user@host")]
    [InlineData("host/path")]
    [InlineData("host?query")]
    [InlineData("host#fragment")]
    [InlineData("host:99999")]
    public void What_is_no_host_is_refused(string name)
        => RegistryHost.Find(name, new RegistryOptions()).ShouldFailWith("registry.host");

    [Theory]
    [InlineData("https://auth.example/token", true, true)]
    [InlineData("https://registry.example/token", false, true)]
    [InlineData("https://auth.example/token", false, false)]
    [InlineData("http://registry.example/token", false, false)]
    [InlineData("http://127.0.0.1/token", true, false)]
    [InlineData("https://user@auth.example/token", true, false)]
    public void Credentials_go_to_the_own_host_or_where_a_registry_said_so_over_TLS(string realm, bool registryHasTls, bool allowed)
    {
        var options = new RegistryOptions { PlainHttp = registryHasTls ? [] : ["registry.example"] };
        var host = RegistryHost.Find("registry.example", options).ShouldSucceed();

        Assert.Equal(allowed, Realm.Parse(realm, host, new Credential.Basic("user", "secret")).Succeeded(out _, out _));
    }

    [Fact]
    public void Without_credentials_a_token_server_over_TLS_may_be_anywhere()
    {
        var host = RegistryHost.Find("127.0.0.1:5000", new RegistryOptions()).ShouldSucceed();

        Realm.Parse("https://auth.example/token", host, new Credential.Anonymous()).ShouldSucceed();
        Realm.Parse("http://localhost:6000/token", host, new Credential.Anonymous()).ShouldSucceed();
        Realm.Parse("http://auth.example/token", host, new Credential.Anonymous()).ShouldFailWith("registry.realm");
    }
}
