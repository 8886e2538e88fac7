using System.Collections.Immutable;
using Plimsoll.Client.Registry;
using Plimsoll.Envelopes;
using Plimsoll.Oci;
using Plimsoll.Oci.BuildKit;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Verification.Subjects;

namespace Plimsoll.Client.Signing;

/// <summary>
/// Reads the statements that a build attached to its images, and keeps those that are about the image they are attached to.
/// A build step can write any statement: signing one about a foreign image would lend it the publisher's name.
/// </summary>
internal sealed class StatementReader(IContentStore store, RepositoryName repository, ImageIndex index)
{
    public async Task<Result<ImageInventory>> AddTo(ImageInventory inventory, CancellationToken cancellation)
    {
        var attestations = index.Attestations.ToArray();
        var read = new Result<Findings>[attestations.Length];
        await Parallel.ForAsync(0, attestations.Length, cancellation, async (at, stop) =>
            read[at] = await ReadOne(attestations[at].Manifest, attestations[at].About, stop));

        foreach (var result in read)
        {
            if (!result.Succeeded(out var found, out var failure))
                return failure;
            inventory = inventory with
            {
                Statements = [.. inventory.Statements, .. found.Kept],
                LeftOut = [.. inventory.LeftOut, .. found.LeftOut],
                ForeignNames = [.. inventory.ForeignNames.Union(found.ForeignNames, StringComparer.Ordinal)],
            };
        }

        return inventory with { Statements = [.. inventory.Statements.Distinct()] };
    }

    private async Task<Result<Findings>> ReadOne(Descriptor entry, Digest about, CancellationToken cancellation)
    {
        if (!index.Children.Any(child => child.Digest == about))
            return Found([], [new LeftOut(entry.Digest, about, Stray(entry.Digest, about))], []);
        if (!(await store.GetManifest(entry.Digest, cancellation)).Succeeded(out var bytes, out var failure)
            || !AttestationManifest.Parse(bytes.Bytes, entry, about).Succeeded(out var manifest, out failure))
            return failure;

        var kept = ImmutableArray.CreateBuilder<ReleasedStatement>();
        var leftOut = ImmutableArray.CreateBuilder<LeftOut>();
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var attached in manifest.Statements)
        {
            if (!(await store.GetBlob(attached.Layer, AttestationManifest.MostStatementBytes, cancellation)).Succeeded(out var blob, out failure))
                return failure;
            if (!InTotoStatement.ParseAttached(blob).Succeeded(out var statement, out failure)
                || !ImageSubjects.ForeignNames(statement, about, repository).Succeeded(out var foreign, out failure))
            {
                leftOut.Add(new LeftOut(attached.Layer.Digest, about, failure));
                continue;
            }

            kept.Add(new ReleasedStatement(attached.Layer.Digest, statement.PredicateType, about));
            names.AddRange(foreign);
        }

        return Found(kept.ToImmutable(), leftOut.ToImmutable(), names.ToImmutable());
    }

    private static Failure Stray(Digest manifest, Digest about) => new(
        Refusal.Untrusted, "sign.stray-attestation", $"the attestation manifest {manifest} is about {about}, which is not in this index", "build the image again");

    private static Result<Findings> Found(ImmutableArray<ReleasedStatement> kept, ImmutableArray<LeftOut> leftOut, ImmutableArray<string> names)
        => new Findings(kept, leftOut, names);

    private sealed record Findings(ImmutableArray<ReleasedStatement> Kept, ImmutableArray<LeftOut> LeftOut, ImmutableArray<string> ForeignNames);
}
