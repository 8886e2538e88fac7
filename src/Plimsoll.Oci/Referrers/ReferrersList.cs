namespace Plimsoll.Oci.Referrers;

/// <summary>
/// What a registry lists as attached to a digest, from the referrers API or the tag scheme. It is a hint that nobody
/// signed: one bad line never hides the good ones, and the bounds say how much of it is ever looked at.
/// </summary>
public sealed record ReferrersList
{
    /// <summary>Most referrers that are looked at over all pages; what comes after them is not read.</summary>
    public const int MostListed = 1024;

    /// <summary>Most referrers whose manifests are fetched.</summary>
    public const int MostFetched = 256;

    /// <summary>Largest manifest of a referrer that is fetched.</summary>
    public const int MostManifestBytes = ImageDocument.MostBytes;

    private ReferrersList(ImmutableArray<Descriptor> entries, int unreadable)
    {
        Entries = entries;
        Unreadable = unreadable;
    }

    /// <summary>Nothing is attached.</summary>
    public static ReferrersList Empty { get; } = new([], 0);

    /// <summary>The manifests that can be read as descriptors, each digest once, in the registry's order.</summary>
    public ImmutableArray<Descriptor> Entries { get; }

    /// <summary>How many lines were left out because they are no descriptor of a manifest, or doubled, or beyond the bound.</summary>
    public int Unreadable { get; }

    /// <summary>Reads one response.</summary>
    public static Result<ReferrersList> Parse(ReadOnlyMemory<byte> bytes)
    {
        if (!ReferrersIndex.Open(bytes).Succeeded(out var manifests, out var failure))
            return failure;

        var entries = new List<Descriptor>();
        foreach (var manifest in manifests)
        {
            if (ImageDocument.ReadDescriptor(manifest, "oci.referrers").Succeeded(out var entry, out _))
                entries.Add(entry);
        }

        return Empty.Extend(entries, manifests.Count - entries.Count);
    }

    /// <summary>Adds another page's entries.</summary>
    public ReferrersList With(ReferrersList page) => Extend(page.Entries, page.Unreadable);

    /// <summary>
    /// The referrers worth fetching, best first, at most <see cref="MostFetched"/>: the wanted artifact types in the order
    /// given, then those whose type says nothing. Within a type the list is taken from both ends inwards, so that neither
    /// junk that was there before nor junk added since hides the good ones until it outnumbers the bound.
    /// </summary>
    /// <param name="artifactTypes">The types that can answer the question, most wanted first.</param>
    /// <param name="most">A smaller bound than <see cref="MostFetched"/>, if one is enough.</param>
    public ImmutableArray<Descriptor> Select(IReadOnlyList<string> artifactTypes, int most = MostFetched)
    {
        var groups = artifactTypes.Distinct(StringComparer.Ordinal).Select(type => Entries.Where(entry => entry.ArtifactType == type));
        // cosign 3 writes the empty configuration's type for the artifact's in the tag scheme; others leave it out.
        var silent = Entries.Where(entry => entry.ArtifactType is null or "" or MediaType.OciEmpty
            && !artifactTypes.Contains(entry.ArtifactType, StringComparer.Ordinal));
        return [.. groups.Append(silent).SelectMany(FromBothEnds).Take(Math.Clamp(most, 0, MostFetched))];
    }

    private static IEnumerable<Descriptor> FromBothEnds(IEnumerable<Descriptor> entries)
    {
        var list = entries.ToArray();
        for (int first = 0, last = list.Length - 1; first <= last; first++, last--)
        {
            yield return list[first];
            if (first < last)
                yield return list[last];
        }
    }

    private ReferrersList Extend(IReadOnlyCollection<Descriptor> page, int unreadable)
    {
        var seen = Entries.Select(entry => entry.Digest).ToHashSet();
        var added = page
            .Where(entry => (MediaType.IsManifest(entry.MediaType) || MediaType.IsIndex(entry.MediaType)) && entry.Size is > 0 and <= MostManifestBytes)
            .Where(entry => seen.Add(entry.Digest))
            .Take(MostListed - Entries.Length)
            .ToArray();
        return new ReferrersList([.. Entries, .. added], Unreadable + unreadable + page.Count - added.Length);
    }
}
