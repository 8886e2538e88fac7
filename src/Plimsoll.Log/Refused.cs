namespace Plimsoll.Log;

/// <summary>Makes the failures of this project; the codes stand where they are decided.</summary>
internal static class Refused
{
    private const string AskAgain = "fetch it again; if it stays, tell the log's operator";

    public static Failure Malformed(string code, string what, string next = AskAgain) => new(Refusal.Malformed, code, what, next);

    public static Failure Untrusted(string code, string what, string next) => new(Refusal.Untrusted, code, what, next);

    public static Failure Missing(string code, string what, string next) => new(Refusal.Missing, code, what, next);

    /// <summary>Text from outside, cut to what a message can bear.</summary>
    public static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
