using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Plimsoll.Oci;

namespace Plimsoll.Tests.Oci;

public sealed class ReferenceTests
{
    private const string Hex = "c5b1261d6d3e43071626931fc004f70149baeba2c8ec672bd4f27761f8e1ad6b";

    [Theory]
    [InlineData("alpine", "docker.io/library/alpine:latest", "alpine:latest")]
    [InlineData("alpine:3.20", "docker.io/library/alpine:3.20", "alpine:3.20")]
    [InlineData("library/alpine", "docker.io/library/alpine:latest", "alpine:latest")]
    [InlineData("docker.io/alpine", "docker.io/library/alpine:latest", "alpine:latest")]
    [InlineData("index.docker.io/library/alpine", "docker.io/library/alpine:latest", "alpine:latest")]
    [InlineData("index.docker.io/alpine", "docker.io/library/alpine:latest", "alpine:latest")]
    [InlineData("team/app", "docker.io/team/app:latest", "team/app:latest")]
    [InlineData("library/team/app", "docker.io/library/team/app:latest", "library/team/app:latest")]
    [InlineData("localhost/app", "localhost/app:latest", "localhost/app:latest")]
    [InlineData("localhost:5000/app:1", "localhost:5000/app:1", "localhost:5000/app:1")]
    [InlineData("registry.example/app", "registry.example/app:latest", "registry.example/app:latest")]
    [InlineData("registry:5000/app", "registry:5000/app:latest", "registry:5000/app:latest")]
    [InlineData("Registry.Example/app", "registry.example/app:latest", "registry.example/app:latest")]
    [InlineData("[::1]:5000/app", "[::1]:5000/app:latest", "[::1]:5000/app:latest")]
    [InlineData("[0:0:0:0:0:0:0:1]/app", "[::1]/app:latest", "[::1]/app:latest")]
    [InlineData("docker.io/localhost/app", "docker.io/localhost/app:latest", "docker.io/localhost/app:latest")]
    [InlineData("a.b__c_d---e/x", "a.b__c_d---e/x:latest", null)]
    [InlineData("x/a.b__c_d---e", "docker.io/x/a.b__c_d---e:latest", "x/a.b__c_d---e:latest")]
    [InlineData("alpine@sha256:" + Hex, "docker.io/library/alpine@sha256:" + Hex, "alpine@sha256:" + Hex)]
    [InlineData("alpine:3.20@sha256:" + Hex, "docker.io/library/alpine:3.20@sha256:" + Hex, "alpine:3.20@sha256:" + Hex)]
    public void A_reference_has_one_normal_form(string text, string normal, string? familiar)
    {
        if (familiar is null)
        {
            Reference.Parse(text).ShouldFailWith("oci.repository");
            return;
        }

        var reference = Reference.Parse(text).ShouldSucceed();

        Assert.Equal(normal, reference.ToString());
        Assert.Equal(familiar, reference.Familiar);
        Assert.Equal(reference, Reference.Parse(normal).ShouldSucceed());
        Assert.Equal(reference, Reference.Parse(familiar).ShouldSucceed());
    }

    [Theory]
    [InlineData("", "oci.repository")]
    [InlineData("/", "oci.repository")]
    [InlineData("Alpine", "oci.repository")]
    [InlineData("team/App", "oci.repository")]
    [InlineData("Foo/bar", "oci.repository")]
    [InlineData("../etc/passwd", "oci.repository")]
    [InlineData("registry.example/../../v2/other", "oci.repository")]
    [InlineData("registry.example/a//b", "oci.repository")]
    [InlineData("registry.example/a/./b", "oci.repository")]
    [InlineData("registry.example/a/", "oci.repository")]
    [InlineData("registry.example//a", "oci.repository")]
    [InlineData("registry.example/a%2fb", "oci.repository")]
    [InlineData("registry.example/a\\b", "oci.repository")]
    [InlineData("registry.example/a?b", "oci.repository")]
    [InlineData("registry.example/a#b", "oci.repository")]
    [InlineData("registry.example/a b", "oci.repository")]
    [InlineData("registry.example/a\nb", "oci.repository")]
    [InlineData("user@registry.example/a", "digest.malformed")]
    [InlineData("user:pass@registry.example/a", "digest.malformed")]
    [InlineData("https://registry.example/a", "oci.repository")]
    [InlineData("registry.example:0/a", "oci.repository")]
    [InlineData("registry.example:080/a", "oci.repository")]
    [InlineData("registry.example:65536/a", "oci.repository")]
    [InlineData("registry.example:/a", "oci.repository")]
    [InlineData("registry.example./a", "oci.repository")]
    [InlineData("-registry.example/a", "oci.repository")]
    [InlineData("registry..example/a", "oci.repository")]
    [InlineData("registry.exam\u212Ale/a", "oci.repository")]
    [InlineData("[::1%25eth0]/a", "oci.repository")]
    [InlineData("[127.0.0.1]/a", "oci.repository")]
    [InlineData("[::1/a", "oci.repository")]
    [InlineData("a..b", "oci.repository")]
    [InlineData("a___b", "oci.repository")]
    [InlineData("a._b", "oci.repository")]
    [InlineData("-a", "oci.repository")]
    [InlineData("a-", "oci.repository")]
    [InlineData("аlpine", "oci.repository")]
    [InlineData("alpine:", "oci.tag")]
    [InlineData("alpine:-x", "oci.tag")]
    [InlineData("alpine:.x", "oci.tag")]
    [InlineData("alpine:a b", "oci.tag")]
    [InlineData("alpine:a:b", "oci.repository")]
    [InlineData("alpine@", "digest.malformed")]
    [InlineData("alpine@sha256:abc", "digest.malformed")]
    [InlineData("alpine@md5:abc", "digest.malformed")]
    [InlineData("alpine@sha256:" + Hex + "@sha256:" + Hex, "digest.malformed")]
    [InlineData(Hex, "oci.reference")]
    public void A_reference_that_could_mislead_is_refused(string text, string code) => Reference.Parse(text).ShouldFailWith(code);

    [Fact]
    public void Lengths_are_bounded_on_both_sides()
    {
        var longest = "registry.example/" + new string('a', RepositoryName.MostCharacters - 17);

        Assert.Equal(RepositoryName.MostCharacters, RepositoryName.Parse(longest).ShouldSucceed().ToString().Length);
        RepositoryName.Parse(longest + "a").ShouldFailWith("oci.repository");
        RepositoryName.Parse(new string('a', RepositoryName.MostCharacters)).ShouldFailWith("oci.repository");
        Reference.Parse("a:" + new string('t', Tag.MostCharacters)).ShouldSucceed();
        Reference.Parse("a:" + new string('t', Tag.MostCharacters + 1)).ShouldFailWith("oci.tag");
        Reference.Parse(new string('a', 600)).ShouldFailWith("oci.reference");
    }

    [Fact]
    public void A_repository_takes_neither_tag_nor_digest()
    {
        RepositoryName.Parse("alpine:3.20").ShouldFailWith("oci.repository");
        RepositoryName.Parse("alpine@sha256:" + Hex).ShouldFailWith("oci.repository");
    }

    [Fact]
    public void Text_of_any_kind_gives_a_reference_that_reads_back_or_a_failure()
    {
        var words = Gen.Elements("a", "b9", "A", ".", "-", "_", "__", "/", ":", "@", "localhost", "docker.io", "library", "5000", "sha256:" + Hex, "é", "%", "[", "]", "::1", "\0");
        var texts = words.ListOf().Select(parts => string.Concat(parts)).ToArbitrary();

        Prop.ForAll(texts, text => !Reference.Parse(text).Succeeded(out var reference, out _)
            || (Reference.Parse(reference.ToString()).ShouldSucceed() == reference && Reference.Parse(reference.Familiar).ShouldSucceed() == reference
                && Encoding.UTF8.GetByteCount(reference.ToString()) == reference.ToString().Length)).QuickCheckThrowOnFailure();
        Prop.ForAll<string>(text => text is null || Reference.Parse(text).Succeeded(out _, out _) || true).QuickCheckThrowOnFailure();
    }
}
