using Plimsoll.Oci;
using Plimsoll.Oci.Referrers;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Client.Registry;

/// <summary>
/// Where an image and what is attached to it are kept: a repository of a registry, or an OCI layout folder. Signing and
/// verifying see only this.
/// <para>
/// What is asked for by digest has that digest, or the call fails; nothing else about the content is promised, so its
/// reader parses it with <see cref="ImageDocument"/>. A tag's answer is the store's word. Something absent is a failure of
/// kind <see cref="Refusal.Missing"/>. Everything is bounded in size and time; calls may run side by side; none is repeated
/// or remembered here, so a caller that needs a manifest twice keeps it.
/// </para>
/// </summary>
public interface IContentStore
{
    /// <summary>How messages name this store: the repository, or the layout's folder.</summary>
    string Name { get; }

    /// <summary>The digest that a tag has now, as the store says. In a layout, a tag is the <c>ref.name</c> of an entry.</summary>
    Task<Result<Digest>> Resolve(Tag tag, CancellationToken cancellation);

    /// <summary>The index or manifest with this digest; at most <see cref="ImageDocument.MostBytes"/>.</summary>
    Task<Result<StoredManifest>> GetManifest(Digest digest, CancellationToken cancellation);

    /// <summary>The index or manifest that a tag has now, in one step; its digest is computed from its bytes.</summary>
    Task<Result<StoredManifest>> GetManifest(Tag tag, CancellationToken cancellation);

    /// <summary>A blob in memory, with the size and digest of its descriptor.</summary>
    /// <param name="blob">What is wanted. Content that the descriptor carries itself costs no request.</param>
    /// <param name="maximum">The largest size that the caller takes; a larger descriptor is refused before anything is fetched.</param>
    /// <param name="cancellation">Ends the call by an exception.</param>
    Task<Result<ReadOnlyMemory<byte>>> GetBlob(Descriptor blob, int maximum, CancellationToken cancellation);

    /// <summary>
    /// What says that it is attached to a digest: a bounded list of hints, each digest once. The artifact type may be
    /// missing or wrong, so the manifest's own decides.
    /// </summary>
    /// <param name="subject">The digest of an index or manifest, which need not be here itself.</param>
    /// <param name="artifactType">Lets the store leave others out to save work; it need not. Null for all.</param>
    /// <param name="cancellation">Ends the call by an exception.</param>
    Task<Result<ReferrersList>> ListReferrers(Digest subject, string? artifactType, CancellationToken cancellation);

    /// <summary>Stores a blob, unless it is there already.</summary>
    Task<Result<Digest>> PushBlob(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>
    /// Stores an index or manifest whose blobs are there already, under its digest and, if one is given, under a tag. If it
    /// has a subject, <see cref="ListReferrers"/> lists it when this has succeeded.
    /// </summary>
    Task<Result<Digest>> PushManifest(ReadOnlyMemory<byte> bytes, Tag? tag, CancellationToken cancellation);
}

/// <summary>An index or manifest whose bytes have this digest. Its media type is in the bytes.</summary>
public sealed record StoredManifest(Digest Digest, ReadOnlyMemory<byte> Bytes);
