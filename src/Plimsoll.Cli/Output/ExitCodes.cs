using Plimsoll.Primitives;

namespace Plimsoll.Cli.Output;

/// <summary>The exit codes of every command (docs/failures.md).</summary>
public static class ExitCodes
{
    public const int Accepted = 0;
    public const int Differs = 1;
    public const int Usage = 2;
    public const int Internal = 70;

    /// <summary>As a shell says it of a program that Ctrl-C ended.</summary>
    public const int Interrupted = 130;

    /// <summary>As a shell says it of a program that was asked to end.</summary>
    public const int Terminated = 143;

    public static int Of(Failure failure) => IsUsage(failure.Code) ? Usage : Of(failure.Kind);

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

    private static bool IsUsage(string code) => code is "cli.usage" or "cli.image" or "cli.layout-name" or "cli.provider";
}
