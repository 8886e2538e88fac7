using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Server.Registry.Protocol;

/// <summary>The value of an If-Match or If-None-Match header (RFC 9110 13.1): any, or a list of entity tags. Ours are quoted digests.</summary>
internal sealed class EntityTags
{
    private const int MostTags = 64;

    private readonly string[] _tags;
    private readonly bool _any;

    private EntityTags(string[] tags, bool any)
    {
        _tags = tags;
        _any = any;
    }

    /// <summary>Reads a header; null if it is none. One that is malformed matches nothing.</summary>
    public static EntityTags? Parse(string? header)
    {
        if (string.IsNullOrEmpty(header))
            return null;
        var parts = header.Split(',', StringSplitOptions.TrimEntries);
        return parts is ["*"] ? new EntityTags([], any: true) : new EntityTags(parts.Length <= MostTags ? parts : [], any: false);
    }

    /// <summary>The entity tag of what has this digest.</summary>
    public static string Of(Digest digest) => $"\"{digest}\"";

    /// <summary>Whether what is there now, if anything, is among them. A weak tag never equals ours, unless asked leniently.</summary>
    public bool Match(Digest? present, bool weakly = false)
        => present is { } digest && (_any || _tags.Contains(Of(digest)) || (weakly && _tags.Contains($"W/{Of(digest)}")));
}
