using System.Security.Cryptography;
using System.Text;
using Plimsoll.Primitives;

namespace Plimsoll.Client.Identity;

/// <summary>
/// An ID token that the CI system put into an environment variable (GitLab's <c>id_tokens:</c>). Its audience was fixed
/// before the key existed, so only its prefix says that the token is meant for this, and the GQ proof binds the key.
/// </summary>
/// <remarks>
/// The token stays in the process' environment and in the string that .NET made of it, neither of which can be cleared:
/// end the process, and keep nothing running beside it that may read its environment.
/// </remarks>
public sealed class VariableTokenSource : IIdTokenSource
{
    private readonly Func<string, string?> _environment;
    private readonly string _variable;
    private readonly string _prefix;
    private readonly TimeProvider _time;
    private readonly TokenExpectation _expectation;

    /// <summary>Reads <paramref name="variable"/> each time a token is asked for.</summary>
    public VariableTokenSource(Func<string, string?> environment, string variable, string issuer, string audiencePrefix, TimeProvider time)
    {
        _environment = environment;
        _variable = variable;
        _prefix = audiencePrefix;
        _time = time;
        _expectation = new TokenExpectation(
            Name, issuer, $"set `id_tokens: {{ {variable}: {{ aud: \"{audiencePrefix}<who verifies>\" }} }}` in the job, one string, not a list");
    }

    /// <inheritdoc/>
    public string Name => $"variable {_variable}";

    /// <inheritdoc/>
    public Task<Result<IdTokenText>> Request(string commitment, CancellationToken cancellation)
    {
        if (_environment(_variable) is not { Length: > 0 } text)
            return Task.FromResult<Result<IdTokenText>>(WorkloadFailures.VariableAbsent(_variable, _prefix));

        var utf8 = Encoding.UTF8.GetBytes(text);
        try
        {
            var token = IdTokenText.Parse(utf8, Name);
            return Task.FromResult(_expectation.Meet(token, audience => audience.StartsWith(_prefix, StringComparison.Ordinal), $"one string that starts with '{_prefix}'", _time.GetUtcNow()));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(utf8);
        }
    }
}

/// <summary>
/// An ID token in a file that something else renews: a Kubernetes projected service account token, or any other. It is
/// read anew for each signature.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="issuer">The issuer that its tokens must be of.</param>
/// <param name="audiencePrefix">What their audience must start with.</param>
/// <param name="listOfOne">Whether the audience may be a list of one, as Kubernetes writes it.</param>
/// <param name="time">The clock for the early word about an expired token.</param>
public sealed class FileTokenSource(string path, string issuer, string audiencePrefix, bool listOfOne, TimeProvider time) : IIdTokenSource
{
    private readonly TokenExpectation _expectation = new(
        $"file {path}", issuer, $"have the file filled with a token for one audience that starts with '{audiencePrefix}' (in a projected volume: `audience:`)", listOfOne);

    /// <inheritdoc/>
    public string Name => $"file {path}";

    /// <inheritdoc/>
    public async Task<Result<IdTokenText>> Request(string commitment, CancellationToken cancellation) => _expectation.Meet(
        await Read(path, cancellation), audience => audience.StartsWith(audiencePrefix, StringComparison.Ordinal), $"one that starts with '{audiencePrefix}'", time.GetUtcNow());

    /// <summary>Reads a token file, bounded.</summary>
    internal static async Task<Result<IdTokenText>> Read(string path, CancellationToken cancellation)
    {
        var buffer = new byte[IdTokenText.MostBytes + 2];
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            var length = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
            return IdTokenText.Parse(buffer.AsSpan(0, length), $"file {path}");
        }
        catch (Exception failed) when (failed is FileNotFoundException or DirectoryNotFoundException)
        {
            return new Failure(Refusal.Missing, "identity.token-file", $"there is no token file {path}", "mount the token there, or name the file where it is");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return new Failure(
                Refusal.Denied, "identity.token-file", $"the token file {path} cannot be read ({failed.GetType().Name})", "let this user read it");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }
}
