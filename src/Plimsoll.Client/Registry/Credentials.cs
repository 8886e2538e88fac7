using Plimsoll.Primitives;

namespace Plimsoll.Client.Registry;

/// <summary>What a registry's user has to show. <c>ToString</c> shows none of it.</summary>
public abstract record Credential
{
    private Credential()
    {
    }

    /// <inheritdoc/>
    public sealed override string ToString() => GetType().Name;

    /// <summary>Nothing: public content only.</summary>
    public sealed record Anonymous : Credential;

    /// <summary>A user name with a password or an access token.</summary>
    public sealed record Basic(string User, string Password) : Credential;

    /// <summary>An OAuth 2 refresh token, which the Docker configuration calls identity token.</summary>
    public sealed record Identity(string User, string RefreshToken) : Credential;

    /// <summary>A bearer token that is shown as it is.</summary>
    public sealed record Bearer(string Token) : Credential;

    /// <summary>Nothing that we can read: a program that we do not run keeps it. Used as <see cref="Anonymous"/>, and named when that is refused.</summary>
    public sealed record Helper(string Program) : Credential;
}

/// <summary>Knows the credentials for registries.</summary>
public interface ICredentialSource
{
    /// <summary>The credential for a registry, named as in references; <see cref="Credential.Anonymous"/> where none is known.</summary>
    Task<Result<Credential>> Find(string registry, CancellationToken cancellation);
}

/// <summary>Knows none.</summary>
public sealed class AnonymousCredentials : ICredentialSource
{
    private AnonymousCredentials()
    {
    }

    /// <summary>The only one.</summary>
    public static AnonymousCredentials Instance { get; } = new();

    /// <inheritdoc/>
    public Task<Result<Credential>> Find(string registry, CancellationToken cancellation)
        => Task.FromResult(Result.Of<Credential>(new Credential.Anonymous()));
}
