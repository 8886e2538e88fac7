namespace Plimsoll.Testing;

/// <summary>Finds the files that tests read: this repository's vectors, and other projects' data beside the checkout.</summary>
internal static class TestData
{
    /// <summary>How the reason of a skip starts when data of other projects is not there; any other skip fails CI.</summary>
    public const string AbsentPrefix = "upstream data absent: ";

    private static readonly Lazy<string> FoundRepository = new(FindRepository);

    /// <summary>The root folder of this checkout.</summary>
    public static string Repository => FoundRepository.Value;

    /// <summary>A file or folder under this repository's <c>vectors/</c>; it is an error if it is not there.</summary>
    public static string Vectors(string path)
    {
        var found = Path.Combine(Repository, "vectors", path);
        return Exists(found) ? found : throw new FileNotFoundException($"vectors/{path} is not in this checkout", found);
    }

    /// <summary>Where a file or folder of the shared data is, or would be: <c>../shared</c>, or PLIMSOLL_SHARED.</summary>
    public static string Shared(string path) => Path.Combine(
        Environment.GetEnvironmentVariable("PLIMSOLL_SHARED") is { Length: > 0 } chosen
            ? chosen
            : Path.Combine(Path.GetDirectoryName(Repository) ?? Repository, "shared"),
        path);

    /// <summary>The same as <see cref="Shared"/>, but the running test is skipped, with a reason that CI accepts, when it is not there.</summary>
    public static string SkipIfAbsent(string path)
    {
        var found = Shared(path);
        Assert.SkipUnless(Exists(found), $"{AbsentPrefix}shared/{path}");
        return found;
    }

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Plimsoll.slnx")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} has Plimsoll.slnx");
    }
}
