using Plimsoll.Log.Checkpoints;
using Plimsoll.Log.Notes;
using Plimsoll.Log.Policy;
using Plimsoll.Log.Proofs;
using Plimsoll.Log.Tiles;
using Plimsoll.Log.Tree;

namespace Plimsoll.Tests.Fuzzing;

/// <summary>The parsers of Plimsoll.Log, with the published vectors as seeds.</summary>
internal sealed class LogFuzzEntries : IFuzzEntries
{
    private const string Key = "log.example/a+5d2190b6+ARg/Pn/4EMAxoJBHbCbkOei1eQ/QVhMfIEHQmnMXnW9H";

    public IEnumerable<FuzzEntry> Entries()
    {
        var log = VerifierKey.Parse(Key).ShouldSucceed();
        yield return FuzzEntry.Of("log.note", bytes => SignedNote.Parse(bytes), Cases("cosignature/checkpoints.json", "checkpoint"), note => Use(note, log)).Costing(1000);
        yield return FuzzEntry.Of("log.checkpoint", bytes => Checkpoint.Parse(bytes), Cases("checkpoint/bodies.json", "body"), checkpoint => Assert.NotEmpty(checkpoint.ToBytes()));
        yield return FuzzEntry.OfText("log.verifier-key", VerifierKey.Parse, FuzzSeeds.Text(Key, "witness1.example/w+5fcb941d+BPck7Ua4dLPhmJVWe2MJG+7FPf0ffZ5EmxoPjVCX221W"), key => Assert.NotEmpty(key.ToString())).Costing(1000);
        yield return FuzzEntry.OfText("log.note-name", NoteName.Parse, FuzzSeeds.Text("log.example/a", "w"), name => Assert.NotEmpty(name.ToString()));
        yield return FuzzEntry.OfText("log.note-signature", NoteSignature.Parse, FuzzSeeds.Text("\u2014 log.example/a XSGQtjlcmjvYQX1FM2TGKfCkRSZX"), line => NoteSignature.Parse(line.ToString()).ShouldSucceed());
        yield return FuzzEntry.OfText("log.hash", Hash.ParseBase64, FuzzSeeds.Text(TreeHashing.EmptyRoot.ToString()), hash => Assert.Equal(hash, Hash.ParseBase64(hash.ToString()).ShouldSucceed()));
        yield return FuzzEntry.OfText("log.tile-path", TilePath.Parse, FuzzSeeds.Text("tile/0/x001/x234/067", "tile/entries/000.p/8", "tile/63/999.p/255"), path => Assert.Equal(path, TilePath.Parse(path.ToString()).ShouldSucceed()));
        yield return FuzzEntry.Of("log.bundle", bytes => EntryBundle.Parse(bytes, 3), [EntryBundle.Write(["a"u8.ToArray(), default, "bcd"u8.ToArray()])], entries => EntryBundle.Write(entries));
        yield return FuzzEntry.Of("log.tile", bytes => HashTile.Parse(bytes, 2), [new byte[64]], tile => Assert.Equal(2, tile.Width));
        yield return FuzzEntry.Of("log.proof", bytes => LogProof.Parse(bytes), Cases("proofs/tlog-proof.json", "proof"), proof => Assert.Equal(proof.ToBytes(), LogProof.Parse(proof.ToBytes()).ShouldSucceed().ToBytes())).Costing(1000);
        yield return FuzzEntry.Of("log.policy", bytes => LogPolicy.Parse(bytes), Cases("policy/policies.json", "policy"), policy => Assert.True(policy.LeastOverlap <= policy.Witnesses.Length)).Costing(1000);
    }

    private static IEnumerable<byte[]> Cases(string file, string member) => FuzzSeeds.Member($"tlog/{file}", member, "cases");

    private static void Use(SignedNote note, VerifierKey log)
    {
        if (Checkpoint.Verify(note, log, null, []).Succeeded(out var verified, out _))
            Assert.Equal("log.example/a", verified.Value.Origin);
    }
}
