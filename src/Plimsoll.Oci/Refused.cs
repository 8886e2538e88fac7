namespace Plimsoll.Oci;

/// <summary>Makes the failures of this project; the codes stand where they are decided.</summary>
internal static class Refused
{
    private const string MakeAgain =
        "build and push the image again with a current BuildKit; if it stays, the registry or a proxy serves a crafted document";

    public static Failure Malformed(string code, string what, string next = MakeAgain) => new(Refusal.Malformed, code, what, next);

    public static Failure Missing(string code, string what, string next) => new(Refusal.Missing, code, what, next);

    /// <summary>Text from outside, cut to what a message can bear.</summary>
    public static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
