namespace Plimsoll.Primitives;

/// <summary>The families of refusals; each has its own exit code of the command and its own HTTP status.</summary>
public enum Refusal
{
    /// <summary>The bytes are not a well-formed instance of their format.</summary>
    Malformed,

    /// <summary>Well formed, but not signed by whom it would have to be, or not about this.</summary>
    Untrusted,

    /// <summary>Was good once: expired, rolled back or revoked.</summary>
    Stale,

    /// <summary>Something that must be there is not.</summary>
    Missing,

    /// <summary>The policy, or a server, says no.</summary>
    Denied,

    /// <summary>A server could not be reached or did not answer in time and within bounds.</summary>
    Unreachable,
}

/// <summary>Why something was refused, and what its reader can do about it.</summary>
/// <param name="Kind">The family; it decides the exit code and the HTTP status.</param>
/// <param name="Code">A stable name, such as <c>tuf.rollback</c>; every one is listed in docs/failures.md.</param>
/// <param name="What">What was found, with both values that were compared. Never a secret, never a whole token.</param>
/// <param name="Next">The first thing to try, as an instruction.</param>
public sealed record Failure(Refusal Kind, string Code, string What, string Next)
{
    /// <summary>The code and what was found, in one line, for logs and assertion messages.</summary>
    public override string ToString() => $"{Code}: {What}";
}
