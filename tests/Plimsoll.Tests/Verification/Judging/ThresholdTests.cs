using FsCheck;
using FsCheck.Fluent;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Verification.Judging;

namespace Plimsoll.Tests.Verification.Judging;

/// <summary>How many different alternatives are met by as many different people.</summary>
public sealed class ThresholdTests
{
    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "0:a")]
    // One person who fits two alternatives, and two who fit the same one.
    [InlineData(1, "0:a 1:a")]
    [InlineData(1, "0:a 0:b")]
    [InlineData(2, "0:a 1:b")]
    // The first come is moved aside where only that makes room.
    [InlineData(2, "0:a 0:b 1:a")]
    [InlineData(3, "0:a 0:b 1:b 1:c 2:a")]
    [InlineData(2, "0:a 1:a 2:a 2:b")]
    // Whoever changes one of his names stays who he is; so does a chain of such changes.
    [InlineData(1, "0:sub+old 1:sub+new")]
    [InlineData(1, "0:x+y 1:y+z 2:z")]
    [InlineData(2, "0:x+y 1:y+z 2:w")]
    // Signing a thousand times over is signing once.
    [InlineData(1, "0:a 0:a 0:a 1:a 1:a 1:a")]
    public void Different_people_are_counted_over_different_alternatives(int expected, string signatures)
        => Assert.Equal(expected, Threshold.Reached([.. signatures.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Read)]));

    [Fact]
    public void It_is_what_trying_everything_finds()
    {
        var signature = Gen.Choose(0, 4).SelectMany(alternative => Gen.Choose(1, 63).Select(names => (alternative, names)));
        Prop.ForAll(Arb.From(signature.ListOf()), all =>
        {
            var few = all.Take(9).ToArray();
            return Threshold.Reached([.. few.Select(one => Of(one.alternative, Names(one.names & (one.names >> 1) | 1 << (one.names % 6))))]) == Naive(few
                .Select(one => (one.alternative, Names: Names(one.names & (one.names >> 1) | 1 << (one.names % 6)))).ToArray());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_thousand_people_for_a_hundred_alternatives_are_counted_at_once()
    {
        var everybody = from person in Enumerable.Range(0, 1000) from alternative in Enumerable.Range(0, 100) select Of(alternative, [$"{person}"]);

        Assert.Equal(100, Threshold.Reached([.. everybody]));
    }

    /// <summary>People by closing over shared names until nothing changes, then every way to give alternatives to people.</summary>
    private static int Naive((int Alternative, string[] Names)[] signatures)
    {
        var people = signatures.Select(one => one.Names.ToHashSet(StringComparer.Ordinal)).ToArray();
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var one in people)
            {
                foreach (var other in people.Where(other => other != one && other.Overlaps(one) && !other.SetEquals(one)).ToArray())
                {
                    one.UnionWith(other);
                    other.UnionWith(one);
                    changed = true;
                }
            }
        }

        return Best(signatures.Select((one, at) => (one.Alternative, Person: string.Join(' ', people[at].Order(StringComparer.Ordinal)))).Distinct().ToArray(), []);

        static int Best((int Alternative, string Person)[] rest, (int Alternative, string Person)[] taken) => rest.Length == 0
            ? taken.Length
            : Math.Max(
                Best(rest[1..], taken),
                taken.Any(one => one.Alternative == rest[0].Alternative || one.Person == rest[0].Person) ? 0 : Best(rest[1..], [.. taken, rest[0]]));
    }

    private static string[] Names(int bits) => [.. Enumerable.Range(0, 6).Where(bit => (bits >> bit & 1) == 1).Select(bit => $"{(char)('a' + bit)}")];

    private static IdentitySignature Read(string text) => Of(text[0] - '0', text[2..].Split('+'));

    private static IdentitySignature Of(int alternative, string[] names) => new(
        alternative, [.. names], Digest.Sha256("statement"u8), new Verified<ReadOnlyMemory<byte>>(default(ReadOnlyMemory<byte>)),
        new Signer("openpubkey", "https://issuer.example", "ci", [], Digest.Sha256("envelope"u8)));
}
