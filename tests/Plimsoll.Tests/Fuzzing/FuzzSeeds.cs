using System.Text;
using System.Text.Json;

namespace Plimsoll.Tests.Fuzzing;

/// <summary>Where seeds come from: texts in the source, vector files, members of vector files.</summary>
internal static class FuzzSeeds
{
    public static IEnumerable<byte[]> Text(params string[] texts) => texts.Select(Encoding.UTF8.GetBytes);

    public static IEnumerable<byte[]> Base64(params string[] texts) => texts.Select(Convert.FromBase64String);

    /// <summary>Every file below a folder of this repository's <c>vectors/</c>; none if there is no such folder.</summary>
    public static IEnumerable<byte[]> Files(string folder, string pattern = "*")
    {
        var path = Path.Combine(TestData.Repository, "vectors", folder);
        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)
            : [];
    }

    /// <summary>
    /// One member of each of the <c>vectors</c>, or of another list, in a file of this repository: a string's characters, or the text of any other
    /// value. Vectors without the member are passed over.
    /// </summary>
    public static IEnumerable<byte[]> Member(string file, string member, string list = "vectors")
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(TestData.Vectors(file)));
        return
        [
            .. document.RootElement.GetProperty(list).EnumerateArray()
                .Where(vector => vector.TryGetProperty(member, out _))
                .Select(vector => vector.GetProperty(member))
                .Select(value => Encoding.UTF8.GetBytes(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText())),
        ];
    }
}
