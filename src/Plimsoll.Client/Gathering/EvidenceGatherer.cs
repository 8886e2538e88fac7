using System.Collections.Immutable;
using Plimsoll.Client.Identity;
using Plimsoll.Client.Registry;
using Plimsoll.Envelopes;
using Plimsoll.Oci;
using Plimsoll.Oci.Referrers;
using Plimsoll.OpenPubkey.Gq;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Verification.Judging;
using Plimsoll.Verification.Policy;

namespace Plimsoll.Client.Gathering;

/// <summary>
/// Fetches what a verdict needs and decides nothing: what cannot be had is noted in the evidence, and the judge says what
/// follows. Nothing is asked for twice, and what does not depend on each other is asked for at once. In sequence stand
/// the root, the list of what is attached to it, and the attachments themselves.
/// </summary>
public sealed class EvidenceGatherer(IContentStore store, IKeySource keys)
{
    /// <summary>The artifact type of a release statement's envelope.</summary>
    public static readonly string ReleaseArtifact = MediaType.Envelope(ReleaseStatement.EnvelopeName);

    /// <summary>How many attachments are fetched at once.</summary>
    private const int SideBySide = 8;

    /// <summary>Largest envelope that is fetched: a release statement of a large image has some hundred kilobytes.</summary>
    private const int MostEnvelopeBytes = 8 * 1024 * 1024;

    /// <summary>Gathers the evidence about one image.</summary>
    /// <param name="reference">What is asked for; a digest in it is what is fetched.</param>
    /// <param name="platform">The platform whose manifest is wanted too, or null.</param>
    /// <param name="policy">Says which issuers matter; no others are asked for keys.</param>
    /// <param name="cancellation">Ends the gathering by an exception.</param>
    public async Task<Evidence> Gather(Reference reference, Platform? platform, TrustPolicy policy, CancellationToken cancellation)
    {
        var keySets = FetchKeys(policy, reference, cancellation);

        // A digest is enough to ask what is attached to it, before its bytes are here.
        var attached = reference.Digest is { } digest ? FetchAttached(digest, cancellation) : null;
        var fetched = await (reference.Digest is { } known ? store.GetManifest(known, cancellation) : store.GetManifest(reference.Tag!.Value, cancellation));
        var root = fetched.Select(manifest => new DocumentBytes(manifest.Digest, manifest.Bytes));

        var platformManifest = Task.FromResult<DocumentBytes?>(null);
        if (root.Succeeded(out var bytes, out _))
        {
            attached ??= FetchAttached(bytes.Digest, cancellation);
            platformManifest = FetchPlatform(bytes, platform, cancellation);
        }

        var (envelopes, unread) = attached is null ? ([], []) : await attached;
        return new Evidence
        {
            Reference = reference,
            Platform = platform,
            Root = root,
            PlatformManifest = await platformManifest,
            Envelopes = envelopes,
            Unread = unread,
            Keys = await WithRotation(await keySets, envelopes, cancellation),
        };
    }

    private async Task<DocumentBytes?> FetchPlatform(DocumentBytes root, Platform? platform, CancellationToken cancellation)
    {
        if (platform is null || !ImageIndex.Parse(root.Bytes, root.Digest).Succeeded(out var index, out _) || !index.Find(platform).Succeeded(out var child, out _))
            return null;
        var fetched = await store.GetManifest(child.Digest, cancellation);
        return fetched.Succeeded(out var manifest, out _) ? new DocumentBytes(manifest.Digest, manifest.Bytes) : null;
    }

    private async Task<(ImmutableArray<AttachedEnvelope> Envelopes, ImmutableArray<Failure> Unread)> FetchAttached(Digest root, CancellationToken cancellation)
    {
        if (!(await store.ListReferrers(root, ReleaseArtifact, cancellation)).Succeeded(out var list, out var failure))
            return ([], [failure]);

        var wanted = list.Select([ReleaseArtifact], Evidence.MostEnvelopes);
        var found = new Result<AttachedEnvelope>[wanted.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellation };
        await Parallel.ForAsync(0, wanted.Length, options, async (at, stop) => found[at] = await FetchEnvelope(wanted[at], root, stop));

        var envelopes = ImmutableArray.CreateBuilder<AttachedEnvelope>();
        var unread = ImmutableArray.CreateBuilder<Failure>();
        foreach (var result in found)
        {
            if (result.Succeeded(out var envelope, out failure))
                envelopes.Add(envelope);
            else
                unread.Add(failure);
        }

        if (list.Entries.Length + list.Unreadable > ReferrersList.MostListed)
            unread.Add(Cut(list));
        return (envelopes.ToImmutable(), unread.ToImmutable());
    }

    private async Task<Result<AttachedEnvelope>> FetchEnvelope(Descriptor listed, Digest root, CancellationToken cancellation)
    {
        if (!(await store.GetManifest(listed.Digest, cancellation)).Succeeded(out var bytes, out var failure)
            || !ImageManifest.Parse(bytes.Bytes, listed.Digest).Succeeded(out var manifest, out failure))
            return failure;
        if (manifest.ArtifactType != ReleaseArtifact || manifest.Layers is not [var layer] || manifest.Subject?.Digest != root)
            return NoEnvelope(manifest, root);
        if (!(await store.GetBlob(layer, MostEnvelopeBytes, cancellation)).Succeeded(out var envelope, out failure))
            return failure;
        return new AttachedEnvelope(listed.Digest, envelope);
    }

    private async Task<ImmutableDictionary<Issuer, Result<JwkSet>>> FetchKeys(TrustPolicy policy, Reference reference, CancellationToken cancellation)
    {
        // No rule: the judge refuses, and no issuer needs to be asked.
        if (!Coverage.Find(policy, reference.Repository.ToString()).Succeeded(out var rule, out _))
            return ImmutableDictionary<Issuer, Result<JwkSet>>.Empty;

        var issuers = rule.Signatures.Select(signature => signature.Provider.Issuer).Distinct().ToArray();
        var sets = await Task.WhenAll(issuers.Select(issuer => keys.Keys(issuer, keyId: null, cancellation)));
        return issuers.Zip(sets).ToImmutableDictionary(pair => pair.First, pair => pair.Second);
    }

    /// <summary>Asks again for keys that a token names and the set lacks; the source limits how often that is done.</summary>
    private async Task<ImmutableDictionary<Issuer, Result<JwkSet>>> WithRotation(
        ImmutableDictionary<Issuer, Result<JwkSet>> sets, ImmutableArray<AttachedEnvelope> envelopes, CancellationToken cancellation)
    {
        foreach (var (issuer, keyId) in envelopes.SelectMany(KeyNames).Distinct())
        {
            if (!sets.TryGetValue(issuer, out var set) || !set.Succeeded(out var known, out _) || known.Names(keyId))
                continue;
            if ((await keys.Keys(issuer, keyId, cancellation)).Succeeded(out var newer, out _))
                sets = sets.SetItem(issuer, newer);
        }

        return sets;
    }

    private static IEnumerable<(Issuer Issuer, string KeyId)> KeyNames(AttachedEnvelope attached)
    {
        if (!DsseEnvelope.Parse(attached.Bytes).Succeeded(out var envelope, out _))
            yield break;
        foreach (var signature in envelope.Signatures)
        {
            if (OpkExtension.Parse(signature.Extension).Then(extension => PkToken.Parse(extension.PkToken)).Succeeded(out var token, out _)
                && Issuer.Parse(token.UnverifiedClaims.Issuer ?? "").Succeeded(out var issuer, out _)
                && GqHeader.Parse(token.ProviderSignature.Header).Succeeded(out var header, out _)
                && header.KeyId is { } keyId)
                yield return (issuer, keyId);
        }
    }

    private static Failure NoEnvelope(ImageManifest manifest, Digest root) => new(
        Refusal.Malformed, "gather.no-envelope",
        $"{manifest.Digest} is listed as a release envelope of {root} and is '{manifest.Kind}' about {manifest.Subject?.Digest.ToString() ?? "nothing"} with {manifest.Layers.Length} layers",
        "nothing, if another attachment is good; else sign again");

    private static Failure Cut(ReferrersList list) => new(
        Refusal.Malformed, "gather.list-cut", $"the registry lists more than {ReferrersList.MostListed} attachments; {list.Unreadable} were not looked at",
        "remove attachments that nobody needs from the repository");
}
