namespace Plimsoll.EndToEnd.Tests.Peers;

/// <summary>A folder that goes with its owner.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Root = Directory.CreateTempSubdirectory("plimsoll-").FullName;

    public string Root { get; }

    /// <summary>A path in the folder; the folders above it are made.</summary>
    public string At(params ReadOnlySpan<string> parts)
    {
        var path = Path.Combine([Root, .. parts]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>Writes a text file and returns its path.</summary>
    public string Write(string name, string text)
    {
        var path = At(name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (Exception left) when (left is IOException or UnauthorizedAccessException)
        {
            // A mount that a killed server left in it: it ends with the test's mount namespace.
        }
    }
}
