using Plimsoll.Client.Identity;

namespace Plimsoll.Tests.Client.Identity;

public class BuildFactsTests
{
    [Fact]
    public void A_github_job_says_what_it_builds()
    {
        var facts = BuildFacts.From(Samples.Environment(
            ("GITHUB_ACTIONS", "true"), ("GITHUB_REPOSITORY", "acme/app"), ("GITHUB_REF", "refs/heads/main"),
            ("GITHUB_SHA", "4f1c"), ("GITHUB_RUN_ID", "81"), ("GITHUB_WORKFLOW_REF", "acme/app/.github/workflows/x.yml@refs/heads/main"))).Facts;

        Assert.Equal("GitHub Actions", facts["system"]);
        Assert.Equal("acme/app", facts["repository"]);
        Assert.Equal("refs/heads/main", facts["ref"]);
        Assert.Equal("4f1c", facts["commit"]);
        Assert.Equal("81", facts["run"]);
        Assert.Equal("acme/app/.github/workflows/x.yml@refs/heads/main", facts["workflow"]);
        Assert.False(facts.ContainsKey("trigger"));
    }

    [Fact]
    public void A_forgejo_job_is_not_called_githubs()
        => Assert.Equal("Forgejo Actions", BuildFacts.From(Samples.Environment(("GITHUB_ACTIONS", "true"), ("GITEA_ACTIONS", "true"))).Facts["system"]);

    [Fact]
    public void A_gitlab_job_says_what_it_builds()
    {
        var facts = BuildFacts.From(Samples.Environment(
            ("GITLAB_CI", "true"), ("CI_PROJECT_PATH", "acme/app"), ("CI_COMMIT_REF_NAME", "main"), ("CI_PIPELINE_ID", "66"))).Facts;

        Assert.Equal("GitLab CI", facts["system"]);
        Assert.Equal("acme/app", facts["repository"]);
        Assert.Equal("main", facts["ref"]);
        Assert.Equal("66", facts["run"]);
    }

    [Fact]
    public void Tokens_are_no_facts()
    {
        var facts = BuildFacts.From(Samples.Environment(
            ("GITHUB_ACTIONS", "true"), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "secret"), ("GITHUB_TOKEN", "secret"), ("OPENPUBKEY_JWT", "secret"))).Facts;

        Assert.DoesNotContain("secret", facts.Values);
    }

    [Theory]
    [InlineData("main\u001b[2J")]
    [InlineData("main\nforged: line")]
    [InlineData("\ud800")]
    public void A_value_that_could_play_with_a_terminal_is_left_out(string value)
        => Assert.False(BuildFacts.From(Samples.Environment(("GITLAB_CI", "true"), ("CI_COMMIT_REF_NAME", value))).Facts.ContainsKey("ref"));

    [Theory]
    [InlineData(BuildFacts.MostCharacters, true)]
    [InlineData(BuildFacts.MostCharacters + 1, false)]
    public void An_overlong_value_is_left_out(int length, bool kept)
        => Assert.Equal(kept, BuildFacts.From(Samples.Environment(("GITLAB_CI", "true"), ("CI_COMMIT_REF_NAME", new string('x', length)))).Facts.ContainsKey("ref"));

    [Fact]
    public void Elsewhere_nothing_is_known()
        => Assert.Empty(BuildFacts.From(Samples.Environment(("GITHUB_REPOSITORY", "acme/app"))).Facts);
}
