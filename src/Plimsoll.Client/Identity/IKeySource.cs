using System.Collections.Immutable;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.Primitives;

namespace Plimsoll.Client.Identity;

/// <summary>Where the keys of an issuer come from. Ask only for issuers that a policy or the user named, never for one that a token names.</summary>
public interface IKeySource
{
    /// <summary>
    /// Gives the issuer's key set. With <paramref name="keyId"/> the source does what it may to have that key in it; whether
    /// it is there is for the caller to look up.
    /// </summary>
    Task<Result<JwkSet>> Keys(Issuer issuer, string? keyId, CancellationToken cancellation);
}

/// <summary>Key sets that were handed over in advance: from a file, or from recorded evidence.</summary>
public sealed class FixedKeySource(ImmutableDictionary<Issuer, JwkSet> sets) : IKeySource
{
    /// <summary>Reads one issuer's key set (RFC 7517) from a file.</summary>
    public static async Task<Result<FixedKeySource>> FromFile(Issuer issuer, string path, CancellationToken cancellation)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var buffer = new byte[JwkSet.MostBytes + 1];
            var length = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
            return JwkSet.Parse(buffer.AsMemory(0, length))
                .Select(set => new FixedKeySource(ImmutableDictionary<Issuer, JwkSet>.Empty.Add(issuer, set)));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return new Failure(
                Refusal.Missing, "identity.key-file", $"the key set file {path} cannot be read ({failed.GetType().Name})", "name a file that holds the issuer's key set");
        }
    }

    /// <inheritdoc/>
    public Task<Result<JwkSet>> Keys(Issuer issuer, string? keyId, CancellationToken cancellation) => Task.FromResult<Result<JwkSet>>(
        sets.TryGetValue(issuer, out var set)
            ? set
            : new Failure(Refusal.Missing, "identity.no-keys", $"no key set of {issuer} was given", "add the issuer's key set, or let keys be fetched"));
}
