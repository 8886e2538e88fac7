using System.Collections.Immutable;
using System.Security.Cryptography;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Json;
using Plimsoll.Server.Registry.Protocol;

namespace Plimsoll.Server.Registry.Access;

/// <summary>
/// Bearer tokens of this process: <c>PAYLOAD.MAC</c>, both in base64url. Nobody else reads them, so there is no format to agree
/// on and no key to keep; after a restart clients fetch new ones.
/// </summary>
internal sealed class Tokens(TimeProvider time)
{
    /// <summary>How long one lives. Docker's clients take less than a minute for a mistake.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const int MostCharacters = 16 * 1024;
    private const string Code = "registry.token";
    private static readonly JsonLimits Limits = new(MostCharacters, Depth: 4, Values: 1000);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>A token for what a caller was granted, repository by repository.</summary>
    public string Issue(string name, IEnumerable<Scope> granted)
    {
        var payload = JsonAnswer.Object(writer =>
        {
            writer.WriteString("sub", name);
            writer.WriteNumber("exp", (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
            writer.WriteStartArray("access");
            foreach (var scope in granted)
                writer.WriteStringValue($"{scope.Repository}={RightNames.Of(scope.Rights)}");
            writer.WriteEndArray();
        });
        return $"{Base64Text.EncodeUrl(payload)}.{Base64Text.EncodeUrl(Mac(payload))}";
    }

    /// <summary>Who shows this token and what it is for; null if it is not one of ours, or over.</summary>
    public Caller? Admit(string token)
    {
        if (token.Length > MostCharacters || token.Split('.') is not [var payloadText, var macText]
            || !Base64Text.DecodeUrl(payloadText).Succeeded(out var payload, out _) || !Base64Text.DecodeUrl(macText).Succeeded(out var mac, out _)
            || !CryptographicOperations.FixedTimeEquals(Mac(payload), mac)
            || !StrictJson.Parse(payload, Limits).Succeeded(out var root, out _))
            return null;

        var reader = root.ReadObject(Code);
        var (name, expires, access) = (reader.String("sub"), reader.Integer("exp"), reader.OptionalStrings("access"));
        if (reader.Failed(out _) || expires <= time.GetUtcNow().ToUnixTimeSeconds())
            return null;

        var grants = ImmutableArray.CreateBuilder<Grant>();
        foreach (var text in access)
        {
            // A repository's name has no wildcard, so it is a pattern that fits itself alone.
            if (!Grant.Parse(text).Succeeded(out var grant, out _))
                return null;
            grants.Add(grant);
        }

        return new Caller(name, grants.ToImmutable());
    }

    private byte[] Mac(byte[] payload) => HMACSHA256.HashData(_key, payload);
}

/// <summary>Rights in one repository, as a client asks for them: <c>repository:NAME:RIGHT,RIGHT</c>.</summary>
internal readonly record struct Scope(string Repository, Rights Rights)
{
    /// <summary>Most scopes of one token.</summary>
    public const int Most = 64;

    /// <summary>
    /// Reads scopes, with spaces between them. Kinds and actions that are not known are granted to nobody, so they are left
    /// out; <c>*</c> asks for everything.
    /// </summary>
    public static IReadOnlyList<Scope>? ParseAll(IEnumerable<string?> texts)
    {
        var scopes = new List<Scope>();
        foreach (var text in texts.SelectMany(text => (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (scopes.Count == Most)
                return null;
            if (text.Split(':') is ["repository", var name, var actions] && RegistryRoute.IsName(name))
                scopes.Add(new Scope(name, actions.Split(',').Select(action => action == "*" ? Rights.All : RightNames.Of(action)).Aggregate(Rights.None, (all, right) => all | right)));
        }

        return scopes;
    }
}
