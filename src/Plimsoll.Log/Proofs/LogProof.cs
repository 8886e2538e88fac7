using System.Globalization;
using System.Text;
using Plimsoll.Log.Checkpoints;
using Plimsoll.Log.Notes;
using Plimsoll.Log.Tree;
using Plimsoll.Primitives.Encodings;

namespace Plimsoll.Log.Proofs;

/// <summary>
/// That an entry is in a log, provable without asking anybody (c2sp.org/tlog-proof): the entry's index, its inclusion proof,
/// and a signed checkpoint.
/// </summary>
/// <param name="Index">The entry's index.</param>
/// <param name="Path">The inclusion proof, the leaf's sibling first.</param>
/// <param name="Checkpoint">The signed checkpoint, as it arrived.</param>
public sealed record LogProof(ulong Index, ImmutableArray<Hash> Path, SignedNote Checkpoint)
{
    /// <summary>Largest proof that is read.</summary>
    public const int MostBytes = SignedNote.MostBytes + (8 * 1024);

    private const string Header = "c2sp.org/tlog-proof@v1";

    /// <summary>Bytes that nobody signed, for the application; empty where there are none.</summary>
    public ReadOnlyMemory<byte> Extra { get; init; }

    /// <summary>Reads a proof.</summary>
    public static Result<LogProof> Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MostBytes)
            return Malformed($"has {bytes.Length} bytes, more than {MostBytes}");
        var blank = bytes.Span.IndexOf("\n\n"u8);
        if (blank < 0)
            return Malformed("has no blank line before its checkpoint");

        var lines = Encoding.UTF8.GetString(bytes.Span[..blank]).Split('\n');
        if (lines is not [Header, .. var body])
            return Malformed($"does not begin with '{Header}'");
        if (!ParseExtra(ref body).Succeeded(out var extra, out var failure))
            return failure;
        if (body is not [var first, .. var hashes] || !ParseIndex(first, out var index))
            return Malformed("needs a line 'index', with a plain decimal number, before its hashes");
        if (hashes.Length > MerkleProofs.MostHashes)
            return Malformed($"has {hashes.Length} hashes, more than {MerkleProofs.MostHashes}");

        var path = ImmutableArray.CreateBuilder<Hash>(hashes.Length);
        foreach (var line in hashes)
        {
            if (!Hash.ParseBase64(line).Succeeded(out var hash, out failure))
                return failure;
            path.Add(hash);
        }

        return SignedNote.Parse(bytes[(blank + 2)..]).Select(note => new LogProof(index, path.MoveToImmutable(), note) { Extra = extra });
    }

    /// <summary>Verifies that the log holds the leaf, under a checkpoint that the log signed. Whether enough cosigned it is for a policy to say.</summary>
    /// <param name="leaf">The hash of the entry, rebuilt by the caller and never read from the proof.</param>
    /// <param name="log">The log's key; its name is the log's origin.</param>
    /// <param name="cosigners">Keys of witnesses.</param>
    public Result<ProvenEntry> Verify(Hash leaf, VerifierKey log, IReadOnlyCollection<VerifierKey> cosigners)
    {
        if (!Checkpoints.Checkpoint.Verify(Checkpoint, log, origin: null, cosigners).Succeeded(out var checkpoint, out var failure))
            return failure;
        return MerkleProofs.VerifyInclusion(leaf, Index, checkpoint.Value.Size, Path, checkpoint.Value.Root)
            .Select(included => new ProvenEntry(Index, included, checkpoint));
    }

    /// <summary>The proof as a file.</summary>
    public byte[] ToBytes()
    {
        var extra = Extra.IsEmpty ? "" : $"extra {Base64Text.Encode(Extra.Span)}\n";
        var text = $"{Header}\n{extra}index {Index}\n{string.Concat(Path.Select(hash => $"{hash}\n"))}\n";
        return [.. Encoding.UTF8.GetBytes(text), .. Checkpoint.Bytes.Span];
    }

    private static Result<byte[]> ParseExtra(ref string[] lines)
    {
        if (lines is not [['e', 'x', 't', 'r', 'a', ' ', .. var base64], ..])
            return Array.Empty<byte>();
        lines = lines[1..];
        return Base64Text.Decode(base64);
    }

    private static bool ParseIndex(string line, out ulong index)
    {
        index = 0;
        return line is ['i', 'n', 'd', 'e', 'x', ' ', .. var number]
            && ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out index) && number == $"{index}";
    }

    private static Failure Malformed(string what) => Refused.Malformed("log.proof", $"the proof {what}");
}

/// <summary>An entry that a log holds, and the checkpoint that says so.</summary>
/// <param name="Index">Its index.</param>
/// <param name="Leaf">Its hash.</param>
/// <param name="Checkpoint">The log's checkpoint with the cosignatures that held.</param>
public sealed record ProvenEntry(ulong Index, Hash Leaf, VerifiedCheckpoint Checkpoint);
