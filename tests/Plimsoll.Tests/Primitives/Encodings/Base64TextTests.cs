using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Plimsoll.Primitives.Encodings;

namespace Plimsoll.Tests.Primitives.Encodings;

public sealed class Base64TextTests
{
    private const string Code = "encoding.base64";

    // RFC 4648 section 10.
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "Zg==")]
    [InlineData("fo", "Zm8=")]
    [InlineData("foo", "Zm9v")]
    [InlineData("foob", "Zm9vYg==")]
    [InlineData("fooba", "Zm9vYmE=")]
    [InlineData("foobar", "Zm9vYmFy")]
    public void Both_forms_agree_with_the_RFC(string text, string encoded)
    {
        var bytes = Encoding.ASCII.GetBytes(text);

        Assert.Equal(encoded, Base64Text.Encode(bytes));
        Assert.Equal(encoded.TrimEnd('='), Base64Text.EncodeUrl(bytes));
        Assert.Equal(bytes, Base64Text.Decode(encoded).ShouldSucceed());
        Assert.Equal(bytes, Base64Text.DecodeUrl(encoded.TrimEnd('=')).ShouldSucceed());
    }

    [Theory]
    [InlineData("Zh==")]
    [InlineData("Zm9=")]
    [InlineData("Z===")]
    [InlineData("====")]
    [InlineData("=")]
    [InlineData("Zg=")]
    [InlineData("Zg")]
    [InlineData("Zm8")]
    [InlineData("Zg==Zg==")]
    [InlineData("Zm9v\n")]
    [InlineData("Zm9v\n\n\n\n")]
    [InlineData("Zm 9v===")]
    [InlineData(" Zm9vYg=")]
    [InlineData("Zg = =")]
    [InlineData("Zg\r\n==")]
    [InlineData("-_-_")]
    [InlineData("Zm9\0")]
    [InlineData("Zm9é")]
    [InlineData("Zg======")]
    public void A_second_spelling_of_base64_is_refused(string text) => Base64Text.Decode(text).ShouldFailWith(Code);

    [Theory]
    [InlineData("Zh")]
    [InlineData("Zm9")]
    [InlineData("Z")]
    [InlineData("Zg==")]
    [InlineData("Zm8=")]
    [InlineData("Zg=")]
    [InlineData("Zm9v=")]
    [InlineData("Zm9v\n")]
    [InlineData("\nZm9v")]
    [InlineData("Zm 9v")]
    [InlineData("Zm9v    ")]
    [InlineData("+/+/")]
    [InlineData("Zm.v")]
    [InlineData("Zm9é")]
    [InlineData("%3D%3D")]
    public void A_second_spelling_of_base64url_is_refused(string text) => Base64Text.DecodeUrl(text).ShouldFailWith(Code);

    [Fact]
    public void Bytes_survive_both_forms() => Prop.ForAll<byte[]>(bytes =>
        Base64Text.Decode(Base64Text.Encode(bytes ?? [])).ShouldSucceed().SequenceEqual(bytes ?? [])
        && Base64Text.DecodeUrl(Base64Text.EncodeUrl(bytes ?? [])).ShouldSucceed().SequenceEqual(bytes ?? [])).QuickCheckThrowOnFailure();

    [Fact]
    public void No_two_texts_of_three_characters_mean_the_same_bytes()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var all = Enumerable.Range(32, 95).Select(code => (char)code).ToArray();

        foreach (var text in all.SelectMany(one => all.SelectMany(two => all.Select(three => string.Concat(one, two, three)))))
        {
            if (Base64Text.DecodeUrl(text).Succeeded(out var bytes, out _))
                Assert.True(seen.Add(Convert.ToHexString(bytes)), text);
        }

        Assert.Equal(65536, seen.Count);
    }
}
