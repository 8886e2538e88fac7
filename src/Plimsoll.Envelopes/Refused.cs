namespace Plimsoll.Envelopes;

/// <summary>Makes the failures of this project; the codes stand where they are decided.</summary>
internal static class Refused
{
    public static Failure Malformed(string code, string what, string next = "get it again from its source; if it stays, tell whoever made it")
        => new(Refusal.Malformed, code, what, next);

    /// <summary>Text from outside, cut to what a message can bear.</summary>
    public static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
