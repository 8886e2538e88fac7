using System.Net;
using Plimsoll.Oci;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Client.Registry;

/// <summary>One repository of a registry (OCI distribution specification 1.1).</summary>
public sealed partial class RegistryRepository : IContentStore
{
    private readonly RegistryHost _host;
    private readonly RegistryTransport _transport;
    private readonly RegistryOptions _options;
    private readonly TimeProvider _time;

    internal RegistryRepository(RepositoryName repository, RegistryHost host, RegistryTransport transport, RegistryOptions options, TimeProvider time)
    {
        Repository = repository;
        _host = host;
        _transport = transport;
        _options = options;
        _time = time;
    }

    /// <summary>The repository's normalised name.</summary>
    public RepositoryName Repository { get; }

    /// <inheritdoc/>
    public string Name => Repository.ToString();

    /// <inheritdoc/>
    public async Task<Result<Digest>> Resolve(Tag tag, CancellationToken cancellation)
    {
        var call = Get($"manifests/{tag}") with { Method = HttpMethod.Head, Accept = MediaType.Roots };
        var head = await _transport.Send(call, (response, token) => ReadDigest(response, $"tag {tag}", token), cancellation);

        // The header is optional for registries; the body, hashed, is the other way to know.
        return head.Succeeded(out var digest, out _) && digest.IsEmpty
            ? (await GetManifest(tag, cancellation)).Select(manifest => manifest.Digest)
            : head;
    }

    /// <inheritdoc/>
    public async Task<Result<StoredManifest>> GetManifest(Digest digest, CancellationToken cancellation)
        => (await FetchManifest(digest.ToString(), $"manifest {digest}", cancellation))
            .Then(fetched => digest.Verify(fetched.Bytes)).Select(bytes => new StoredManifest(digest, bytes));

    /// <inheritdoc/>
    public async Task<Result<StoredManifest>> GetManifest(Tag tag, CancellationToken cancellation)
        => (await FetchManifest(tag.ToString(), $"tag {tag}", cancellation))
            .Select(fetched => new StoredManifest(Digest.Sha256(fetched.Bytes.Span), fetched.Bytes));

    /// <inheritdoc/>
    public async Task<Result<ReadOnlyMemory<byte>>> GetBlob(Descriptor blob, int maximum, CancellationToken cancellation)
    {
        if (blob.Size > maximum)
            return RegistryFailures.TooLarge($"blob {blob.Digest}", blob.Size, maximum);
        if (blob.Data is { } carried)
            return blob.Verify(carried);

        var call = Get($"blobs/{blob.Digest}") with { Bytes = blob.Size };
        var body = await _transport.Send(
            call, (response, token) => ReadBody(response, $"blob {blob.Digest}", (int)blob.Size, token), cancellation);
        return body.Then(blob.Verify);
    }

    /// <summary>
    /// Copies a blob of any size into a stream. Its digest is known only at the end: on a failure what was written is
    /// worthless and must be thrown away.
    /// </summary>
    public Task<Result<CopiedBlob>> CopyBlob(Descriptor blob, Stream destination, CancellationToken cancellation)
    {
        // Not repeatable: a second answer would be written behind the half of the first.
        var call = Get($"blobs/{blob.Digest}") with { Bytes = blob.Size, IsRepeatable = false };
        return _transport.Send(
            call,
            async (response, token) =>
            {
                if (response.StatusCode != HttpStatusCode.OK)
                    return await Refuse(response, $"blob {blob.Digest}", token);
                var copied = await BoundedBody.Copy(response, blob.Digest, destination, blob.Size, token);
                return copied.Then(done => done.Size == blob.Size ? done : (Result<CopiedBlob>)blob.SizeMismatch(done.Size));
            },
            cancellation);
    }

    private Task<Result<FetchedManifest>> FetchManifest(string reference, string what, CancellationToken cancellation)
    {
        var call = Get($"manifests/{reference}") with { Accept = MediaType.Roots, Bytes = ImageDocument.MostBytes };
        return _transport.Send(
            call,
            async (response, token) => (await ReadBody(response, what, ImageDocument.MostBytes, token))
                .Select(bytes => new FetchedManifest(bytes, response.Headers.ETag?.ToString())),
            cancellation);
    }

    private async Task<Result<ReadOnlyMemory<byte>>> ReadBody(HttpResponseMessage response, string what, int maximum, CancellationToken cancellation)
        => response.StatusCode == HttpStatusCode.OK
            ? await BoundedBody.Read(response, what, maximum, cancellation)
            : await Refuse(response, what, cancellation);

    private async Task<Result<Digest>> ReadDigest(HttpResponseMessage response, string what, CancellationToken cancellation)
    {
        if (response.StatusCode != HttpStatusCode.OK)
            return await Refuse(response, what, cancellation);
        return response.Headers.NonValidated.TryGetValues("Docker-Content-Digest", out var values)
            ? Digest.Parse(values.ToString())
            : default(Digest);
    }

    private RegistryCall Get(string path) => Call(HttpMethod.Get, path, "pull");

    private RegistryCall Call(HttpMethod method, string path, string actions)
        => new(method, _host, new Uri(_host.Address, $"v2/{Repository.Path}/{path}")) { Scope = $"repository:{Repository.Path}:{actions}" };

    /// <summary>Why an answer is none, with what the registry says about it.</summary>
    private async Task<Failure> Refuse(HttpResponseMessage response, string what, CancellationToken cancellation)
    {
        var registry = Origin.Of(_host.Address);
        var said = await RegistryError.Read(response, cancellation);
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound => RegistryFailures.NotFound($"{what} of {Repository.Path}", registry),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new Failure(
                Refusal.Denied, "registry.denied", $"{registry} does not give {what} of {Repository.Path}: {(int)response.StatusCode}{said}",
                "log in with 'docker login' as a user who may do this"),
            _ => RegistryFailures.Answer($"answers {(int)response.StatusCode} for {what} of {Repository.Path}{said}", _host.Address),
        };
    }

    private sealed record FetchedManifest(ReadOnlyMemory<byte> Bytes, string? EntityTag);
}
