using Plimsoll.Verification.Judging;

namespace Plimsoll.Cli.Output;

/// <summary>Prints a verdict: the answer first, a line a finding, the way out last.</summary>
public static class VerdictText
{
    public static void Write(Terminal terminal, Verdict verdict)
    {
        var word = verdict.Accepted ? "accepted" : "refused";
        terminal.Line($"{terminal.Paint(word, word)}  {Terminal.Printable(verdict.Image)}{(verdict.Root is { } root ? $"  {root}" : "")}");

        foreach (var finding in verdict.Findings)
        {
            var outcome = finding.Outcome.ToString().ToLowerInvariant();
            var code = finding.Failure is { } failure ? $"   {failure.Code}" : "";
            terminal.Line($"  {terminal.Paint(outcome, outcome)}{new string(' ', 9 - outcome.Length)}{finding.Subject,-11}{Terminal.Printable(finding.What)}{code}");
        }

        if (verdict.Refusal is { } refusal)
            terminal.Line($"next: {Terminal.Printable(refusal.Next)}");
    }
}
