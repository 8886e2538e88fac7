using System.Text;
using Plimsoll.Envelopes;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Verification.Subjects;

namespace Plimsoll.Tests.Verification.Subjects;

public sealed class ImageSubjectsTests
{
    private static readonly Digest Ours = Digest.Sha256("ours"u8);
    private static readonly Digest Other = Digest.Sha256("other"u8);
    private static readonly Platform Amd64 = Platform.Parse("linux/amd64").ShouldSucceed();

    [Theory]
    [InlineData("cases")]
    [InlineData("more/cases")]
    public void The_table_of_subjects_has_its_verdicts(string folder)
    {
        // docker/attest does not compare tags, and neither does this method: the release statement and the catalogue do.
        using var table = SharedJson.Read($"vectors/docker-attest/{folder}/subject.json");

        foreach (var vector in table.RootElement.GetProperty("cases").EnumerateArray())
        {
            var reference = Reference.Parse(vector.Text("imageRef")).ShouldSucceed();
            var digest = vector.GetProperty("digestMatches").GetBoolean() ? Ours : Other;

            var found = ImageSubjects.Find(
                About((vector.Text("subjectName"), Ours)), reference.Repository, digest, Platform.Parse(vector.Text("platform")).ShouldSucceed());

            Assert.True(found.Succeeded(out _, out _) == vector.GetProperty("accept").GetBoolean(), vector.Text("name"));
        }
    }

    [Theory]
    [InlineData("cases")]
    [InlineData("more/cases")]
    public void The_table_of_package_urls_is_reproduced(string folder)
    {
        using var table = SharedJson.Read($"vectors/docker-attest/{folder}/ref-to-purl.json");

        foreach (var vector in table.RootElement.GetProperty("cases").EnumerateArray())
        {
            var reference = Reference.Parse(vector.Text("ref")).ShouldSucceed();

            var purl = ImagePurl.Of(reference, table.RootElement.Text("platform"));

            Assert.Equal(vector.Text("purl"), purl.ToString());
            Assert.Equal(vector.GetProperty("canonical").GetBoolean(), reference.Digest is not null);
            Assert.Equal(reference.Repository, ImagePurl.RepositoryOf(PackageUrl.Parse(purl.ToString()).ShouldSucceed()).ShouldSucceed());
        }
    }

    [Fact]
    public void The_right_name_on_one_subject_and_the_right_digest_on_another_are_no_match()
        => ImageSubjects.Find(
            About(("pkg:docker/app?platform=linux%2Famd64", Other), ("pkg:docker/evil?platform=linux%2Famd64", Ours)), Name("app"), Ours, Amd64)
            .ShouldFailWith("subject.other-repository");

    [Fact]
    public void A_later_subject_that_fits_is_found()
        => Assert.Equal("pkg:docker/app@1?platform=linux%2Famd64", ImageSubjects.Find(
            About(("pkg:docker/evil?platform=linux%2Famd64", Ours), ("pkg:docker/app@1?platform=linux%2Famd64", Ours)), Name("app"), Ours, Amd64).ShouldSucceed().Name);

    [Theory]
    [InlineData("pkg:docker/app@1?platform=linux%2Farm64", "subject.other-platform")]
    [InlineData("pkg:docker/app@1", "subject.other-platform")]
    [InlineData("docker.io/library/app", "subject.other-platform")]
    [InlineData("pkg:docker/app?platform=amd64", "oci.platform")]
    [InlineData("pkg:docker/team/app@1?platform=linux%2Famd64", "subject.other-repository")]
    [InlineData("pkg:docker/app@1?platform=linux%2Famd64&repository_url=evil.example", "subject.other-repository")]
    [InlineData("pkg:docker/app?digest=sha256%3Aaa&platform=linux%2Famd64", "subject.other-digest")]
    [InlineData("pkg:docker/app@sha256%3Aaa?platform=linux%2Famd64", "subject.other-digest")]
    [InlineData("pkg:oci/app@1?platform=linux%2Famd64", "subject.not-an-image")]
    [InlineData("pkg:docker/App@1?platform=linux%2Famd64", "oci.repository")]
    [InlineData("pkg:docker/../app", "purl.malformed")]
    [InlineData("", "subject.nameless")]
    public void A_statement_about_something_else_is_refused(string name, string code)
        => ImageSubjects.Find(About((name, Ours)), Name("app"), Ours, Amd64).ShouldFailWith(code);

    [Fact]
    public void A_nameless_subject_is_bound_to_no_repository()
        => ImageSubjects.Find(Parse($"{{\"digest\":{{\"sha256\":\"{Ours.Hex}\"}}}}"), Name("app"), Ours, null).ShouldFailWith("subject.nameless");

    [Fact]
    public void Another_digest_is_refused_before_anything_else()
        => ImageSubjects.Find(About(("pkg:docker/app?platform=linux%2Famd64", Other)), Name("app"), Ours, Amd64).ShouldFailWith("subject.other-digest");

    [Fact]
    public void Spellings_of_one_platform_are_one_platform()
        // docker/attest compares text, and refuses the official arm64 images on an arm64 host.
        => ImageSubjects.Find(
            About(("pkg:docker/app@1?platform=linux%2Farm64%2Fv8", Ours)), Name("app"), Ours, Platform.Parse("linux/arm64").ShouldSucceed()).ShouldSucceed();

    [Fact]
    public void A_whole_index_is_named_by_its_repository_alone()
        => ImageSubjects.Find(About(("docker.io/library/app", Ours)), Name("app"), Ours, null).ShouldSucceed();

    [Fact]
    public void A_statement_planted_about_a_foreign_image_is_found_before_it_is_signed()
    {
        ImageSubjects.ForeignNames(About(("pkg:docker/app", Ours), ("pkg:docker/victim", Other)), Ours, Name("app")).ShouldFailWith("subject.planted");
        ImageSubjects.ForeignNames(
            Parse($"{{\"name\":\"pkg:docker/app\",\"digest\":{{\"sha256\":\"{Ours.Hex}\",\"sha512\":\"{new string('a', 128)}\"}}}}"), Ours, Name("app")).ShouldFailWith("subject.planted");
    }

    [Fact]
    public void Foreign_names_of_the_right_manifest_are_reported()
    {
        var statement = About(("pkg:docker/app@1", Ours), ("pkg:docker/staging/app@2", Ours), ("pkg:docker/staging/app@2", Ours), ("%", Ours));

        Assert.Equal(["pkg:docker/staging/app@2", "%"], ImageSubjects.ForeignNames(statement, Ours, Name("app")).ShouldSucceed());
    }

    [Fact]
    public void A_statement_without_subjects_is_about_what_it_is_attached_to()
    {
        var bytes = Encoding.UTF8.GetBytes("""{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"p","predicate":{}}""");

        Assert.Empty(ImageSubjects.ForeignNames(InTotoStatement.ParseAttached(bytes).ShouldSucceed(), Ours, Name("app")).ShouldSucceed());
    }

    private static RepositoryName Name(string text) => RepositoryName.Parse(text).ShouldSucceed();

    private static InTotoStatement About(params (string Name, Digest Digest)[] subjects)
        => Parse([.. subjects.Select(subject => $"{{\"name\":\"{subject.Name}\",\"digest\":{{\"sha256\":\"{subject.Digest.Hex}\"}}}}")]);

    private static InTotoStatement Parse(params string[] subjects) => InTotoStatement.Parse(Encoding.UTF8.GetBytes(
        $"{{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{string.Join(',', subjects)}],\"predicateType\":\"p\",\"predicate\":{{}}}}")).ShouldSucceed();
}
