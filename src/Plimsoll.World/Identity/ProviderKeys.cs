using System.Text.Json.Nodes;

namespace Plimsoll.World.Identity;

/// <summary>The provider's keys: the one that signs, and those that its key set shows.</summary>
public sealed class ProviderKeys : IDisposable
{
    private readonly Lock _turn = new();
    private readonly List<ProviderKey> _all = [];
    private readonly List<ProviderKey> _published = [];
    private readonly ProviderKeyKind _kind;
    private ProviderKey _current;

    internal ProviderKeys(ProviderKeyKind kind)
    {
        _kind = kind;
        _current = ProviderKey.Create(kind);
        _all.Add(_current);
        _published.Add(_current);
    }

    /// <summary>The key that signs now.</summary>
    public ProviderKey Current
    {
        get
        {
            lock (_turn)
                return _current;
        }
    }

    /// <summary>
    /// Signs with a new key from now on. The old one stays in the key set, as at every real provider, unless
    /// <paramref name="keepOld"/> says that it vanishes at once; <paramref name="sameKeyId"/> gives the new one its name.
    /// </summary>
    public ProviderKey Rotate(bool keepOld = true, bool sameKeyId = false, ProviderKeyKind? kind = null)
    {
        var next = ProviderKey.Create(kind ?? _kind, sameKeyId ? Current.KeyId : null);
        lock (_turn)
        {
            if (!keepOld)
                _published.Clear();
            _all.Add(next);
            _published.Add(next);
            _current = next;
            return next;
        }
    }

    /// <summary>Takes every key but the current one out of the key set.</summary>
    public void ForgetOld()
    {
        lock (_turn)
            _ = _published.RemoveAll(key => key != _current);
    }

    /// <summary>Takes a key out of the key set, also the current one: what it signs cannot be verified any more.</summary>
    public void Vanish(ProviderKey key)
    {
        lock (_turn)
            _ = _published.Remove(key);
    }

    /// <summary>Hands the current private key to an attacker, who can sign whatever he likes with it.</summary>
    public ProviderKey Leak() => Current;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in _all)
            key.Dispose();
    }

    internal JsonArray ToJwks()
    {
        lock (_turn)
            return new JsonArray([.. _published.Select(JsonNode (key) => key.ToJwk())]);
    }
}
