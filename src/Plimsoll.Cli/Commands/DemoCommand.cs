using System.CommandLine;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Plimsoll.Cli.Output;
using Plimsoll.Verification.Judging;
using Plimsoll.World.Demo;

namespace Plimsoll.Cli.Commands;

/// <summary><c>plimsoll demo</c>: an accepted image and the refused attacks, on loopback, on one screen.</summary>
internal static partial class DemoCommand
{
    private const int MostCharacters = 220;

    private static readonly Argument<string[]> Names = new("scene") { Description = "Scenes to play; all without any", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> List = new("--list") { Description = "Only list the scenes" };
    private static readonly Option<bool> Verbose = new("--verbose", "-v") { Description = "Show each verdict whole" };

    public static Command Create()
    {
        var command = new VerbCommand(
            "demo", "Shows what Plimsoll does, on loopback: one release accepted, one attack after another refused.",
            "plimsoll demo",
            "# one attack, with its whole verdict",
            "plimsoll demo stolen-token --verbose");
        command.Add(Names);
        command.Add(List);
        command.Add(Verbose);
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var terminal = Terminal.OfProcess(quiet: true);
        var names = parsed.GetValue(Names) ?? [];
        if (Array.Find(names, name => DemoScenes.All.All(scene => scene.Name != name)) is { } unknown)
        {
            terminal.Error($"plimsoll: there is no scene '{unknown}'");
            terminal.Error("next: see `plimsoll demo --list`");
            return ExitCodes.Usage;
        }

        var scenes = DemoScenes.All.Where(scene => names.Length == 0 || names.Contains(scene.Name)).ToList();
        if (parsed.GetValue(List))
        {
            foreach (var scene in scenes)
                terminal.Line($"{scene.Name,-18} {scene.Story}");
            return ExitCodes.Accepted;
        }

        return await Play(terminal, scenes, parsed.GetValue(Verbose), cancellation);
    }

    private static async Task<int> Play(Terminal terminal, List<DemoScene> scenes, bool verbose, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        await using var stage = await DemoStage.Start(cancellation);
        terminal.Line($"registry {stage.Host}, identity provider {stage.Provider.GitHubIssuer}: both on loopback, both gone when this ends");
        terminal.Line("the policy trusts acme/app (id 717410000) through acme's release workflow, and nobody else");
        terminal.Line("");

        var broken = 0;
        foreach (var scene in scenes)
        {
            var outcome = await scene.Play(stage, cancellation);
            Show(terminal, scene, outcome, verbose);
            if (scene.Holds(outcome))
                continue;
            broken++;
            terminal.Error($"plimsoll: '{scene.Name}' should have been {scene.Expected ?? "accepted"}");
        }

        terminal.Line("");
        terminal.Line("unsafe in every verdict of this version: time not proven, log none, catalogue none, keys live (docs/threat-model.md)");
        terminal.Line($"{scenes.Count - broken} of {scenes.Count} scenes ended as they must, in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
        return broken == 0 ? ExitCodes.Accepted : ExitCodes.Differs;
    }

    private static void Show(Terminal terminal, DemoScene scene, DemoOutcome outcome, bool verbose)
    {
        var word = outcome.Refusal is null ? "accepted" : "refused";
        terminal.Line($"{terminal.Paint(word, word)}{new string(' ', 10 - word.Length)}{scene.Name}: {scene.Story}");
        if (outcome.Refusal is { } refusal)
            terminal.Line($"          {Shorten(refusal.What)}   {refusal.Code}");
        if (outcome.NotSigned is not null && outcome.Verdict.Accepted)
            terminal.Line("          the image was signed without it, and is accepted");
        if (verbose)
            VerdictText.Write(terminal, outcome.Verdict);
        else if (outcome.Refusal is null)
            ShowAccepted(terminal, outcome.Verdict);
    }

    private static void ShowAccepted(Terminal terminal, Verdict verdict)
    {
        foreach (var finding in verdict.Findings.Where(finding => finding is { Outcome: Outcome.Ok, Subject: "identity" or "content" }))
            terminal.Line($"          {finding.Subject}: {Shorten(finding.What)}");
    }

    // One screen: a digest's beginning tells two apart; --verbose has them whole.
    private static string Shorten(string text)
    {
        var printable = Hex().Replace(Terminal.Printable(text), "${start}…");
        return printable.Length <= MostCharacters ? printable : printable[..(MostCharacters - 1)] + "…";
    }

    [GeneratedRegex("(?<start>[0-9a-f]{12})[0-9a-f]{52}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hex();
}
