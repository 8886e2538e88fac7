using Plimsoll.Primitives;
using Plimsoll.Verification.Judging;

namespace Plimsoll.World.Demo;

/// <summary>What a scene came to.</summary>
/// <param name="Verdict">The verdict on the image that the attacker wants to run.</param>
/// <param name="NotSigned">Why something was refused at signing already, where that is the attack; the image was signed without it.</param>
public sealed record DemoOutcome(Verdict Verdict, Failure? NotSigned = null)
{
    /// <summary>The refusal that answers the attack, made at signing or at verifying; null where there was nothing to refuse.</summary>
    public Failure? Refusal => NotSigned ?? Verdict.Refusal;
}

/// <summary>One image, honest or attacked, and how it has to end.</summary>
/// <param name="Name">How the scene is asked for.</param>
/// <param name="Story">What happens, in a line.</param>
/// <param name="Expected">The code of the refusal; null where nothing is to be refused.</param>
/// <param name="Play">Plays it.</param>
public sealed record DemoScene(string Name, string Story, string? Expected, Func<DemoStage, CancellationToken, Task<DemoOutcome>> Play)
{
    /// <summary>Whether the outcome is the expected one.</summary>
    public bool Holds(DemoOutcome outcome) => outcome.Refusal?.Code == Expected;
}
