using Plimsoll.Primitives.Json;

namespace Plimsoll.Client.Registry;

/// <summary>The first error that a registry's answer names (distribution-spec, Error Codes), as one line fit for a terminal.</summary>
internal static class RegistryError
{
    private const int MostBytes = 8 * 1024;
    private const int MostCharacters = 200;

    /// <summary>Gives <c> (CODE: message)</c>, or nothing where the body is not of that form.</summary>
    public static async Task<string> Read(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (!(await BoundedBody.Read(response, "the error", MostBytes, cancellation)).Succeeded(out var body, out _)
            || !StrictJson.Parse(body, new JsonLimits(MostBytes)).Succeeded(out var value, out _))
            return "";

        var reader = value.ReadObject("registry.answer");
        var first = reader.OptionalObjects("errors").FirstOrDefault();
        var (code, message) = (first?.OptionalString("code"), first?.OptionalString("message"));
        return reader.Failed(out _) || code is null ? "" : $" ({Clean(code)}: {Clean(message ?? "")})";
    }

    // The text is the registry's: no control characters, no bidirectional marks, no endless line.
    private static string Clean(string text)
        => new([.. text.Select(character => character is >= ' ' and <= '~' ? character : '?').Take(MostCharacters)]);
}
