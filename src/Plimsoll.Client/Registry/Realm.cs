using Plimsoll.Primitives;

namespace Plimsoll.Client.Registry;

/// <summary>Decides whether a token server that a registry names may be asked, and may see the user's credentials.</summary>
internal static class Realm
{
    /// <summary>
    /// A token server speaks TLS, or plain HTTP on this machine where the registry does so too. Credentials go to it if it
    /// is the registry's own host, or if the registry named it over TLS: who could have changed the name on the way would
    /// otherwise get them.
    /// </summary>
    public static Result<Uri> Parse(string text, RegistryHost registry, Credential credential)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var realm) || realm.UserInfo.Length > 0 || realm.Fragment.Length > 0 || !Origin.TryOf(realm, out _))
            return Refused(registry, "at something that is no address");

        var bothHere = registry.IsPlain && realm.Scheme == Uri.UriSchemeHttp
            && RegistryHost.IsLoopbackName(registry.Address.IdnHost) && RegistryHost.IsLoopbackName(realm.IdnHost);
        if (realm.Scheme != Uri.UriSchemeHttps && !bothHere)
            return Refused(registry, $"at {Origin.Of(realm)}, not over TLS");

        var showsSecrets = credential is Credential.Basic or Credential.Identity;
        var isOwnHost = realm.IdnHost.Equals(registry.Address.IdnHost, StringComparison.OrdinalIgnoreCase);
        return !showsSecrets || isOwnHost || !registry.IsPlain
            ? realm
            : Refused(registry, $"at {Origin.Of(realm)}, another host, and says so over plain HTTP: the credentials stay here");
    }

    private static Failure Refused(RegistryHost registry, string what) => new(
        Refusal.Untrusted, "registry.realm", $"{registry.Name} asks for a token {what}",
        "reach the registry over TLS, or tell its operator that the token server must be reached over TLS");
}
