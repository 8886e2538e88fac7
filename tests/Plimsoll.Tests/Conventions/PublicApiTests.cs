using System.Reflection;

namespace Plimsoll.Tests.Conventions;

/// <summary>
/// The public API of each project is a file beside this one: a change to it shows in review. PLIMSOLL_API=update writes the
/// files.
/// </summary>
public sealed class PublicApiTests
{
    private static readonly string Folder = Path.Combine(TestData.Repository, "tests", "Plimsoll.Tests", "Conventions", "api");

    public static TheoryData<string> Projects { get; } =
        ["Plimsoll.Primitives", "Plimsoll.OpenPubkey", "Plimsoll.Envelopes", "Plimsoll.Log", "Plimsoll.Oci", "Plimsoll.Verification", "Plimsoll.Client", "Plimsoll.Server"];

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_public_API_is_what_its_file_says(string project)
    {
        var file = Path.Combine(Folder, project + ".txt");
        var api = PublicApi.Of(Assembly.Load(project));
        if (Environment.GetEnvironmentVariable("PLIMSOLL_API") == "update")
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(file, api);
        }

        var expected = File.Exists(file) ? File.ReadAllText(file) : "";

        var added = api.Split('\n').Except(expected.Split('\n'), StringComparer.Ordinal);
        var removed = expected.Split('\n').Except(api.Split('\n'), StringComparer.Ordinal);
        Assert.True(
            api == expected,
            $"the API of {project} changed; PLIMSOLL_API=update writes its file anew\n" + string.Join('\n', added.Select(line => "+ " + line).Concat(removed.Select(line => "- " + line))));
    }
}
