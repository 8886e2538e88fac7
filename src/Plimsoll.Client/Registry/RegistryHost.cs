using System.Net;
using Plimsoll.Primitives;

namespace Plimsoll.Client.Registry;

/// <summary>A registry as references name it (<c>docker.io</c>, <c>127.0.0.1:5000</c>), and where it is reached.</summary>
/// <param name="Name">The name in references and in the Docker configuration.</param>
/// <param name="Address">Scheme, host and port, without a path.</param>
public sealed record RegistryHost(string Name, Uri Address)
{
    private const string DockerHub = "docker.io";

    /// <summary>Whether everything said to it, and by it, can be read and changed on the way.</summary>
    public bool IsPlain => Address.Scheme == Uri.UriSchemeHttp;

    /// <summary>Finds where a registry is reached under these options.</summary>
    public static Result<RegistryHost> Find(string name, RegistryOptions options)
    {
        // Docker's names for one registry; its address is another one than its name (distribution/reference).
        var (canonical, reached) = name is DockerHub or "index.docker.io" or "registry-1.docker.io"
            ? (DockerHub, "registry-1.docker.io")
            : (name, name);
        var scheme = SpeaksPlain(name, options) ? "http" : "https";
        return Uri.TryCreate($"{scheme}://{reached}/", UriKind.Absolute, out var address)
            && address is { PathAndQuery: "/", UserInfo: "", Fragment: "" } && Origin.TryOf(address, out _)
            ? new RegistryHost(canonical, address)
            : new Failure(
                Refusal.Malformed, "registry.host", $"'{name}' is not a registry's host name with an optional port",
                "write the reference as HOST[:PORT]/REPOSITORY");
    }

    /// <summary>Whether a host name can only mean this machine: <c>localhost</c>, 127.0.0.0/8 and ::1.</summary>
    public static bool IsLoopbackName(string host)
        => host is "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>The name without its port.</summary>
    public static string WithoutPort(string name)
    {
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf(']') ? name[..colon] : name;
    }

    private static bool SpeaksPlain(string name, RegistryOptions options)
        => options.PlainHttp.Contains(name) || (IsLoopbackName(WithoutPort(name)) && !options.LoopbackTls.Contains(name));
}
