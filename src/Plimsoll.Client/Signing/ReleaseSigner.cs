using System.Collections.Immutable;
using System.Security.Cryptography;
using Plimsoll.Client.Identity;
using Plimsoll.Client.Registry;
using Plimsoll.Envelopes;
using Plimsoll.Oci;
using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Releases;
using Plimsoll.OpenPubkey.Signing;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Client.Signing;

/// <summary>What to sign, and as what.</summary>
/// <param name="Root">The index's or manifest's digest, from the build.</param>
/// <param name="Repository">The repository that the release names; another one than where the image is for a promotion.</param>
/// <param name="Tags">The tags under which it is released.</param>
/// <param name="Build">What the build environment says about itself.</param>
public sealed record ReleaseRequest(Digest Root, RepositoryName Repository, ImmutableArray<Tag> Tags, BuildFacts Build);

/// <summary>A release that was signed and attached.</summary>
/// <param name="Statement">What was signed.</param>
/// <param name="Envelope">The manifest by which the envelope is attached.</param>
/// <param name="Inventory">What was found on the image, and left out.</param>
/// <param name="Claims">Who signed, in the provider's words.</param>
public sealed record SignedRelease(ReleaseStatement Statement, Digest Envelope, ImageInventory Inventory, IdTokenClaims Claims);

/// <summary>
/// Signs an image with a workload's identity: reads it, states it, asks for an ID token that vouches for this one statement,
/// signs with a key that exists for this one signature, verifies as a verifier would, attaches.
/// </summary>
public sealed class ReleaseSigner(IContentStore store, WorkloadIdentity identity, IKeySource keys)
{
    /// <summary>Envelopes up to this size travel in their manifest too, which saves every verifier a request.</summary>
    private const int MostInline = Descriptor.MostData;

    /// <summary>Signs and attaches; nothing is published unless all of it would verify.</summary>
    /// <param name="request">What to sign.</param>
    /// <param name="progress">Is told what is being done.</param>
    /// <param name="cancellation">Ends the signing by an exception; nothing half-signed is left.</param>
    public async Task<Result<SignedRelease>> Sign(ReleaseRequest request, Action<string> progress, CancellationToken cancellation)
    {
        progress($"reading {request.Root} in {store.Name}");
        if (!(await ImageInventory.Read(store, request.Root, request.Repository, cancellation)).Succeeded(out var inventory, out var failure))
            return failure;

        var statement = ToStatement(request, inventory);
        if (!statement.ToBytes().Succeeded(out var payload, out failure))
            return failure;

        progress($"asking {identity.Tokens.Name} for a token");
        if (!(await SignPayload(payload, cancellation)).Succeeded(out var signed, out failure))
            return failure;

        progress("attaching the envelope");
        if (!(await Attach(signed.Envelope, inventory.Root.Descriptor, cancellation)).Succeeded(out var attached, out failure))
            return failure;
        return new SignedRelease(statement, attached, inventory, signed.Claims);
    }

    private static ReleaseStatement ToStatement(ReleaseRequest request, ImageInventory inventory) => new()
    {
        Repository = request.Repository.ToString(),
        Root = request.Root,
        RootMediaType = inventory.Root.MediaType,
        RootSize = inventory.Root.Bytes.Length,
        Tags = [.. request.Tags.Select(tag => tag.ToString()).Distinct()],
        Children = inventory.Children,
        Statements = inventory.Statements,
        Build = request.Build.Facts,
    };

    private async Task<Result<SignedPayload>> SignPayload(byte[] payload, CancellationToken cancellation)
    {
        var encoded = Pae.Encode(DsseEnvelope.InToto, payload);
        using var key = EcdsaSigningKey.Create(EllipticCurve.P256);
        var att = new Dictionary<string, string> { ["att"] = ReleaseTokens.Att(encoded) };
        var client = ClientInstanceClaims.Create(key, RandomNumberGenerator.Fill, att);

        // Both may be asked for at once: the keys are the issuer's, whatever the token says.
        var keySet = keys.Keys(identity.Provider.Issuer, keyId: null, cancellation);
        var requested = await identity.Tokens.Request(client.Commitment, cancellation);
        if (!requested.Succeeded(out var idToken, out var failure))
            return failure;
        using (idToken)
        {
            if (!(await keySet).Succeeded(out var set, out failure))
                return failure;
            var assembled = PkTokenSigning.Assemble(idToken.Compact, client, key, identity.Provider, set, RandomNumberGenerator.Fill);
            if (!assembled.Succeeded(out var token, out failure))
                return failure;

            var signature = DsseSignature.Sign(DsseEnvelope.InToto, payload, key, new OpkExtension(token.ToJson()).ToExtension());
            var envelope = DsseEnvelope.Of(DsseEnvelope.InToto, payload, signature).ToBytes();
            return Verify(envelope, set).Select(claims => new SignedPayload(envelope, claims));
        }
    }

    /// <summary>What goes out is read back as any verifier would read it.</summary>
    private Result<IdTokenClaims> Verify(byte[] envelope, JwkSet set)
    {
        if (!DsseEnvelope.Parse(envelope).Succeeded(out var parsed, out var failure)
            || !OpkExtension.Parse(parsed.Signatures[0].Extension).Then(extension => PkToken.Parse(extension.PkToken)).Succeeded(out var token, out failure)
            || !ReleaseTokens.Verify(token, identity.Provider, set, parsed.PreAuthentication).Succeeded(out var verified, out failure)
            || !verified.VerifySignature(parsed.Signatures[0].Value.Span, parsed.Signatures[0].KeyId).Succeeded(out _, out failure))
            return failure;
        return verified.Claims.Value;
    }

    private async Task<Result<Digest>> Attach(byte[] envelope, Descriptor root, CancellationToken cancellation)
    {
        var mediaType = MediaType.Envelope(ReleaseStatement.EnvelopeName);
        var layer = Descriptor.Describe(mediaType, envelope) with
        {
            Annotations = ImmutableSortedDictionary<string, string>.Empty.Add(Annotations.PredicateType, ReleaseStatement.PredicateType),
            Data = envelope.Length <= MostInline ? envelope : null,
        };
        var manifest = DocumentWriter.Artifact(mediaType, root, [layer], layer.Annotations);

        // The blob goes first as well where the manifest holds it: registries and copies expect every layer to be there.
        var pushed = await Task.WhenAll(store.PushBlob(envelope, cancellation), store.PushBlob(Descriptor.EmptyConfig.Data!.Value, cancellation));
        foreach (var result in pushed)
        {
            if (!result.Succeeded(out _, out var failure))
                return failure;
        }

        return await store.PushManifest(manifest.Bytes, tag: null, cancellation);
    }

    private sealed record SignedPayload(byte[] Envelope, IdTokenClaims Claims);
}
