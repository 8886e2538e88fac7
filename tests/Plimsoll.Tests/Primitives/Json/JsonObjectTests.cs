using System.Text;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Tests.Primitives.Json;

public sealed class JsonObjectTests
{
    private const string Code = "test.object";

    [Fact]
    public void Fields_of_each_form_are_read()
    {
        var reader = Read("""
            {"text":"a","empty":"","number":-12,"yes":true,"no":false,"std":"+/8=","url":"-_8","object":{"x":"y"},
             "array":[1,"2"],"objects":[{"a":1},{"a":2}],"strings":["a","b"],"map":{"b":"2","a":"1"},"none":[]}
            """);

        Assert.Equal("a", reader.String("text"));
        Assert.Equal("a", reader.NonEmptyString("text"));
        Assert.Equal("", reader.String("empty"));
        Assert.Equal(-12, reader.Integer("number"));
        Assert.True(reader.OptionalBoolean("yes"));
        Assert.False(reader.OptionalBoolean("no"));
        Assert.Equal([0xFB, 0xFF], reader.Base64("std"));
        Assert.Equal([0xFB, 0xFF], reader.Base64Url("url"));
        Assert.Equal("y", reader.Object("object").String("x"));
        Assert.Equal(["1", "2"], reader.Array("array").Select(value => value.Text));
        Assert.Equal([1, 2], reader.Objects("objects").Select(one => one.Integer("a")));
        Assert.Equal(["a", "b"], reader.OptionalStrings("strings"));
        Assert.Equal(["a", "b"], reader.OptionalStringMap("map").Keys);
        Assert.Empty(reader.Objects("none"));
        Assert.True(reader.Has("none"));
        Assert.Equal(13, reader.Names().Count());
        Assert.Equal("a", reader.Value("text").Text);
        reader.NoOtherMembers();
        Assert.False(reader.Failed(out _));
    }

    [Fact]
    public void Fields_that_are_absent_are_null_or_empty_where_they_are_optional()
    {
        var reader = Read("{}");

        Assert.Null(reader.OptionalString("a"));
        Assert.Null(reader.OptionalInteger("a"));
        Assert.Null(reader.OptionalBoolean("a"));
        Assert.Null(reader.OptionalObject("a"));
        Assert.Null(reader.OptionalArray("a"));
        Assert.Null(reader.OptionalValue("a"));
        Assert.Empty(reader.OptionalObjects("a"));
        Assert.Empty(reader.OptionalStrings("a"));
        Assert.Empty(reader.OptionalStringMap("a"));
        Assert.False(reader.Has("a"));
        Assert.False(reader.Failed(out _));
    }

    public static TheoryData<string, Action<JsonObject>> Readings { get; } = new()
    {
        { "String", reader => reader.String("a") },
        { "NonEmptyString", reader => reader.NonEmptyString("a") },
        { "Integer", reader => reader.Integer("a") },
        { "Base64", reader => reader.Base64("a") },
        { "Base64Url", reader => reader.Base64Url("a") },
        { "Object", reader => reader.Object("a").Object("b").String("c") },
        { "Array", reader => reader.Array("a") },
        { "Objects", reader => reader.Objects("a") },
    };

    [Theory]
    [MemberData(nameof(Readings), DisableDiscoveryEnumeration = true)]
    public void A_field_that_must_be_there_and_is_not_is_refused(string form, Action<JsonObject> read)
    {
        var reader = Read("{}");

        read(reader);

        Fails(reader, "'a' is missing", form);
    }

    [Theory]
    [MemberData(nameof(Readings), DisableDiscoveryEnumeration = true)]
    public void Null_is_not_absent_and_not_a_value(string form, Action<JsonObject> read)
    {
        var reader = Read("""{"a":null}""");

        read(reader);

        Fails(reader, "'a' is null, not ", form);
    }

    [Fact]
    public void Null_in_an_optional_field_is_refused_as_well()
    {
        Action<JsonObject>[] readings =
        [
            reader => reader.OptionalString("a"), reader => reader.OptionalInteger("a"), reader => reader.OptionalBoolean("a"), reader => reader.OptionalObject("a"),
            reader => reader.OptionalArray("a"), reader => reader.OptionalObjects("a"), reader => reader.OptionalStrings("a"), reader => reader.OptionalStringMap("a"),
        ];

        foreach (var read in readings)
        {
            var reader = Read("""{"a":null}""");
            read(reader);
            Fails(reader, "'a' is null, not ");
        }
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("-0")]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775809")]
    [InlineData("\"1\"")]
    [InlineData("true")]
    public void A_whole_number_has_one_spelling(string number)
    {
        var reader = Read($$"""{"a":{{number}}}""");

        Assert.Null(reader.OptionalInteger("a"));

        Fails(reader, "'a' is ");
    }

    [Theory]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("0", 0L)]
    public void Whole_numbers_reach_as_far_as_64_bits(string number, long expected) => Assert.Equal(expected, Read($$"""{"a":{{number}}}""").Integer("a"));

    [Fact]
    public void The_first_failure_sticks_and_says_where()
    {
        var reader = Read("""{"list":[{"x":"1"},{"x":2}],"other":5}""");

        foreach (var one in reader.Objects("list"))
            one.String("x");
        reader.String("other");
        reader.String("absent");

        Fails(reader, "'list[1].x' is a number, not a string");
    }

    [Fact]
    public void After_a_failure_everything_reads_as_empty()
    {
        var reader = Read("""{"a":1}""");
        var inner = reader.Object("a").Object("b");

        Assert.Equal("", inner.String("c"));
        Assert.Equal(0, inner.Integer("c"));
        Assert.Empty(inner.Base64("c"));
        Assert.Empty(inner.Objects("c"));
        Assert.Empty(inner.Array("c"));
        Assert.Equal(JsonKind.Null, inner.Value("c").Kind);
        Assert.Empty(inner.Names());
        inner.NoOtherMembers();
        inner.NoCaseVariants();
        Fails(reader, "'a' is a number, not an object");
        Fails(inner, "'a' is a number, not an object");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"a\"")]
    [InlineData("null")]
    public void What_is_no_object_is_not_read_as_one(string text)
    {
        var reader = Read(text);

        Assert.Equal("", reader.String("a"));

        Fails(reader, "an object is needed");
    }

    [Theory]
    [InlineData("""{"a":[{},1]}""", "'a[1]' is a number, not an object")]
    [InlineData("""{"a":[{},null]}""", "'a[1]' is null, not an object")]
    public void An_array_of_objects_holds_nothing_else(string text, string what)
    {
        var reader = Read(text);
        reader.OptionalObjects("a");
        Fails(reader, what);
    }

    [Theory]
    [InlineData("""{"a":["x",1]}""")]
    [InlineData("""{"a":["x",null]}""")]
    [InlineData("""{"a":[["x"]]}""")]
    public void An_array_of_strings_holds_nothing_else(string text)
    {
        var reader = Read(text);
        reader.OptionalStrings("a");
        Fails(reader, "'a' holds ");
    }

    [Fact]
    public void A_map_of_strings_holds_nothing_else()
    {
        var reader = Read("""{"a":{"x":"1","y":2}}""");
        reader.OptionalStringMap("a");
        Fails(reader, "'a' has a member 'y' that is a number, not a string");
    }

    [Fact]
    public void A_member_that_nobody_asked_for_is_refused_where_a_format_is_closed()
    {
        var reader = Read("""{"a":"1","b":"2"}""");
        reader.String("a");
        reader.NoOtherMembers();
        Fails(reader, "'b' is not a member that this format knows");
    }

    [Theory]
    [InlineData("""{"iss":"a","ISS":"b"}""")]
    [InlineData("""{"iss":"a","Iss":"b"}""")]
    [InlineData("""{"iss":"a","is\u0053":"b"}""")]
    [InlineData("""{"iss":"a","i\u017fs":"b"}""")]
    [InlineData("""{"Iss":"b"}""")]
    public void A_member_that_differs_only_in_case_is_refused(string text)
    {
        var reader = Read(text);
        reader.OptionalString("iss");
        reader.NoCaseVariants();
        Fails(reader, "differs only in case from 'iss'");
    }

    [Fact]
    public void The_Kelvin_sign_is_a_k_in_another_case()
    {
        var reader = Read("{\"\u212aid\":\"a\"}");
        reader.OptionalString("kid");
        reader.NoCaseVariants();
        Fails(reader, "differs only in case from 'kid'");
    }

    [Fact]
    public void Members_that_nobody_asked_for_may_differ_in_case()
    {
        var reader = Read("""{"iss":"a","x":1,"X":2}""");
        reader.String("iss");
        reader.NoCaseVariants();
        Assert.False(reader.Failed(out _));
    }

    [Fact]
    public void Long_names_and_values_are_cut_in_messages()
    {
        var name = new string('n', 10_000);
        var reader = Read($$"""{"{{name}}":1,"a":{{new string('9', 10_000)}}}""");
        reader.NoOtherMembers();
        Assert.True(reader.Failed(out var failure));
        Assert.InRange(failure.What.Length, 60, 200);

        reader = Read($$"""{"a":{{new string('9', 10_000)}}}""");
        reader.Integer("a");
        Assert.True(reader.Failed(out failure));
        Assert.InRange(failure.What.Length, 60, 200);
    }

    private static JsonObject Read(string text)
        => StrictJson.Parse(Encoding.UTF8.GetBytes(text), new JsonLimits(100_000)).ShouldSucceed().ReadObject(Code);

    private static void Fails(JsonObject reader, string what, string form = "")
    {
        Assert.True(reader.Failed(out var failure), form);
        Assert.Equal(Code, failure.Code);
        Assert.Contains(what, failure.What, StringComparison.Ordinal);
    }
}
