namespace Plimsoll.Oci.Referrers;

/// <summary>The tag under which a registry without the referrers API keeps the list (distribution-spec, Referrers Tag Schema).</summary>
public static class ReferrersTag
{
    private const int MostAlgorithm = 32;
    private const int MostHex = 64;

    /// <summary>The tag for what refers to this digest: <c>sha256-</c> and the value, cut to 64 characters.</summary>
    public static Tag Of(Digest subject)
    {
        var text = $"{Cut(subject.Algorithm, MostAlgorithm)}-{Cut(subject.Hex, MostHex)}";
        return Tag.Parse(text).Succeeded(out var tag, out var failure)
            ? tag
            : throw new ArgumentException(failure.What, nameof(subject));
    }

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most];
}
