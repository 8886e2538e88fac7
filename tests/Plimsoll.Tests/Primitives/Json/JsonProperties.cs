using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Tests.Primitives.Json;

public sealed class JsonProperties
{
    private static readonly JsonLimits Limits = new(1_000_000);

    [Fact]
    public void What_the_platform_writes_reads_back_the_same() => Prop.ForAll<string>(text =>
    {
        var paired = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
        var value = StrictJson.Parse(JsonSerializer.SerializeToUtf8Bytes(paired), Limits).ShouldSucceed();

        return value.Text == paired && value.TextEquals(paired) && Encoding.UTF8.GetString(value.Utf8Text.Span) == paired;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_written_canonically_reads_back_the_same() => Prop.ForAll<string>(text =>
    {
        var paired = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
        var value = StrictJson.Parse(JsonSerializer.SerializeToUtf8Bytes(paired), Limits).ShouldSucceed();

        return new[] { CanonicalJson.Go, CanonicalJson.Rfc8785 }
            .All(form => StrictJson.Parse(form.Write(value).ShouldSucceed(), Limits).ShouldSucceed().Text == paired);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_double_keeps_its_value_in_canonical_spelling() => Prop.ForAll<double>(number =>
    {
        if (!double.IsFinite(number))
            return true;
        var value = StrictJson.Parse(JsonSerializer.SerializeToUtf8Bytes(number), Limits).ShouldSucceed();
        var written = Encoding.UTF8.GetString(CanonicalJson.Go.Write(value).ShouldSucceed());

        return double.Parse(written, CultureInfo.InvariantCulture).Equals(number) && !written.Contains('E', StringComparison.Ordinal);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_of_members_changes_nothing_in_canonical_form() => Prop.ForAll<string[]>(names =>
    {
        var distinct = (names ?? []).Select(name => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name ?? ""))).Distinct(StringComparer.Ordinal).ToArray();
        var one = Write(distinct);
        var other = Write(distinct.Reverse());

        return one.SequenceEqual(other);

        static byte[] Write(IEnumerable<string> names)
        {
            var text = "{" + string.Join(',', names.Select(name => JsonSerializer.Serialize(name) + ":0")) + "}";
            return CanonicalJson.Rfc8785.Write(StrictJson.Parse(Encoding.UTF8.GetBytes(text), Limits).ShouldSucceed()).ShouldSucceed();
        }
    }).QuickCheckThrowOnFailure();
}
