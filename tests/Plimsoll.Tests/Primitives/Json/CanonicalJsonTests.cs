using System.Globalization;
using System.Text;
using System.Text.Json;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Tests.Primitives.Json;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("openpubkey/cic-canonical-bulk.json", 200, 200, 200)]
    [InlineData("openpubkey/cic-commitment.json", 18, 13, 15)]
    public void The_Go_form_agrees_with_OpenPubkeys_on_every_vector(string file, int vectors, int texts, int commitments)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(TestData.Vectors(file)));
        var all = document.RootElement.GetProperty("vectors").EnumerateArray().ToArray();
        Assert.Equal(vectors, all.Length);

        foreach (var vector in all)
        {
            var written = Write(CanonicalJson.Go, vector.GetProperty("protectedHeader").GetString()!).ShouldSucceed();

            if (vector.TryGetProperty("canonicalJson", out var text))
            {
                Assert.Equal(text.GetString(), Encoding.UTF8.GetString(written));
                texts--;
            }

            if (vector.TryGetProperty("commitment", out var commitment))
            {
                Assert.Equal(commitment.GetString(), Base64Text.EncodeUrl(Keccak.Sha3(written)));
                commitments--;
            }
        }

        Assert.Equal((0, 0), (texts, commitments));
    }

    [Theory]
    [InlineData("""{"b":1,"a":{"d":[ ],"c":{ }}}""", """{"a":{"c":{},"d":[]},"b":1}""")]
    [InlineData(@"""\u003c>&\u2028\u2029\u2027\u007f\/'""", "\"\\u003c\\u003e\\u0026\\u2028\\u2029\u2027\u007f/'\"")]
    [InlineData(@"""\b\t\n\f\r\u0000\u001F\u000b""", @"""\b\t\n\f\r\u0000\u001f\u000b""")]
    [InlineData("""{"\uffff":1,"😀":2}""", "{\"\uffff\":1,\"😀\":2}")]
    [InlineData("[-0,0,-0.0,0e9]", "[-0,0,-0,0]")]
    [InlineData("[1.0,100e-2,1e21,1e-7,1E20]", "[1,1,1e+21,1e-7,100000000000000000000]")]
    [InlineData("[null,true,false]", "[null,true,false]")]
    public void The_Go_form_is_compact_sorted_and_minimally_escaped(string text, string expected)
        => Assert.Equal(expected, Encoding.UTF8.GetString(Write(CanonicalJson.Go, text).ShouldSucceed()));

    // RFC 8785 3.2.2 and 3.2.3.
    [Theory]
    [InlineData(
        """{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}""",
        """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}""")]
    [InlineData(
        """{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}""",
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}")]
    [InlineData("""["<>&\u2028\u007f",-0]""", "[\"<>&\u2028\u007f\",0]")]
    public void The_JCS_form_is_that_of_the_RFC(string text, string expected)
        => Assert.Equal(expected, Encoding.UTF8.GetString(Write(CanonicalJson.Rfc8785, text).ShouldSucceed()));

    // RFC 8785 appendix B.
    [Theory]
    [InlineData("0000000000000000", "0")]
    [InlineData("8000000000000000", "0")]
    [InlineData("0000000000000001", "5e-324")]
    [InlineData("8000000000000001", "-5e-324")]
    [InlineData("7fefffffffffffff", "1.7976931348623157e+308")]
    [InlineData("ffefffffffffffff", "-1.7976931348623157e+308")]
    [InlineData("4340000000000000", "9007199254740992")]
    [InlineData("c340000000000000", "-9007199254740992")]
    [InlineData("4430000000000000", "295147905179352830000")]
    [InlineData("44b52d02c7e14af5", "9.999999999999997e+22")]
    [InlineData("44b52d02c7e14af6", "1e+23")]
    [InlineData("44b52d02c7e14af7", "1.0000000000000001e+23")]
    [InlineData("444b1ae4d6e2ef4e", "999999999999999700000")]
    [InlineData("444b1ae4d6e2ef4f", "999999999999999900000")]
    [InlineData("444b1ae4d6e2ef50", "1e+21")]
    [InlineData("3eb0c6f7a0b5ed8c", "9.999999999999997e-7")]
    [InlineData("3eb0c6f7a0b5ed8d", "0.000001")]
    [InlineData("41b3de4355555553", "333333333.3333332")]
    [InlineData("41b3de4355555554", "333333333.33333325")]
    [InlineData("41b3de4355555555", "333333333.3333333")]
    [InlineData("41b3de4355555556", "333333333.3333334")]
    [InlineData("41b3de4355555557", "333333333.33333343")]
    [InlineData("becbf647612f3696", "-0.0000033333333333333333")]
    [InlineData("43143ff3c1cb0959", "1424953923781206.2")]
    public void Numbers_are_printed_as_the_table_of_the_RFC_says(string bits, string expected)
    {
        var number = BitConverter.UInt64BitsToDouble(ulong.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture));

        // Both a spelling with too many digits and the printed one itself read as this double.
        Assert.Equal(expected, Encoding.UTF8.GetString(Write(CanonicalJson.Rfc8785, number.ToString("E25", CultureInfo.InvariantCulture)).ShouldSucceed()));
        Assert.Equal(expected, Encoding.UTF8.GetString(Write(CanonicalJson.Rfc8785, expected).ShouldSucceed()));
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("[{\"a\":-1e309}]")]
    [InlineData("1e99999999999999999999")]
    public void A_number_beyond_every_double_is_refused(string text)
    {
        Write(CanonicalJson.Go, text).ShouldFailWith("json.number");
        Write(CanonicalJson.Rfc8785, text).ShouldFailWith("json.number");
    }

    [Fact]
    public void A_very_long_number_is_read_in_full_and_cut_in_messages()
    {
        Assert.Equal("1e+99", Encoding.UTF8.GetString(Write(CanonicalJson.Go, "1" + new string('0', 99)).ShouldSucceed()));
        Assert.Equal("0", Encoding.UTF8.GetString(Write(CanonicalJson.Go, "1e-" + new string('9', 5000)).ShouldSucceed()));
        Assert.InRange(Write(CanonicalJson.Go, new string('9', 5000)).ShouldFailWith("json.number").What.Length, 60, 200);
    }

    [Fact]
    public void The_OLPC_form_escapes_quote_and_backslash_alone()
        => Assert.Equal("{\"a\":-1,\"b\":\"\\\"\\\\\n<é\"}", Encoding.UTF8.GetString(Write(CanonicalJson.Olpc, """{"b":"\"\\\n<é","a":-1}""").ShouldSucceed()));

    [Theory]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("-0")]
    [InlineData("9223372036854775808")]
    public void The_OLPC_form_knows_whole_numbers_only(string text) => Write(CanonicalJson.Olpc, text).ShouldFailWith("json.number");

    [Fact]
    public void Names_are_sorted_as_UTF_16_in_JCS_and_as_UTF_8_elsewhere()
    {
        string[] names = ["", "a", "aa", "b", "é", "\ud7ff", "\ue000", "\uffff", "😀", "a\ue000", "a😀", "\U0010ffff", "😀a"];
        var text = "{" + string.Join(',', names.Select(name => $"\"{name}\":0")) + "}";

        Assert.Equal(names.Order(StringComparer.Ordinal), Names(CanonicalJson.Rfc8785));
        Assert.Equal(names.OrderBy(name => Convert.ToHexString(Encoding.UTF8.GetBytes(name)), StringComparer.Ordinal), Names(CanonicalJson.Go));

        IEnumerable<string> Names(CanonicalJson form)
            => StrictJson.Parse(Write(form, text).ShouldSucceed(), new JsonLimits(1000)).ShouldSucceed().Members().Select(member => member.Name.Text);
    }

    [Theory]
    [InlineData("""{"a":-1,"b":["x",{}],"c":{"d":null,"e":true},"f":[],"g":"\\ \""}""")]
    [InlineData("{\"Z\":1,\"a\":0,\"é\":\"e\u0301<>&\u2028\",\"\uffff\":2,\"😀\":3}")]
    public void What_stands_in_the_OLPC_form_is_signed_as_it_was_received(string text)
    {
        var value = StrictJson.Parse(Encoding.UTF8.GetBytes(text), new JsonLimits(1000)).ShouldSucceed();

        var bytes = CanonicalJson.OlpcBytes(value).ShouldSucceed();

        Assert.True(bytes.Span == value.Raw.Span);
        Assert.Equal(text, Encoding.UTF8.GetString(CanonicalJson.Olpc.Write(value).ShouldSucceed()));
    }

    [Theory]
    [InlineData("""{"b":1,"a":2}""")]
    [InlineData("""{"a": 1}""")]
    [InlineData("""{"a":[1, 2]}""")]
    [InlineData("""{"\u0061":1}""")]
    [InlineData("""{"a":"\u0061"}""")]
    [InlineData("""{"a":"\/"}""")]
    [InlineData("""{"a":"\\\n"}""")]
    [InlineData("""{"a":{"c":1,"b":2}}""")]
    [InlineData("{\"😀\":1,\"\uffff\":2}")]
    public void What_is_spelt_otherwise_is_signed_in_the_OLPC_form(string text)
    {
        var value = StrictJson.Parse(Encoding.UTF8.GetBytes(text), new JsonLimits(1000)).ShouldSucceed();

        Assert.Equal(CanonicalJson.Olpc.Write(value).ShouldSucceed(), CanonicalJson.OlpcBytes(value).ShouldSucceed().ToArray());
        Assert.NotEqual(text, Encoding.UTF8.GetString(CanonicalJson.Olpc.Write(value).ShouldSucceed()));
    }

    [Theory]
    [InlineData("""{"a":-0}""")]
    [InlineData("""{"a":1.0}""")]
    [InlineData("""{"a":1e2}""")]
    [InlineData("""{"a":9223372036854775808}""")]
    public void A_number_that_has_no_OLPC_form_is_signed_in_none(string text)
        => StrictJson.Parse(Encoding.UTF8.GetBytes(text), new JsonLimits(1000)).Then(CanonicalJson.OlpcBytes).ShouldFailWith("json.number");

    private static Result<byte[]> Write(CanonicalJson form, string text)
        => form.Write(StrictJson.Parse(Encoding.UTF8.GetBytes(text), new JsonLimits(100_000)).ShouldSucceed());
}
