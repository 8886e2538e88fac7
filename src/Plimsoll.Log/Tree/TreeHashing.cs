using System.Security.Cryptography;

namespace Plimsoll.Log.Tree;

/// <summary>How a tree hashes (RFC 6962 2.1): a prefix keeps leaves and nodes apart, so that none can be passed off as the other.</summary>
public static class TreeHashing
{
    /// <summary>The root of the tree that holds nothing: the hash of no bytes.</summary>
    public static Hash EmptyRoot { get; } = new(SHA256.HashData([]));

    /// <summary>The hash of an entry.</summary>
    public static Hash Leaf(ReadOnlySpan<byte> entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0x00]);
        hash.AppendData(entry);
        Span<byte> value = stackalloc byte[Hash.Bytes];
        _ = hash.GetHashAndReset(value);
        return new Hash(value);
    }

    /// <summary>The hash of a node above two subtrees.</summary>
    public static Hash Node(Hash left, Hash right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * Hash.Bytes)];
        input[0] = 0x01;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + Hash.Bytes)..]);
        Span<byte> value = stackalloc byte[Hash.Bytes];
        _ = SHA256.HashData(input, value);
        return new Hash(value);
    }
}
