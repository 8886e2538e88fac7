using System.Xml.Linq;

namespace Plimsoll.Tests.Conventions;

/// <summary>The arrows between projects (docs/ARCHITECTURE.md): they point down only, and formats are strangers to each other.</summary>
public sealed class ProjectTests
{
    // What each project names itself; everything below comes with it.
    private static readonly Dictionary<string, string[]> Arrows = new(StringComparer.Ordinal)
    {
        ["Plimsoll.Cli"] = ["Plimsoll.World"],
        ["Plimsoll.World"] = ["Plimsoll.Server"],
        ["Plimsoll.Server"] = ["Plimsoll.Client"],
        ["Plimsoll.Client"] = ["Plimsoll.Verification"],
        ["Plimsoll.Verification"] = ["Plimsoll.Envelopes", "Plimsoll.Log", "Plimsoll.Oci", "Plimsoll.OpenPubkey", "Plimsoll.Tuf"],
        ["Plimsoll.OpenPubkey"] = ["Plimsoll.Primitives"],
        ["Plimsoll.Envelopes"] = ["Plimsoll.Primitives"],
        ["Plimsoll.Oci"] = ["Plimsoll.Primitives"],
        ["Plimsoll.Tuf"] = ["Plimsoll.Primitives"],
        ["Plimsoll.Log"] = ["Plimsoll.Primitives"],
        ["Plimsoll.Primitives"] = [],
    };

    private static readonly string[] Pure =
        ["Plimsoll.Primitives", "Plimsoll.OpenPubkey", "Plimsoll.Envelopes", "Plimsoll.Oci", "Plimsoll.Tuf", "Plimsoll.Log", "Plimsoll.Verification"];

    // What the platform offers without a way to a file, a socket or a clock. BannedSymbols.txt covers what hides in these.
    private static readonly string[] PureAssemblies =
    [
        "Microsoft.Win32.Primitives", "System.Collections", "System.Collections.Concurrent", "System.Collections.Immutable", "System.Formats.Asn1", "System.Linq", "System.Memory",
        "System.Net.Primitives", "System.ObjectModel", "System.Runtime", "System.Runtime.InteropServices", "System.Runtime.Intrinsics", "System.Runtime.Numerics",
        "System.Security.Cryptography", "System.Text.Encoding.Extensions", "System.Text.Encodings.Web", "System.Text.Json", "System.Text.RegularExpressions", "System.Threading", "YamlDotNet",
    ];

    private static readonly IReadOnlyList<Project> Projects = Read("src");

    [Fact]
    public void Arrows_point_down_only()
    {
        Assert.NotEmpty(Projects);
        foreach (var project in Projects)
        {
            Assert.True(Arrows.TryGetValue(project.Name, out var expected), $"{project.Name} is not in the picture: add it there and here");
            var existing = expected.Where(name => Projects.Any(other => other.Name == name)).Order(StringComparer.Ordinal);
            Assert.True(existing.SequenceEqual(project.References), $"{project.Name} names {string.Join(", ", project.References)}, not {string.Join(", ", existing)}");
        }
    }

    [Fact]
    public void Pure_projects_are_held_to_the_banned_symbols_and_no_others_are()
    {
        foreach (var project in Projects)
            Assert.True(Pure.Contains(project.Name) == project.IsPure, $"{project.Name}: PlimsollPure is {project.IsPure}");
    }

    [Fact]
    public void Pure_projects_reach_no_files_sockets_or_hosts()
    {
        foreach (var name in Pure.Where(name => Projects.Any(project => project.Name == name)))
        {
            foreach (var reference in System.Reflection.Assembly.Load(name).GetReferencedAssemblies().Select(reference => reference.Name!))
            {
                Assert.True(
                    PureAssemblies.Contains(reference) || Pure.Contains(reference),
                    $"{name} uses {reference}, which is not known to be pure");
            }
        }
    }

    [Fact]
    public void Pure_projects_are_not_async()
    {
        foreach (var file in SourceFile.All.Where(file => Pure.Contains(file.Project)))
            Assert.DoesNotMatch(@"\basync\b|\bawait\b|\bIAsyncEnumerable\b|\bValueTask\b", file.Code);
    }

    [Fact]
    public void The_product_knows_nothing_of_its_tests()
    {
        foreach (var project in Projects)
            Assert.DoesNotContain(project.Text.Split('"'), text => text.Contains("tests/", StringComparison.Ordinal) || text.Contains("bench/", StringComparison.Ordinal));
    }

    [Fact]
    public void Pure_tests_never_use_the_world()
    {
        var tests = Read("tests").Single(project => project.Name == "Plimsoll.Tests");

        Assert.Equal(["Plimsoll.Server"], tests.References);
    }

    private static IReadOnlyList<Project> Read(string folder) => [.. Directory
        .EnumerateFiles(Path.Combine(TestData.Repository, folder), "*.csproj", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(path => Project.Of(Path.GetFileNameWithoutExtension(path), File.ReadAllText(path)))];

    private sealed record Project(string Name, string Text, bool IsPure, IReadOnlyList<string> References)
    {
        public static Project Of(string name, string text)
        {
            var xml = XDocument.Parse(text);
            return new Project(
                name, text, xml.Descendants("PlimsollPure").Any(pure => pure.Value == "true"),
                [.. xml.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)).Order(StringComparer.Ordinal)]);
        }
    }
}
