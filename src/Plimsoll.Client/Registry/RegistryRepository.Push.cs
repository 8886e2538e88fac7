using System.Net;
using Plimsoll.Oci;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Client.Registry;

public sealed partial class RegistryRepository
{
    private const string PullAndPush = "pull,push";

    /// <inheritdoc/>
    public async Task<Result<Digest>> PushBlob(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var digest = Digest.Sha256(bytes.Span);
        var call = Call(HttpMethod.Head, $"blobs/{digest}", PullAndPush);
        var present = await _transport.Send(call, async (response, token) => response.StatusCode switch
        {
            HttpStatusCode.OK => digest,
            HttpStatusCode.NotFound => default(Digest),
            _ => (Result<Digest>)await Refuse(response, $"blob {digest}", token),
        }, cancellation);
        if (!present.Succeeded(out var found, out var failure))
            return failure;
        return found.IsEmpty ? await Upload(digest, bytes, cancellation) : digest;
    }

    /// <inheritdoc/>
    public async Task<Result<Digest>> PushManifest(ReadOnlyMemory<byte> bytes, Tag? tag, CancellationToken cancellation)
    {
        var digest = Digest.Sha256(bytes.Span);
        if (!ImageDocument.Parse(bytes, digest).Succeeded(out var document, out var failure)
            || !(await PutManifest(tag?.ToString() ?? digest.ToString(), bytes, document.MediaType, null, cancellation)).Succeeded(out var put, out failure))
            return failure;
        if (put.Digest is { } stored && stored != digest)
            return digest.Mismatch(stored);

        // Pushing Manifests with Subject: without OCI-Subject in the answer the list is ours to keep.
        return document.Subject is { } subject && put.Subject != subject.Digest
            ? (await AddToFallback(document, subject.Digest, cancellation)).Select(_ => digest)
            : digest;
    }

    /// <summary>
    /// Stores bytes as a manifest without looking at them, as anyone may who can write to the repository: for copies of
    /// what others made, and for those who play an attacker. Lists of the tag scheme are not kept.
    /// </summary>
    public async Task<Result<Digest>> PushUnread(ReadOnlyMemory<byte> bytes, string mediaType, Tag? tag, CancellationToken cancellation)
    {
        var digest = Digest.Sha256(bytes.Span);
        return (await PutManifest(tag?.ToString() ?? digest.ToString(), bytes, mediaType, null, cancellation)).Select(_ => digest);
    }

    private async Task<Result<Digest>> Upload(Digest digest, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        // An upload that nobody finishes is forgotten by the registry, so opening a second one does no harm.
        var open = Call(HttpMethod.Post, "blobs/uploads/", PullAndPush) with { Body = ReadOnlyMemory<byte>.Empty };
        if (!(await _transport.Send(open, ReadLocation, cancellation)).Succeeded(out var location, out var failure))
            return failure;

        var separator = location.Query.Length > 1 ? "&" : "?";
        var put = open with
        {
            Method = HttpMethod.Put,
            Address = new Uri($"{location.GetLeftPart(UriPartial.Query).TrimEnd('?')}{separator}digest={digest}"),
            Body = bytes,
            Bytes = bytes.Length,
            IsRepeatable = false,
        };
        return await _transport.Send(put, async (response, token) => response.StatusCode is HttpStatusCode.Created or HttpStatusCode.NoContent
            ? digest
            : (Result<Digest>)await Refuse(response, $"a place for blob {digest}", token), cancellation);
    }

    private async Task<Result<Uri>> ReadLocation(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.StatusCode != HttpStatusCode.Accepted)
            return await Refuse(response, "an upload", cancellation);
        if (response.Headers.Location is not { } location || !Uri.TryCreate(new Uri(_host.Address, $"v2/{Repository.Path}/blobs/uploads/"), location, out var address)
            || !Origin.TryOf(address, out var origin))
            return RegistryFailures.Answer("opens an upload without saying where", _host.Address);

        // The credentials go along to this address, so it has to be the registry itself.
        return origin == Origin.Of(_host.Address)
            ? address
            : new Failure(
                Refusal.Untrusted, "registry.upload-location", $"{Origin.Of(_host.Address)} wants the upload to go to {origin}",
                "tell the registry's operator; behind a proxy the registry must know its public address, scheme included");
    }

    private Task<Result<PutAnswer>> PutManifest(
        string reference, ReadOnlyMemory<byte> bytes, string mediaType, string? ifMatch, CancellationToken cancellation)
    {
        var call = Call(HttpMethod.Put, $"manifests/{reference}", PullAndPush) with
        {
            Body = bytes,
            BodyType = mediaType,
            Bytes = bytes.Length,
            IfMatch = ifMatch,
        };
        return _transport.Send(call, async (response, token) => response.StatusCode switch
        {
            HttpStatusCode.Created or HttpStatusCode.OK => new PutAnswer(DigestHeader(response, "OCI-Subject"), DigestHeader(response, "Docker-Content-Digest")),
            HttpStatusCode.PreconditionFailed => new PutAnswer(null, null) { WasOvertaken = true },
            _ => (Result<PutAnswer>)await Refuse(response, $"a place for manifest {reference}", token),
        }, cancellation);
    }

    private static Digest? DigestHeader(HttpResponseMessage response, string name)
        => response.Headers.NonValidated.TryGetValues(name, out var values) && Digest.Parse(values.ToString()).Succeeded(out var digest, out _)
            ? digest
            : null;

    private sealed record PutAnswer(Digest? Subject, Digest? Digest)
    {
        public bool WasOvertaken { get; init; }
    }
}
