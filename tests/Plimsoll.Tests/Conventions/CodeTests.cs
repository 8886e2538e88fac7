using System.Text.RegularExpressions;

namespace Plimsoll.Tests.Conventions;

/// <summary>How product code is laid out.</summary>
public sealed partial class CodeTests
{
    private const int MostLines = 400;

    [Fact]
    public void No_file_is_longer_than_one_sitting()
    {
        foreach (var file in SourceFile.All)
            Assert.True(file.Lines <= MostLines, $"{file.Path} has {file.Lines} lines: look for the second subject");
    }

    [Fact]
    public void Classes_are_sealed_static_or_abstract()
    {
        // A partial class says it in one of its parts.
        var types = SourceFile.All
            .SelectMany(file => ClassDeclaration().Matches(file.Code).Select(match => (file.Project, file.Path, Modifiers: match.Groups[1].Value, Name: match.Groups[2].Value)))
            .GroupBy(type => (type.Project, type.Name))
            .ToArray();
        Assert.NotEmpty(types);

        foreach (var type in types)
        {
            Assert.True(
                type.Any(part => Closed().IsMatch(part.Modifiers)),
                $"{type.Key.Name} in {type.First().Path} is neither sealed nor static nor abstract");
        }
    }

    [Fact]
    public void A_namespace_is_its_folder()
    {
        foreach (var file in SourceFile.All)
        {
            var declared = Namespace().Match(file.Code);
            var folder = Path.GetDirectoryName(file.Path)!.Replace('\\', '/')["src/".Length..].Replace('/', '.');
            Assert.True(!declared.Success || declared.Groups[1].Value == folder, $"{file.Path} declares {declared.Groups[1].Value}");
        }
    }

    [Fact]
    public void Protocol_input_is_never_read_by_the_lenient_reader()
    {
        foreach (var file in SourceFile.All.Where(file => file.Project != "Plimsoll.Primitives"))
            Assert.False(LenientJson().IsMatch(file.Code), $"{file.Path} reads JSON without StrictJson");
    }

    [GeneratedRegex(@"^[ \t]*((?:(?:public|internal|private|protected|file|sealed|static|abstract|partial|unsafe|readonly|new)[ \t]+)*)(?:record[ \t]+class|record(?![ \t]+struct)|class)[ \t]+(\w+)", RegexOptions.Multiline)]
    private static partial Regex ClassDeclaration();

    [GeneratedRegex(@"\b(sealed|static|abstract)\b")]
    private static partial Regex Closed();

    [GeneratedRegex(@"^namespace[ \t]+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\b(JsonDocument\.Parse|JsonNode\.Parse|JsonSerializer\.Deserialize\w*|ReadFromJsonAsync|GetFromJsonAsync)\b")]
    private static partial Regex LenientJson();
}
