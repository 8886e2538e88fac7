using System.Text.RegularExpressions;

namespace Plimsoll.Tests.Conventions;

/// <summary>A source file under <c>src/</c>, for the tests that read code as text.</summary>
/// <param name="Project">The project's folder, such as <c>Plimsoll.Oci</c>.</param>
/// <param name="Path">The path from the repository's root, for messages.</param>
/// <param name="Code">The text without comments.</param>
internal sealed partial record SourceFile(string Project, string Path, string Code)
{
    /// <summary>Every C# file of the product.</summary>
    public static IReadOnlyList<SourceFile> All { get; } = [.. Directory
        .EnumerateFiles(System.IO.Path.Combine(TestData.Repository, "src"), "*.cs", SearchOption.AllDirectories)
        .Select(path => System.IO.Path.GetRelativePath(TestData.Repository, path).Replace('\\', '/'))
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(path => new SourceFile(path.Split('/')[1], path, Comment().Replace(File.ReadAllText(System.IO.Path.Combine(TestData.Repository, path)), "")))];

    /// <summary>The lines of the file as it is.</summary>
    public int Lines => File.ReadLines(System.IO.Path.Combine(TestData.Repository, Path)).Count();

    // Whole-line comments only: what follows code on its line is seldom and short.
    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
