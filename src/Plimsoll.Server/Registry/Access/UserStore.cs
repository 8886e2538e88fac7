using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Plimsoll.Primitives;

namespace Plimsoll.Server.Registry.Access;

/// <summary>
/// The users, read again when their file has changed. A password that was right is remembered for a few minutes as a keyed
/// hash, and few are computed at a time: a slow hash must not become a way to stop the server.
/// </summary>
internal sealed class UserStore : IDisposable
{
    private const int MostRemembered = 1000;
    private const int MostWaiting = 64;
    private static readonly TimeSpan Remember = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly Action<Failure> _refused;
    private readonly TimeProvider _time;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly SemaphoreSlim _computing = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _remembered = new(StringComparer.Ordinal);
    private ImmutableDictionary<string, User> _users;
    private DateTime _changed;
    private DateTimeOffset _looked;
    private int _waiting;

    private UserStore(string path, Action<Failure> refused, TimeProvider time, ImmutableDictionary<string, User> users, DateTime changed)
    {
        _path = path;
        _refused = refused;
        _time = time;
        _users = users;
        _changed = changed;
        _looked = time.GetUtcNow();
    }

    /// <summary>Reads the file; when it cannot be read again later, <paramref name="refused"/> is told and the users stay those of before.</summary>
    public static Result<UserStore> Open(string path, Action<Failure> refused, TimeProvider time)
        => Read(path).Select(read => new UserStore(path, refused, time, read.Users, read.Changed));

    /// <summary>Who has this name and password; nobody if none has. Null if too many ask at once.</summary>
    public async Task<Caller?> LogIn(string name, ReadOnlyMemory<byte> password, CancellationToken cancellation)
    {
        var user = Users().GetValueOrDefault(name);
        byte[] shown = [.. Encoding.UTF8.GetBytes($"{name}\n{user?.Password}\n"), .. password.Span];
        var proof = Convert.ToHexString(HMACSHA256.HashData(_key, shown));
        if (IsRemembered(proof))
            return new Caller(name, user!.Grants);

        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            _ = Interlocked.Decrement(ref _waiting);
            return null;
        }

        try
        {
            await _computing.WaitAsync(cancellation);
            try
            {
                var matches = (user?.Password ?? PasswordHash.Dummy).Matches(password.Span);
                if (!matches || user is null)
                    return Caller.Nobody;
            }
            finally
            {
                _ = _computing.Release();
            }
        }
        finally
        {
            _ = Interlocked.Decrement(ref _waiting);
        }

        Keep(proof);
        return new Caller(name, user.Grants);
    }

    /// <summary>What a user may do now; nothing if they are gone.</summary>
    public Caller Find(string name) => Users().TryGetValue(name, out var user) ? new Caller(name, user.Grants) : Caller.Nobody;

    public void Dispose() => _computing.Dispose();

    private bool IsRemembered(string proof)
    {
        lock (_lock)
            return _remembered.TryGetValue(proof, out var until) && until > _time.GetUtcNow();
    }

    private void Keep(string proof)
    {
        var now = _time.GetUtcNow();
        lock (_lock)
        {
            // Whoever is forgotten too early only waits for the slow hash once more.
            if (_remembered.Count >= MostRemembered)
                _remembered.Clear();
            _remembered[proof] = now + Remember;
        }
    }

    private ImmutableDictionary<string, User> Users()
    {
        lock (_lock)
        {
            if (_time.GetUtcNow() - _looked < LookEvery)
                return _users;
            _looked = _time.GetUtcNow();
            if (File.GetLastWriteTimeUtc(_path) == _changed)
                return _users;
        }

        var read = Read(_path);
        lock (_lock)
        {
            if (read.Succeeded(out var users, out var failure))
                (_users, _changed) = (users.Users, users.Changed);
            else
                _refused(failure);
            return _users;
        }
    }

    private static Result<ReadUsers> Read(string path)
    {
        try
        {
            // The time first: a change in between is then seen the next time.
            var changed = File.GetLastWriteTimeUtc(path);
            var bytes = new FileInfo(path).Length > UsersFile.MostBytes ? [] : File.ReadAllBytes(path);
            return UsersFile.Parse(bytes).Then(users => users.IsEmpty
                ? new Failure(Refusal.Malformed, "registry.users", $"the users file {path} names no user, or is larger than {UsersFile.MostBytes} bytes", "add one with `plimsoll serve registry user`")
                : Result.Of(new ReadUsers(users, changed)));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return new Failure(Refusal.Missing, "registry.users", $"the users file {path} cannot be read: {failed.Message}", "name a file that this process may read");
        }
    }

    private sealed record ReadUsers(ImmutableDictionary<string, User> Users, DateTime Changed);
}
