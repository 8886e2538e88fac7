using System.Collections.Immutable;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Plimsoll.Envelopes;
using Plimsoll.Primitives.Hashing;
using TestData = Plimsoll.Testing.TestData;

namespace Plimsoll.Tests.Envelopes;

public sealed class ReleaseStatementTests
{
    private static readonly Digest Root = Digest.Sha256("root"u8);
    private static readonly Digest Amd64 = Digest.Sha256("amd64"u8);
    private static readonly Digest Arm64 = Digest.Sha256("arm64"u8);
    private static readonly Digest Config = Digest.Sha256("config"u8);

    private static ReleaseStatement Release { get; } = new()
    {
        Repository = "registry.example/team/app",
        Root = Root,
        RootMediaType = "application/vnd.oci.image.index.v1+json",
        RootSize = 1607,
        Tags = ["latest", "1.4"],
        Children =
        [
            new ReleaseChild(Amd64, 476, "application/vnd.oci.image.manifest.v1+json", "linux/amd64", Config),
            new ReleaseChild(Arm64, 477, "application/vnd.oci.image.manifest.v1+json", "linux/arm64", Config),
        ],
        Statements = [new ReleasedStatement(Digest.Sha256("sbom"u8), "https://spdx.dev/Document", Amd64)],
        Build = ImmutableSortedDictionary<string, string>.Empty.Add("workflow", "build & push <é>"),
    };

    [Fact]
    public void Writing_and_parsing_is_identity()
    {
        var bytes = Release.ToBytes().ShouldSucceed();
        var read = ReleaseStatement.Parse(bytes).ShouldSucceed();

        Assert.Equal(Release.Repository, read.Repository);
        Assert.Equal(Release.Root, read.Root);
        Assert.Equal((Release.RootMediaType, Release.RootSize), (read.RootMediaType, read.RootSize));
        Assert.Equal(["1.4", "latest"], read.Tags);
        Assert.Equal(Release.Children, read.Children);
        Assert.Equal(Release.Statements, read.Statements);
        Assert.Equal("build & push <é>", read.Build["workflow"]);
        Assert.Equal(bytes, read.ToBytes().ShouldSucceed());
    }

    [Fact]
    public void One_release_has_one_spelling_whatever_the_order_of_its_lists()
    {
        var second = new ReleasedStatement(Digest.Sha256("provenance"u8), "https://slsa.dev/provenance/v1", Arm64);
        var one = Release with { Tags = ["a", "B", "é"], Statements = [.. Release.Statements, second] };
        var other = one with { Tags = ["é", "B", "a"], Statements = [second, .. Release.Statements] };

        Assert.Equal(one.ToBytes().ShouldSucceed(), other.ToBytes().ShouldSucceed());
    }

    [Fact]
    public void The_example_of_the_documentation_is_what_is_written()
    {
        var documentation = File.ReadAllText(Path.Combine(TestData.Repository, "docs", "formats.md"));
        var start = documentation.IndexOf("```json", documentation.IndexOf("## Release statement", StringComparison.Ordinal), StringComparison.Ordinal) + 7;
        var example = documentation[start..documentation.IndexOf("```", start, StringComparison.Ordinal)];

        var release = ReleaseStatement.Parse(Encoding.UTF8.GetBytes(example)).ShouldSucceed();

        Assert.Equal("docker.io/library/alpine", release.Repository);
        Assert.Equal(2, release.Children.Length);
        using var written = System.Text.Json.JsonDocument.Parse(release.ToBytes().ShouldSucceed());
        using var shown = System.Text.Json.JsonDocument.Parse(example);
        Assert.True(System.Text.Json.JsonElement.DeepEquals(shown.RootElement, written.RootElement));
    }

    [Theory]
    [InlineData("\"name\":\"registry.example/team/app\"", "\"nome\":\"registry.example/team/app\"", "release.subject")]
    [InlineData("\"predicateType\":\"https://plimsoll.dev/release/v1\"", "\"predicateType\":\"https://plimsoll.dev/release/v2\"", "release.predicate-type")]
    [InlineData("Statement/v1", "Statement/v0.1", "release.predicate-type")]
    [InlineData("\"tags\":[\"1.4\",\"latest\"]", "\"tags\":[\"1.4\",\"1.4\"]", "release.malformed")]
    [InlineData("\"tags\":[\"1.4\",\"latest\"]", "\"tags\":[\"1.4\",\"\"]", "release.malformed")]
    [InlineData("\"tags\":[\"1.4\",\"latest\"]", "\"tags\":[\"1.4\",5]", "release.malformed")]
    [InlineData("\"tags\":[\"1.4\",\"latest\"]", "\"tagz\":[]", "release.malformed")]
    [InlineData("\"tags\":[", "\"Tags\":[\"evil\"],\"tags\":[", "release.malformed")]
    [InlineData("\"tags\":[", "\"tags\":[\"evil\"],\"tags\":[", "json.duplicate-member")]
    [InlineData("\"size\":1607", "\"size\":-1", "release.malformed")]
    [InlineData("\"size\":1607", "\"size\":1607.0", "release.malformed")]
    [InlineData("\"size\":476", "\"size\":\"476\"", "release.malformed")]
    [InlineData("\"platform\":\"linux/arm64\"", "\"platform\":\"linux/amd64\"", "release.malformed")]
    [InlineData("\"platform\":\"linux/arm64\"", "\"platform\":\"\"", "release.malformed")]
    [InlineData("\"platform\":\"linux/arm64\"", "\"Platform\":\"linux/arm64\"", "release.malformed")]
    [InlineData("\"children\":[", "\"kids\":[", "release.malformed")]
    public void A_release_statement_that_could_mislead_is_refused(string from, string to, string code)
    {
        var text = Encoding.UTF8.GetString(Release.ToBytes().ShouldSucceed());
        Assert.Contains(from, text, StringComparison.Ordinal);

        ReleaseStatement.Parse(Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal))).ShouldFailWith(code);
    }

    [Fact]
    public void A_statement_planted_for_a_foreign_manifest_cannot_be_listed()
    {
        var foreign = new ReleasedStatement(Digest.Sha256("sbom"u8), "p", Digest.Sha256("another image"u8));

        (Release with { Statements = [foreign] }).ToBytes().ShouldFailWith("release.foreign-child");
    }

    [Fact]
    public void Nothing_is_written_that_could_not_be_read()
    {
        (Release with { Children = [] }).ToBytes().ShouldFailWith("release.malformed");
        (Release with { Repository = "" }).ToBytes().ShouldFailWith("release.subject");
        (Release with { Tags = [new string('t', 129)] }).ToBytes().ShouldFailWith("release.malformed");
        (Release with { Tags = [.. Enumerable.Range(0, ReleaseStatement.MostEntries + 1).Select(number => $"{number}")] }).ToBytes().ShouldFailWith("release.malformed");
        (Release with { Tags = [.. Enumerable.Range(0, ReleaseStatement.MostEntries).Select(number => $"{number}")] }).ToBytes().ShouldSucceed();
        (Release with { Statements = [Release.Statements[0], Release.Statements[0]] }).ToBytes().ShouldFailWith("release.malformed");
        (Release with { Children = [Release.Children[0] with { Config = default }] }).ToBytes().ShouldFailWith("release.malformed");
    }

    [Fact]
    public void Members_of_a_later_version_are_left_alone()
    {
        var text = Encoding.UTF8.GetString(Release.ToBytes().ShouldSucceed()).Replace("\"tags\":", "\"since\":{\"a\":[1]},\"tags\":", StringComparison.Ordinal);

        Assert.Equal(Release.Children, ReleaseStatement.Parse(Encoding.UTF8.GetBytes(text)).ShouldSucceed().Children);
    }

    [Fact]
    public void One_changed_character_gives_a_value_or_a_failure_and_never_an_exception()
    {
        var bytes = Release.ToBytes().ShouldSucceed();
        var changes = from at in Gen.Choose(0, bytes.Length - 1) from value in Gen.Choose(0, 255) select (at, value);

        Prop.ForAll(changes.ToArbitrary(), change =>
        {
            var changed = bytes.ToArray();
            changed[change.at] = (byte)change.value;
            return ReleaseStatement.Parse(changed).Succeeded(out _, out _) || true;
        }).QuickCheckThrowOnFailure();
    }
}
