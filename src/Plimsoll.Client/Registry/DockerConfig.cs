using System.Collections.Frozen;
using System.Text;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Client.Registry;

/// <summary>The credentials in a Docker configuration file (<c>config.json</c>: <c>auths</c>, <c>credHelpers</c>, <c>credsStore</c>).</summary>
public sealed class DockerConfig
{
    /// <summary>The bounds of the file.</summary>
    public static readonly JsonLimits Limits = new(Bytes: 1024 * 1024);

    private const string Code = "registry.docker-config";
    private readonly FrozenDictionary<string, Credential> _credentials;

    private DockerConfig(IReadOnlyDictionary<string, Credential> credentials) => _credentials = credentials.ToFrozenDictionary();

    /// <summary>A configuration without any credential.</summary>
    public static DockerConfig Empty { get; } = new(FrozenDictionary<string, Credential>.Empty);

    /// <summary>The credential for a registry named as in references.</summary>
    public Credential Find(string registry) => _credentials.GetValueOrDefault(registry) ?? new Credential.Anonymous();

    /// <summary>Reads the file's bytes. Members that do not concern credentials are left alone.</summary>
    public static Result<DockerConfig> Parse(ReadOnlyMemory<byte> utf8)
    {
        if (!StrictJson.Parse(utf8, Limits).Succeeded(out var value, out var failure))
            return Malformed(failure.What);

        var reader = value.ReadObject(Code);
        var found = new Dictionary<string, Credential>(StringComparer.Ordinal);
        var store = reader.OptionalString("credsStore");
        if (reader.OptionalObject("auths") is { } auths)
        {
            foreach (var name in auths.Names())
            {
                if (Registry(name) is { } registry)
                    found[registry] = ReadEntry(auths.Object(name), store);
            }
        }

        foreach (var (name, helper) in reader.OptionalStringMap("credHelpers"))
        {
            if (Registry(name) is { } registry)
                found[registry] = new Credential.Helper(helper);
        }

        return reader.Failed(out failure) ? Malformed(failure.What) : new DockerConfig(found);
    }

    private static Credential ReadEntry(JsonObject entry, string? store)
    {
        var (user, password) = ReadAuth(entry);
        user ??= entry.OptionalString("username");
        password ??= entry.OptionalString("password");

        if (entry.OptionalString("identitytoken") is { Length: > 0 } identity)
            return new Credential.Identity(user ?? "", identity);
        if (entry.OptionalString("registrytoken") is { Length: > 0 } token)
            return new Credential.Bearer(token);
        if (user is { Length: > 0 } && password is not null)
            return new Credential.Basic(user, password);

        // With a store, docker login leaves an empty entry behind that says: look there.
        return store is { Length: > 0 } ? new Credential.Helper(store) : new Credential.Anonymous();
    }

    private static (string? User, string? Password) ReadAuth(JsonObject entry)
    {
        if (entry.OptionalString("auth") is not { Length: > 0 } auth)
            return default;
        if (!Base64Text.Decode(auth).Succeeded(out var bytes, out _))
        {
            // Not the decoder's words: they could quote a secret one day.
            entry.Fail("auth", "is not base64");
            return default;
        }

        // docker login pads the decoded text with NUL characters at times.
        var text = Encoding.UTF8.GetString(bytes).TrimEnd('\0');
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0)
            return (text[..colon], text[(colon + 1)..]);
        entry.Fail("auth", "holds no colon between a user and a password");
        return default;
    }

    /// <summary>
    /// The registry that an entry is for, or null where it is for a part of one only: a credential for a part is not
    /// shown to the whole.
    /// </summary>
    private static string? Registry(string key)
    {
        var name = key.StartsWith("https://", StringComparison.Ordinal) ? key[8..]
            : key.StartsWith("http://", StringComparison.Ordinal) ? key[7..]
            : key;
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && name[slash..] is not ("/" or "/v1" or "/v1/" or "/v2" or "/v2/"))
            return null;
        name = slash >= 0 ? name[..slash] : name;
        return name is "index.docker.io" or "registry-1.docker.io" ? "docker.io" : name;
    }

    private static Failure Malformed(string what) => new(
        Refusal.Malformed, Code, $"the Docker configuration file is not usable: {what}", "correct the file, or log in again with 'docker login'");
}
