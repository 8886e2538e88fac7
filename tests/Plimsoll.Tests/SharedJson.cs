using System.Text.Json;

namespace Plimsoll.Tests;

/// <summary>Reads the tables of the shared data; the test is skipped where they are not there.</summary>
internal static class SharedJson
{
    public static JsonDocument Read(string path) => JsonDocument.Parse(File.ReadAllBytes(TestData.SkipIfAbsent(path)));

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    /// <summary>The member's own bytes, compact or not, as they stand in the table.</summary>
    public static byte[] Bytes(this JsonElement element) => System.Text.Encoding.UTF8.GetBytes(element.GetRawText());
}
