using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Server.Registry.Storage;

/// <summary>Walks over a registry's folder. What comes or goes meanwhile may be seen or not.</summary>
internal static class RepositoryTree
{
    /// <summary>The names of all repositories that have a folder of this kind, such as <c>_manifests</c>, in no order.</summary>
    public static IEnumerable<string> Names(RegistryPaths paths, Func<string, bool> kind) => Walk(paths, "", kind);

    /// <summary>The files under an ALGORITHM/HEX folder, unfinished ones too.</summary>
    public static IEnumerable<string> Links(string folder) => Folders(folder).SelectMany(Files);

    /// <summary>The digests under an ALGORITHM/HEX folder.</summary>
    public static IEnumerable<Digest> Digests(string folder) => Links(folder).Select(RegistryPaths.DigestOf).OfType<Digest>();

    public static IEnumerable<string> Files(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder) : [];

    public static IEnumerable<string> Folders(string folder) => Directory.Exists(folder) ? Directory.EnumerateDirectories(folder) : [];

    private static IEnumerable<string> Walk(RegistryPaths paths, string name, Func<string, bool> kind)
    {
        var parts = Folders(paths.Repository(name)).Select(folder => Path.GetFileName(folder)).ToList();
        if (parts.Exists(part => part.StartsWith('_') && kind(part)))
            yield return name;
        foreach (var part in parts.Where(part => !part.StartsWith('_')))
        {
            foreach (var inner in Walk(paths, name.Length == 0 ? part : $"{name}/{part}", kind))
                yield return inner;
        }
    }
}
