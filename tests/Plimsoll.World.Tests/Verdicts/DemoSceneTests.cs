using Plimsoll.World.Demo;

namespace Plimsoll.World.Tests.Verdicts;

/// <summary>Each scene of the demonstration, under the name of its attack.</summary>
public sealed class DemoSceneTests
{
    [Fact]
    public Task A_released_image_is_accepted() => Play("release");

    [Fact]
    public Task A_tampered_index_is_refused() => Play("tampered");

    [Fact]
    public Task An_image_copied_with_its_signature_is_refused_elsewhere() => Play("copied");

    [Fact]
    public Task A_second_child_for_one_platform_is_refused() => Play("second-child");

    [Fact]
    public Task A_wrong_identity_is_refused() => Play("wrong-identity");

    [Fact]
    public Task A_foreign_caller_of_the_right_workflow_is_refused() => Play("foreign-caller");

    [Fact]
    public Task A_stolen_PK_token_on_another_image_is_refused() => Play("stolen-token");

    [Fact]
    public Task A_planted_statement_about_a_foreign_image_is_not_signed() => Play("planted-statement");

    [Fact]
    public Task A_key_that_the_provider_does_not_have_is_refused() => Play("unknown-key");

    [Fact]
    public Task An_unsigned_image_is_refused() => Play("unsigned");

    [Fact]
    public void Every_scene_of_the_demonstration_has_a_test()
    {
        var played = typeof(DemoSceneTests).GetMethods().Count(method => method.ReturnType == typeof(Task));

        Assert.Equal(DemoScenes.All.Length, played);
    }

    private static async Task Play(string name)
    {
        var scene = DemoScenes.All.Single(scene => scene.Name == name);
        await using var stage = await DemoStage.Start(TestContext.Current.CancellationToken);

        var outcome = await scene.Play(stage, TestContext.Current.CancellationToken);

        Assert.Equal(scene.Expected, outcome.Refusal?.Code);
        Assert.Equal(scene.Expected is null || outcome.NotSigned is not null, outcome.Verdict.Accepted);
        foreach (var subject in new[] { "time", "log", "catalogue", "keys" })
            Assert.Contains(outcome.Verdict.Findings, finding => finding.Subject == subject && finding.Outcome == Verification.Judging.Outcome.Unsafe);
    }
}
