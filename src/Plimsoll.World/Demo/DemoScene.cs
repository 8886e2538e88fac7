using Plimsoll.Verification.Judging;

namespace Plimsoll.World.Demo;

/// <summary>What a scene came to: a verdict, or a word about what was not signed.</summary>
/// <param name="Verdict">The verdict on the image that the attacker wants to run.</param>
/// <param name="Note">What else there is to see, such as a statement that was left out of a signature.</param>
public sealed record DemoOutcome(Verdict Verdict, string? Note = null);

/// <summary>One image, honest or attacked, and how it has to end.</summary>
/// <param name="Name">How the scene is asked for.</param>
/// <param name="Story">What happens, in a line.</param>
/// <param name="Expected">The code of the refusal; null where the image is to be accepted.</param>
/// <param name="Play">Plays it.</param>
public sealed record DemoScene(string Name, string Story, string? Expected, Func<DemoStage, CancellationToken, Task<DemoOutcome>> Play)
{
    /// <summary>Whether the outcome is the expected one.</summary>
    public bool Holds(DemoOutcome outcome) => outcome.Verdict.Refusal?.Code == Expected;
}
