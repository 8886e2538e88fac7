using Plimsoll.Primitives;

namespace Plimsoll.Client.Registry;

/// <summary>Reads credentials from Docker's configuration file, once, when the first registry asks for some.</summary>
/// <param name="path">The file; <see cref="DefaultPath"/> is Docker's own choice.</param>
public sealed class DockerConfigFile(string path) : ICredentialSource
{
    private readonly Lazy<Task<Result<DockerConfig>>> _config = new(() => Read(path));

    /// <summary>Where Docker looks: <c>$DOCKER_CONFIG/config.json</c>, else <c>~/.docker/config.json</c>.</summary>
    public static string DefaultPath => Path.Combine(
        Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker"),
        "config.json");

    /// <inheritdoc/>
    public async Task<Result<Credential>> Find(string registry, CancellationToken cancellation)
        => (await _config.Value.WaitAsync(cancellation)).Select(config => config.Find(registry));

    private static async Task<Result<DockerConfig>> Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                return DockerConfig.Empty;
            if (file.Length <= DockerConfig.Limits.Bytes)
                return DockerConfig.Parse(await File.ReadAllBytesAsync(path));
            return Unreadable($"is {file.Length} bytes long, more than {DockerConfig.Limits.Bytes}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Unreadable($"cannot be read: {problem.Message}");
        }

        Failure Unreadable(string what) => new(
            Refusal.Malformed, "registry.docker-config", $"the Docker configuration file {path} {what}",
            "correct the file or its permissions, or point DOCKER_CONFIG at another folder");
    }
}
