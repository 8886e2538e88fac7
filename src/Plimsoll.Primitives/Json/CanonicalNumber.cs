using System.Globalization;

namespace Plimsoll.Primitives.Json;

/// <summary>The canonical spellings of a JSON number.</summary>
internal static class CanonicalNumber
{
    /// <summary>
    /// The shortest decimal that reads back as the same double: plain between 1e-6 and 1e21, else with an exponent
    /// (ECMA-262 Number::toString; Go prints the same but keeps the sign of zero).
    /// </summary>
    public static Result<string> Shortest(string text, bool keepMinusZero)
    {
        var number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(number))
            return Unspeakable(text, "is larger than any double");
        if (number == 0)
            return keepMinusZero && double.IsNegative(number) ? "-0" : "0";

        var (digits, point) = Decompose(Math.Abs(number));
        return (number < 0 ? "-" : "") + Spell(digits, point);
    }

    /// <summary>The text itself, if it is a whole number in plain spelling.</summary>
    public static Result<string> Whole(string text)
        => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number.ToString(CultureInfo.InvariantCulture) == text
                ? text
                : Unspeakable(text, "is not a plain whole number, and this form knows no others");

    /// <summary>Digits without leading or trailing zeros, and where the decimal point stands from their left.</summary>
    private static (string Digits, int Point) Decompose(double positive)
    {
        var scientific = positive.ToString("R", CultureInfo.InvariantCulture);
        var exponent = 0;
        if (scientific.IndexOf('E') is var at and > 0)
        {
            exponent = int.Parse(scientific.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            scientific = scientific[..at];
        }

        var dot = scientific.IndexOf('.');
        var whole = dot < 0 ? scientific : scientific[..dot];
        var all = dot < 0 ? whole : whole + scientific[(dot + 1)..];
        var leading = all.Length - all.TrimStart('0').Length;
        return (all.Trim('0'), whole.Length + exponent - leading);
    }

    private static string Spell(string digits, int point)
    {
        if (point is > 21 or < -5)
        {
            var fraction = digits.Length == 1 ? "" : "." + digits[1..];
            return $"{digits[0]}{fraction}e{(point > 0 ? "+" : "-")}{Math.Abs(point - 1)}";
        }

        if (point <= 0)
            return "0." + new string('0', -point) + digits;
        return point >= digits.Length
            ? digits.PadRight(point, '0')
            : $"{digits[..point]}.{digits[point..]}";
    }

    private static Failure Unspeakable(string text, string why) => new(
        Refusal.Malformed, "json.number", $"the number {(text.Length <= 60 ? text : text[..60] + "…")} {why}",
        "write it as a string, or as a whole number of at most 18 digits");
}
