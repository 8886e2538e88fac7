using Plimsoll.Oci;
using Plimsoll.Oci.Referrers;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Client.Registry;

public sealed partial class RegistryRepository
{
    private const int MaximumPages = 64;
    private const int MaximumFallbackRounds = 10;

    /// <inheritdoc/>
    public async Task<Result<ReferrersList>> ListReferrers(Digest subject, string? artifactType, CancellationToken cancellation)
    {
        // Whether a registry has the API shows only when it is asked, so the tag is asked for at the same time. It counts beside
        // the API too: it holds what was attached before the registry had one.
        var tagged = ListTagged(subject, cancellation);
        var byApi = await ListByApi(subject, artifactType, cancellation);
        var byTag = await tagged;
        if (byApi is not { } answered)
            return byTag;
        return byTag.Succeeded(out var older, out _) ? answered.Select(list => list.With(older)) : answered;
    }

    /// <summary>What the referrers API lists, or null where the registry has none.</summary>
    private async Task<Result<ReferrersList>?> ListByApi(Digest subject, string? artifactType, CancellationToken cancellation)
    {
        var query = artifactType is null ? "" : $"?artifactType={Uri.EscapeDataString(artifactType)}";
        var call = Get($"referrers/{subject}{query}") with { Accept = [MediaType.OciIndex], Bytes = ImageDocument.MostBytes };
        var list = ReferrersList.Empty;
        for (var page = 0; page < MaximumPages && list.Entries.Length < ReferrersList.MostListed; page++)
        {
            var answer = await _transport.Send(call, (response, token) => ReadPage(response, call.Address, token), cancellation);
            if (!answer.Succeeded(out var read, out var failure))
            {
                // Listing Referrers: 404 means that the registry has no such API, so the tag scheme holds the list.
                if (failure.Code == "registry.not-found" && page == 0)
                    return null;
                return failure;
            }

            list = list.With(read.Entries);
            if (read.Next == call.Address)
                break;
            call = call with { Address = read.Next };
        }

        return list;
    }

    private async Task<Result<Page>> ReadPage(HttpResponseMessage response, Uri address, CancellationToken cancellation)
    {
        var links = response.Headers.NonValidated.TryGetValues("Link", out var values) ? values.ToArray() : [];
        if (!(await ReadBody(response, "the list of referrers", ImageDocument.MostBytes, cancellation)).Succeeded(out var bytes, out var failure)
            || !ReferrersList.Parse(bytes).Succeeded(out var entries, out failure)
            || !LinkHeader.Next(links, address).Succeeded(out var next, out failure))
            return failure;
        return new Page(entries, next);
    }

    private async Task<Result<ReferrersList>> ListTagged(Digest subject, CancellationToken cancellation)
    {
        var tag = ReferrersTag.Of(subject);
        var fetched = await FetchManifest(tag.ToString(), $"tag {tag}", cancellation);
        if (fetched.Succeeded(out var index, out var failure))
            return ReferrersList.Parse(index.Bytes);
        return failure.Code == "registry.not-found" ? ReferrersList.Empty : failure;
    }

    /// <summary>
    /// Adds an entry to the list that the tag scheme keeps. The protocol has no lock: an entity tag is used where there is
    /// one, and the list is read again after a pause to see whether a writer who had read the old list has overtaken us. Two
    /// writers lose an entry only if one of them takes longer than that pause between reading and writing.
    /// </summary>
    private async Task<Result<Digest>> AddToFallback(ImageDocument document, Digest subject, CancellationToken cancellation)
    {
        var entry = ReferrerEntry.Of(document);
        var tag = ReferrersTag.Of(subject).ToString();
        for (var round = 0; round < MaximumFallbackRounds; round++)
        {
            if (!(await ReadFallback(tag, cancellation)).Succeeded(out var present, out var failure))
                return failure;
            if (Lists(present, entry.Digest))
                return entry.Digest;
            if (!ReferrersIndex.Add(present.Bytes.IsEmpty ? default(ReadOnlyMemory<byte>?) : present.Bytes, entry).Succeeded(out var made, out failure)
                || !(await PutManifest(tag, made.Bytes, MediaType.OciIndex, present.EntityTag, cancellation)).Succeeded(out var put, out failure))
                return failure;
            if (put.WasOvertaken)
                continue;

            await Task.Delay(_options.FallbackPause * (0.5 + Random.Shared.NextDouble()), _time, cancellation);
        }

        return new Failure(
            Refusal.Unreachable, "registry.referrers-lost",
            $"other writers took {entry.Digest} out of the list under the tag {tag} {MaximumFallbackRounds} times",
            "run it again when nobody else signs this image, or use a registry with the referrers API");
    }

    private async Task<Result<FetchedManifest>> ReadFallback(string tag, CancellationToken cancellation)
    {
        var fetched = await FetchManifest(tag, $"tag {tag}", cancellation);
        return !fetched.Succeeded(out _, out var failure) && failure.Code == "registry.not-found"
            ? new FetchedManifest(default, null)
            : fetched;
    }

    private static bool Lists(FetchedManifest present, Digest digest)
        => ReferrersList.Parse(present.Bytes).Succeeded(out var list, out _) && list.Entries.Any(entry => entry.Digest == digest);

    private sealed record Page(ReferrersList Entries, Uri Next);
}
