using Plimsoll.Primitives;

namespace Plimsoll.Client.Registry;

/// <summary>Reads the one thing that a registry says in a <c>Link</c> header (RFC 8288): where the next page is.</summary>
public static class LinkHeader
{
    /// <summary>Longest header that is read.</summary>
    public const int MaximumLength = 8 * 1024;

    /// <summary>
    /// The target of <c>rel="next"</c> made absolute, or <paramref name="page"/> itself where no further page is named.
    /// A next page on another scheme, host or port is refused: what is listed there was not listed by this registry.
    /// </summary>
    public static Result<Uri> Next(IEnumerable<string> values, Uri page)
    {
        var header = string.Join(", ", values);
        if (header.Length > MaximumLength)
            return Malformed($"is {header.Length} characters long, more than {MaximumLength}");

        var cursor = new HeaderCursor(header);
        Uri? next = null;
        while (!cursor.AtEnd)
        {
            if (!cursor.Skip('<') || cursor.Until('>') is not { } target)
                return Malformed("has a target that does not stand between < and >");

            var isNext = false;
            while (cursor.Skip(';'))
            {
                if (!cursor.Parameter(out var name, out var value) || value is null)
                    return Malformed("has a malformed parameter");
                isNext |= name.Equals("rel", StringComparison.OrdinalIgnoreCase)
                    && value.Split(' ').Contains("next", StringComparer.OrdinalIgnoreCase);
            }

            if (isNext && next is not null)
                return Malformed("names two next pages");
            if (isNext && !(Uri.TryCreate(page, target, out next) && Origin.TryOf(next, out _)))
                return Malformed("has a target that is no address");
            if (!cursor.AtEnd && !cursor.Skip(','))
                return Malformed("has two links without a comma between them");
        }

        if (next is null || Origin.Of(next) == Origin.Of(page))
            return next ?? page;
        return new Failure(
            Refusal.Untrusted, "registry.link", $"the registry at {Origin.Of(page)} says that its next page is at {Origin.Of(next)}",
            "tell the registry's operator; a page of a list comes from the registry itself");
    }

    private static Failure Malformed(string what) => new(
        Refusal.Malformed, "registry.link", $"the registry's Link header {what}", "tell the registry's operator");
}
