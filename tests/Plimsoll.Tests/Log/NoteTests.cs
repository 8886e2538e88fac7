using System.Text;
using Plimsoll.Log.Checkpoints;
using Plimsoll.Log.Notes;
using Plimsoll.Log.Policy;
using Plimsoll.Log.Proofs;
using Plimsoll.Log.Tree;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Tests.Log;

public sealed class NoteTests
{
    private static readonly DateTimeOffset Seen = DateTimeOffset.FromUnixTimeSeconds(1_795_600_000);

    [Fact]
    public void A_checkpoint_is_signed_by_its_log_and_cosigned_by_witnesses_at_their_times()
    {
        using var world = new Signers();
        var note = world.Checkpoint(5);

        var verified = Checkpoint.Verify(note, world.Log.Verifier, null, [.. world.Witnesses.Select(witness => witness.Verifier)]).ShouldSucceed();

        Assert.Equal(5UL, verified.Value.Size);
        Assert.Equal([Seen, Seen, Seen], verified.Cosignatures.Select(cosignature => cosignature.Time!.Value));
    }

    [Fact]
    public void One_flipped_bit_anywhere_in_a_signed_checkpoint_never_verifies_as_something_else()
    {
        using var world = new Signers();
        var note = world.Checkpoint(5);
        var keys = world.Witnesses.Select(witness => witness.Verifier).ToArray();
        for (var bit = 0; bit < 8 * note.Bytes.Length; bit++)
        {
            var changed = note.Bytes.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));

            // A changed name or key id is somebody else's signature, and is passed over; what is verified is never changed.
            if (SignedNote.Parse(changed).Then(parsed => Checkpoint.Verify(parsed, world.Log.Verifier, null, keys)).Succeeded(out var verified, out _))
            {
                Assert.Equal(note.UnverifiedText.ToArray(), verified.Note.UnverifiedText.ToArray());
                Assert.True(verified.Cosignatures.Length < 3);
            }
        }
    }

    [Fact]
    public void A_checkpoint_that_only_witnesses_signed_is_refused()
    {
        using var world = new Signers();
        var body = Signers.Body(5);
        var note = SignedNote.Of(body, [world.Witnesses[0].Cosign(body, Seen)]).ShouldSucceed();

        Checkpoint.Verify(note, world.Log.Verifier, null, [world.Witnesses[0].Verifier]).ShouldFailWith("log.checkpoint-unsigned");
    }

    [Fact]
    public void A_checkpoint_of_another_origin_by_the_same_key_is_refused()
    {
        using var world = new Signers();
        var body = Encoding.UTF8.GetBytes($"other.example\n5\n{TreeHashing.EmptyRoot}\n");
        var note = SignedNote.Of(body, [world.Log.Sign(body)]).ShouldSucceed();

        Checkpoint.Verify(note, world.Log.Verifier, null, []).ShouldFailWith("log.checkpoint-origin");
    }

    [Fact]
    public void A_cosignature_under_another_time_is_refused()
    {
        using var world = new Signers();
        var body = Signers.Body(5);
        var honest = world.Witnesses[0].Cosign(body, Seen);
        var value = honest.Value.ToArray();
        value[7] ^= 1;
        var note = SignedNote.Of(body, [world.Log.Sign(body), honest with { Value = value }]).ShouldSucceed();

        Checkpoint.Verify(note, world.Log.Verifier, null, [world.Witnesses[0].Verifier]).ShouldFailWith("log.note-signature-invalid");
    }

    [Fact]
    public void A_note_of_ten_thousand_signatures_is_refused_by_its_count()
    {
        using var world = new Signers();
        var body = Signers.Body(5);

        Assert.False(SignedNote.Of(body, Enumerable.Repeat(world.Log.Sign(body), 10_000)).Succeeded(out _, out var failure));
        Assert.Equal("log.note", failure.Code);
        SignedNote.Of(body, Enumerable.Repeat(world.Log.Sign(body), SignedNote.MostSignatures)).ShouldSucceed();
        SignedNote.Of(body, Enumerable.Repeat(world.Log.Sign(body), SignedNote.MostSignatures + 1)).ShouldFailWith("log.note");
    }

    [Fact]
    public void One_witness_who_signed_twice_is_one_witness()
    {
        using var world = new Signers();
        var body = Signers.Body(5);
        var note = SignedNote.Of(body, [world.Log.Sign(body), world.Witnesses[0].Cosign(body, Seen), world.Witnesses[0].Cosign(body, Seen.AddSeconds(1))]).ShouldSucceed();

        var verified = Checkpoint.Verify(note, world.Log.Verifier, null, [world.Witnesses[0].Verifier]).ShouldSucceed();

        Assert.Single(verified.Cosignatures);
        world.Policy("2").RequireQuorum(verified).ShouldFailWith("log.quorum");
    }

    [Fact]
    public void A_proof_reads_back_as_it_was_written_and_proves_its_leaf_alone()
    {
        using var world = new Signers();
        var proof = new LogProof(0, [], world.Checkpoint(1)) { Extra = "x"u8.ToArray() };

        var read = LogProof.Parse(proof.ToBytes()).ShouldSucceed();

        Assert.Equal(proof.ToBytes(), read.ToBytes());
        Assert.Equal(0UL, world.Policy("3").Verify(read, Signers.Leaf).ShouldSucceed().Index);
        world.Policy("3").Verify(read, TreeHashing.Leaf("another"u8)).ShouldFailWith("log.not-included");
    }

    [Theory]
    [InlineData("1", 0)]
    [InlineData("2", 1)]
    [InlineData("3", 3)]
    [InlineData("any", 0)]
    [InlineData("all", 3)]
    public void A_quorum_that_two_sets_of_witnesses_can_reach_apart_is_not_admitted(string threshold, int overlap)
    {
        using var world = new Signers();
        var policy = world.Policy(threshold);

        Assert.Equal(overlap, policy.LeastOverlap);
        Assert.Equal(overlap > 1, policy.Admit().Succeeded(out _, out var failure));
        Assert.True(overlap > 1 || failure?.Code == "log.quorum-overlap");
    }

    [Fact]
    public void The_least_overlap_is_what_trying_all_pairs_of_quorums_gives()
    {
        // Nested groups of five witnesses; every pair of subsets is tried.
        string[] policies =
        [
            "group q 3 w0 w1 w2 w3 w4", "group q 4 w0 w1 w2 w3 w4", "group a 2 w0 w1 w2\ngroup b any w3 w4\ngroup q all a b", "group a all w0 w1\ngroup b all w2 w3 w4\ngroup q any a b",
            "group a 2 w0 w1 w2\ngroup q 2 a w3 w4",
        ];
        using var world = new Signers(5);
        foreach (var text in policies)
        {
            var policy = LogPolicy.Parse(Encoding.UTF8.GetBytes(world.Lines() + text + "\nquorum q\n")).ShouldSucceed();
            var quorums = Enumerable.Range(0, 32).Where(set => policy.IsQuorum(Names(set))).ToArray();

            Assert.Equal(quorums.SelectMany(one => quorums.Select(other => int.PopCount(one & other))).Min(), policy.LeastOverlap);
        }

        static HashSet<string> Names(int set) => [.. Enumerable.Range(0, 5).Where(at => (set >> at & 1) == 1).Select(at => $"w{at}")];
    }

    [Fact]
    public void A_witness_under_two_names_is_refused()
    {
        using var world = new Signers();
        var lines = world.Lines() + $"witness again {world.Witnesses[0].Verifier}\nquorum none\n";

        LogPolicy.Parse(Encoding.UTF8.GetBytes(lines)).ShouldFailWith("log.policy");
    }

    /// <summary>A log of one leaf and its witnesses.</summary>
    private sealed class Signers : IDisposable
    {
        private readonly List<Ed25519SigningKey> _keys = [];

        public Signers(int witnesses = 3)
        {
            Log = Signer("log.example", NoteKeyType.Ed25519);
            Witnesses = [.. Enumerable.Range(0, witnesses).Select(at => Signer($"w{at}.example", NoteKeyType.Cosignature))];
        }

        public static Hash Leaf { get; } = TreeHashing.Leaf("leaf"u8);

        public NoteSigner Log { get; }

        public NoteSigner[] Witnesses { get; }

        public static byte[] Body(ulong size) => new Checkpoint("log.example", size, Leaf).ToBytes();

        public SignedNote Checkpoint(ulong size)
        {
            var body = Body(size);
            return SignedNote.Of(body, [Log.Sign(body), .. Witnesses.Select(witness => witness.Cosign(body, Seen))]).ShouldSucceed();
        }

        public string Lines() => $"log {Log.Verifier}\n" + string.Concat(Witnesses.Select((witness, at) => $"witness w{at} {witness.Verifier}\n"));

        public LogPolicy Policy(string threshold) => LogPolicy.Parse(Encoding.UTF8.GetBytes($"{Lines()}group g {threshold} w0 w1 w2\nquorum g\n")).ShouldSucceed();

        public void Dispose() => _keys.ForEach(key => key.Dispose());

        private NoteSigner Signer(string name, NoteKeyType type)
        {
            var key = Ed25519SigningKey.Create();
            _keys.Add(key);
            return NoteName.Parse(name).Then(parsed => NoteSigner.Create(parsed, type, key)).ShouldSucceed();
        }
    }
}
