using System.Text;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Tests.Primitives.Json;

public sealed class StrictJsonTests
{
    private static readonly JsonLimits Limits = new(Bytes: 1_000_000, Depth: 64, Values: 100_000);

    [Theory]
    [InlineData("null", JsonKind.Null)]
    [InlineData("true", JsonKind.True)]
    [InlineData("false", JsonKind.False)]
    [InlineData("-0.5e+1", JsonKind.Number)]
    [InlineData("\"\"", JsonKind.String)]
    [InlineData(" [ ] ", JsonKind.Array)]
    [InlineData("\t{ }\r\n", JsonKind.Object)]
    public void Each_kind_of_value_is_read(string text, JsonKind kind)
    {
        var value = Parse(text).ShouldSucceed();

        Assert.Equal(kind, value.Kind);
        Assert.Equal(kind == JsonKind.String ? "" : text.Trim(), value.Text);
    }

    [Theory]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"a":1,"b":2,"a":3}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("""{"\u0061":1,"a":2}""")]
    [InlineData("""{"\u0061":1,"\u0061":2}""")]
    [InlineData("""{"a\/":1,"a/":2}""")]
    [InlineData("""{"😀":1,"\ud83d\uDE00":2}""")]
    [InlineData("""{"":1,"":2}""")]
    [InlineData("""[{"x":{"a":1,"a":2}}]""")]
    [InlineData("""{"a":{"a":1},"a":2}""")]
    public void A_doubled_member_is_refused_in_whatever_spelling(string text) => Parse(text).ShouldFailWith("json.duplicate-member");

    [Theory]
    [InlineData("""{"a":1,"A":2}""")]
    [InlineData("{\"\u00e9\":1,\"e\u0301\":2}")]
    [InlineData("""{"a":{"a":{"a":1}}}""")]
    [InlineData("""[{"a":1},{"a":1}]""")]
    public void Names_that_only_look_alike_are_different(string text) => Parse(text).ShouldSucceed();

    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1000)]
    public void A_doubled_member_is_found_at_either_end_of_objects_of_any_size(int members)
    {
        var names = Enumerable.Range(0, members).Select(at => $"\"name{at}\":{at}").ToArray();
        Assert.Equal(members, Parse("{" + string.Join(',', names) + "}").ShouldSucceed().Members().Count);

        Parse("{" + string.Join(',', [.. names, names[0]]) + "}").ShouldFailWith("json.duplicate-member");
        Parse("{" + string.Join(',', [.. names, names[^1]]) + "}").ShouldFailWith("json.duplicate-member");
        Parse("{" + string.Join(',', [names[0], .. names]) + "}").ShouldFailWith("json.duplicate-member");
    }

    [Theory]
    [InlineData("22FF22")]
    [InlineData("22C08022")]
    [InlineData("22EDA08022")]
    [InlineData("22F490808022")]
    [InlineData("22E282")]
    [InlineData("7B22FF223A317D")]
    [InlineData("3180")]
    public void Bytes_that_are_not_UTF_8_are_refused(string hex) => StrictJson.Parse(Convert.FromHexString(hex), Limits).ShouldFailWith("json.utf8");

    [Theory]
    [InlineData("""["\ud800"]""")]
    [InlineData("""["\udc00"]""")]
    [InlineData("""["\udc00\ud800"]""")]
    [InlineData("""["\ud800\ud800\udc00"]""")]
    [InlineData("""["\ud83dx\ude00"]""")]
    [InlineData("""["\ud83d\\ude00"]""")]
    [InlineData("""["\ud83d\n\ude00"]""")]
    [InlineData("""["\uDBFF"]""")]
    [InlineData("""{"\uD800":1}""")]
    public void Half_of_a_surrogate_pair_is_refused(string text) => Parse(text).ShouldFailWith("json.utf8");

    [Theory]
    [InlineData(@"""\ud83d\uDE00""", "😀")]
    [InlineData(@"""\\ud800""", "\\ud800")]
    [InlineData(@"""\""\\\/\b\f\n\r\t\u0000\u00e9""", "\"\\/\b\f\n\r\t\0é")]
    [InlineData(@"""\ud7ff\ue000\uffff""", "\ud7ff\ue000\uffff")]
    public void Escapes_are_read(string text, string expected)
    {
        var value = Parse(text).ShouldSucceed();

        Assert.Equal(expected, value.Text);
        Assert.Equal(Encoding.UTF8.GetBytes(expected), value.Utf8Text.ToArray());
        Assert.True(value.TextEquals(expected));
        Assert.False(value.TextEquals(expected + " "));
        Assert.True(value.IsEscaped);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("[1,]")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{a:1}")]
    [InlineData("{'a':1}")]
    [InlineData("[1 2]")]
    [InlineData("{\"a\" 1}")]
    [InlineData("nul")]
    [InlineData("True")]
    [InlineData("undefined")]
    [InlineData("\"a\nb\"")]
    [InlineData("\"\u0001\"")]
    [InlineData("\"\\x41\"")]
    [InlineData("\"\\u12g4\"")]
    [InlineData("\"\\u123\"")]
    [InlineData("\"")]
    [InlineData("]")]
    [InlineData("[}")]
    [InlineData("1\0")]
    [InlineData("\u00a01")]
    [InlineData("\f1")]
    public void Text_that_is_not_JSON_is_refused(string text) => Parse(text).ShouldFailWith("json.syntax");

    [Theory]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("1 1")]
    [InlineData("[],")]
    [InlineData("{}\0")]
    public void Bytes_after_the_value_are_refused(string text) => Parse(text).ShouldFailWith("json.syntax");

    [Theory]
    [InlineData("// a\n1")]
    [InlineData("1 /* a */")]
    [InlineData("[1, /* a */ 2]")]
    [InlineData("# a\n1")]
    public void Comments_are_refused(string text) => Parse(text).ShouldFailWith("json.syntax");

    [Theory]
    [InlineData("{}")]
    [InlineData("\"a\"")]
    public void A_byte_order_mark_is_refused(string text) => Parse("\ufeff" + text).ShouldFailWith("json.syntax");

    [Theory]
    [InlineData("01")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData(".5")]
    [InlineData("1.")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("0x10")]
    [InlineData("1_000")]
    [InlineData("NaN")]
    [InlineData("-Infinity")]
    [InlineData("\u0661")]
    public void Numbers_in_other_notations_are_refused(string text) => Parse(text).ShouldFailWith("json.syntax");

    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("1E400")]
    [InlineData("0.10")]
    [InlineData("123456789012345678901234567890")]
    public void Numbers_keep_their_text(string text) => Assert.Equal(text, Parse($"[{text}]").ShouldSucceed().Elements().Single().Text);

    [Fact]
    public void The_size_bound_holds_on_both_sides()
    {
        var bytes = "[1,2,3]"u8.ToArray();

        StrictJson.Parse(bytes, new JsonLimits(7)).ShouldSucceed();
        StrictJson.Parse(bytes, new JsonLimits(6)).ShouldFailWith("json.size");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(64)]
    public void The_depth_bound_holds_on_both_sides(int depth)
    {
        var limits = new JsonLimits(10_000, depth);

        StrictJson.Parse(Nested(depth), limits).ShouldSucceed();
        StrictJson.Parse(Nested(depth + 1), limits).ShouldFailWith("json.depth");
    }

    [Fact]
    public void Nothing_is_read_deeper_than_64_levels_whatever_the_limit()
    {
        var limits = new JsonLimits(1_000_000, Depth: 100_000);

        StrictJson.Parse(Nested(64), limits).ShouldSucceed();
        StrictJson.Parse(Nested(65), limits).ShouldFailWith("json.depth");
        StrictJson.Parse(Nested(100_000), limits).ShouldFailWith("json.depth");
    }

    [Fact]
    public void The_bound_of_values_holds_on_both_sides_and_counts_names()
    {
        var bytes = """{"a":[1,2]}"""u8.ToArray();

        StrictJson.Parse(bytes, new JsonLimits(100, Values: 5)).ShouldSucceed();
        StrictJson.Parse(bytes, new JsonLimits(100, Values: 4)).ShouldFailWith("json.values");
    }

    [Fact]
    public void Members_and_elements_come_in_order_with_the_received_bytes()
    {
        var value = Parse("""{ "b" : [ 1 , [ ] , {"x":"\u0079"} ] , "a" : null }""").ShouldSucceed();

        Assert.Equal(["b", "a"], value.Members().Select(member => member.Name.Text));
        Assert.Equal(["1", "[ ]", """{"x":"\u0079"}"""], value.Member("b")!.Value.Elements().Select(element => Encoding.UTF8.GetString(element.Raw.Span)));
        Assert.Equal("y", value.Member("b")!.Value.Elements()[^1].Member("x")!.Value.Text);
        Assert.Equal(JsonKind.Null, value.Member("a")!.Value.Kind);
        Assert.Null(value.Member("x"));
        Assert.Null(value.Member("B"));
    }

    [Fact]
    public void Values_of_other_kinds_have_no_members_and_no_elements()
    {
        foreach (var text in new[] { "1", "\"[1]\"", "null", "{}", "[]" })
        {
            var value = Parse(text).ShouldSucceed();

            Assert.Empty(value.Members());
            Assert.Empty(value.Elements());
            Assert.Null(value.Member("a"));
        }
    }

    [Fact]
    public void A_value_that_was_never_read_is_null_and_empty()
    {
        var value = default(JsonValue);

        Assert.Equal(JsonKind.Null, value.Kind);
        Assert.Equal("", value.Text);
        Assert.True(value.Raw.IsEmpty && value.Utf8Text.IsEmpty);
        Assert.Empty(value.Members());
        Assert.Empty(value.Elements());
        Assert.Null(value.Member("a"));
        Assert.True(value.ReadObject("test.object").Failed(out _));
    }

    [Fact]
    public void Long_names_are_compared_in_full()
    {
        var name = new string('é', 200);
        var value = Parse($$"""{"{{name}}":1,"{{name}}x":2}""").ShouldSucceed();

        Assert.Equal("1", value.Member(name)!.Value.Text);
        Assert.Equal("2", value.Member(name + "x")!.Value.Text);
        Assert.Null(value.Member(name + "y"));
    }

    [Fact]
    public void Reading_allocates_in_proportion_to_the_values_only()
    {
        var text = "[" + string.Join(',', Enumerable.Repeat("""{"name":"value","digest":{"sha256":"00"}}""", 2000)) + "]";
        var bytes = Encoding.UTF8.GetBytes(text);
        var value = StrictJson.Parse(bytes, Limits).ShouldSucceed();
        Assert.Equal(2000, Count(value));

        var before = GC.GetAllocatedBytesForCurrentThread();
        StrictJson.Parse(bytes, Limits);
        var parsing = GC.GetAllocatedBytesForCurrentThread() - before;
        before = GC.GetAllocatedBytesForCurrentThread();
        Count(value);
        var reading = GC.GetAllocatedBytesForCurrentThread() - before;

        // 14001 values of 12 bytes, in a list that never grows.
        Assert.InRange(parsing, 14_001 * 12, (14_001 * 12) + 1000);
        Assert.Equal(0, reading);

        static int Count(JsonValue value)
        {
            var count = 0;
            foreach (var element in value.Elements())
                count += element.Member("digest")!.Value.Member("sha256")!.Value.TextEquals("00") ? 1 : 0;
            return count;
        }
    }

    [Fact]
    public void Names_in_order_are_told_apart_without_a_copy()
    {
        var text = "{" + string.Join(',', Enumerable.Range(0, 2000).Select(at => $"\"{at:d6}\":0")) + "}";
        var bytes = Encoding.UTF8.GetBytes(text);
        StrictJson.Parse(bytes, Limits).ShouldSucceed();

        var before = GC.GetAllocatedBytesForCurrentThread();
        StrictJson.Parse(bytes, Limits);
        var parsing = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(parsing, 4001 * 12, (4001 * 12) + 1000);
        Parse(text[..^1] + ",\"000000\":0}").ShouldFailWith("json.duplicate-member");
        Parse(text[..^1] + ",\"001999\":0}").ShouldFailWith("json.duplicate-member");
    }

    private static Result<JsonValue> Parse(string text) => StrictJson.Parse(Encoding.UTF8.GetBytes(text), Limits);

    private static byte[] Nested(int depth) => depth == 0 ? "1"u8.ToArray() : Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));
}
