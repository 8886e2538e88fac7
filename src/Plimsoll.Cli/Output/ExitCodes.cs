using Plimsoll.Primitives;

namespace Plimsoll.Cli.Output;

/// <summary>The exit codes of every command (docs/failures.md).</summary>
public static class ExitCodes
{
    public const int Accepted = 0;
    public const int Differs = 1;
    public const int Usage = 2;
    public const int Internal = 70;
    public const int Cancelled = 130;

    public static int Of(Refusal kind) => kind switch
    {
        Refusal.Malformed => 10,
        Refusal.Untrusted => 11,
        Refusal.Stale => 12,
        Refusal.Missing => 13,
        Refusal.Denied => 14,
        Refusal.Unreachable => 15,
        _ => Internal,
    };
}
