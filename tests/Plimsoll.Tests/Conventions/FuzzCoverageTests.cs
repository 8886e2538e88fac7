using System.Reflection;
using System.Text.RegularExpressions;
using Plimsoll.Primitives;

namespace Plimsoll.Tests.Conventions;

/// <summary>Whatever parses has a fuzz entry: a static <c>Parse…</c> that gives a Result is named in a file of Fuzzing/, or here with a reason.</summary>
public sealed class FuzzCoverageTests
{
    private static readonly string[] Projects =
        ["Plimsoll.Primitives", "Plimsoll.OpenPubkey", "Plimsoll.Envelopes", "Plimsoll.Log", "Plimsoll.Oci", "Plimsoll.Verification", "Plimsoll.Client", "Plimsoll.Server"];

    private static readonly Dictionary<string, string> NotFuzzedByName = new(StringComparer.Ordinal)
    {
        ["ImageIndex.Parse"] = "ImageDocument.Parse, and a question what came out",
        ["ImageManifest.Parse"] = "ImageDocument.Parse, and a question what came out",
        ["InTotoStatement.Parse"] = "ReleaseStatement.Parse begins with it",
        ["IdentityRule.Parse"] = "takes names and patterns that were read before; TrustPolicy.Parse calls it with whatever a file holds",
        ["Tag.Parse"] = "Reference.Parse calls it",
        ["RepositoryName.Parse"] = "Reference.Parse calls it",
        ["TokenSignature.Parse"] = "PkToken.Parse and CompactJws.Parse call it",
        ["TokenSignature.ParseHeader"] = "PkToken.Parse and CompactJws.Parse call it",
        ["TokenVectors.ParseProvider"] = "OpenPubkeyVectors.Run calls it",
        ["TokenVectors.ParseKeys"] = "OpenPubkeyVectors.Run calls it",
    };

    [Fact]
    public void Every_parser_has_a_fuzz_entry()
    {
        var entries = string.Concat(Directory.EnumerateFiles(Path.Combine(TestData.Repository, "tests", "Plimsoll.Tests", "Fuzzing"), "FuzzEntries.*.cs").Select(File.ReadAllText));
        var parsers = Projects.SelectMany(Parsers).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(parsers);

        // A parser of something that stands in the source is set-up, and no entry.
        var named = parsers.Where(parser => Regex.IsMatch(entries, $@"\b{Regex.Escape(parser)}\b(?!\(\s*[""$[])")).ToHashSet(StringComparer.Ordinal);
        var missing = parsers.Where(parser => !named.Contains(parser) && !NotFuzzedByName.ContainsKey(parser));
        var stale = NotFuzzedByName.Keys.Where(parser => !parsers.Contains(parser) || named.Contains(parser));

        Assert.True(!missing.Any(), "without a fuzz entry in tests/Plimsoll.Tests/Fuzzing: " + string.Join(", ", missing));
        Assert.True(!stale.Any(), "excepted here without need: " + string.Join(", ", stale));
    }

    private static IEnumerable<string> Parsers(string project) =>
        from type in Assembly.Load(project).GetTypes()
        from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        where method.Name.StartsWith("Parse", StringComparison.Ordinal) && (method.IsPublic || method.IsAssembly || method.IsFamilyOrAssembly)
            && method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(Result<>)
        select $"{type.Name}.{method.Name}";
}
