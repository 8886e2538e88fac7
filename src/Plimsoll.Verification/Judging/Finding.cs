namespace Plimsoll.Verification.Judging;

/// <summary>The steps of a verdict, in their order.</summary>
public enum Step
{
    /// <summary>The reference and the platform, normalised.</summary>
    Reference = 1,

    /// <summary>The trusted state of the trust repository.</summary>
    TrustState,

    /// <summary>The policy rule for the repository.</summary>
    Coverage,

    /// <summary>Whether the tag is current.</summary>
    Current,

    /// <summary>Signatures and who made them.</summary>
    Signatures,

    /// <summary>Whether the image is what was signed.</summary>
    Content,

    /// <summary>The policy's rules about statements.</summary>
    Rules,

    /// <summary>Accepted or refused.</summary>
    Verdict,
}

/// <summary>What a step found.</summary>
public enum Outcome
{
    /// <summary>The step holds.</summary>
    Ok,

    /// <summary>The step holds as far as it was asked, with a danger that the reader must know.</summary>
    Unsafe,

    /// <summary>Something foreign or broken that does not count, and does no harm.</summary>
    Ignored,

    /// <summary>The step does not hold; the verdict is refused.</summary>
    Refused,
}

/// <summary>One line of a verdict.</summary>
/// <param name="Step">Where in the pipeline it was found.</param>
/// <param name="Outcome">What it means for the verdict.</param>
/// <param name="Subject">One word for what the line is about, such as <c>identity</c>.</param>
/// <param name="What">What was found.</param>
/// <param name="Failure">The failure behind a refused or ignored finding.</param>
public sealed record Finding(Step Step, Outcome Outcome, string Subject, string What, Failure? Failure = null);
