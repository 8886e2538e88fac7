using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Plimsoll.Primitives.Keys;

/// <summary>A key under the name that a document gives it.</summary>
/// <param name="Name">The document's key id: a name, which says nothing about the key.</param>
/// <param name="Key">The key; null if it cannot be used, and then it never counts.</param>
/// <param name="WhyNot">Why there is no key, for the report; empty if there is one.</param>
public sealed record NamedKey(string Name, VerificationKey? Key, string WhyNot = "");

/// <summary>A signature under the name of the key that is said to have made it.</summary>
public readonly record struct NamedSignature(string KeyName, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// Keys of which so many must have signed the same bytes. Keys are told apart by their material, never by their names: one
/// key under two names counts once.
/// </summary>
public sealed class KeyThreshold
{
    private const int MostNamed = 12;
    private const int ShortName = 12;

    /// <summary>Demands signatures by <paramref name="needed"/> different ones of the keys; there may be fewer keys than that, and then nothing is ever accepted.</summary>
    public KeyThreshold(int needed, ImmutableArray<NamedKey> keys)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(needed, 1);
        Needed = needed;
        Keys = keys;
    }

    /// <summary>How many different keys must have signed.</summary>
    public int Needed { get; }

    /// <summary>The keys that count, in the document's order.</summary>
    public ImmutableArray<NamedKey> Keys { get; }

    /// <summary>Hex SHA-256 over the number and the keys: the same for two thresholds that accept the same signatures.</summary>
    public string Fingerprint => field ??= Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(
        '\n', Keys.Where(key => key.Key is not null).Select(key => $"{key.Key!.Algorithm} {key.Key.KeyId}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Prepend($"{Needed}")))));

    /// <summary>Gives the message back as verified if enough of the keys signed exactly these bytes. Signatures under other names are ignored.</summary>
    public Result<Verified<ReadOnlyMemory<byte>>> Verify(ReadOnlyMemory<byte> message, IReadOnlyCollection<NamedSignature> signatures)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        var report = new Report();
        var counted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in Keys)
        {
            // An empty signature is a place kept for a person who did not sign.
            var signature = signatures.FirstOrDefault(signature => signature.KeyName == key.Name).Bytes;
            if (key.Key is null)
                report.Unusable.Add($"{Shorten(key.Name)} ({key.WhyNot})");
            else if (signature.IsEmpty)
                report.Missing.Add(Shorten(key.Name));
            else if (!key.Key.Verify(message, signature.Span).Succeeded(out var verified, out _))
                report.Bad.Add(Shorten(key.Name));
            else if (!counted.Add(key.Key.KeyId))
                report.Repeated.Add(Shorten(key.Name));
            else if (counted.Count == Needed)
                return verified;
            else
                report.Have.Add(Shorten(key.Name));
        }

        return new Failure(
            Refusal.Untrusted, "signature.too-few", report.Text(Needed),
            "get the signed data again; if it stays, it was changed after signing, or its signers are not done");
    }

    /// <summary>The bytes as verified if the record says that this threshold accepted them before, in the same place; else null.</summary>
    public Verified<ReadOnlyMemory<byte>>? Recall(ReadOnlyMemory<byte> bytes, string place, VerificationRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.Holds(Entry(bytes.Span, place)) ? new Verified<ReadOnlyMemory<byte>>(bytes) : null;
    }

    /// <summary>What a record keeps of this threshold having accepted these bytes for a place, such as a role's name.</summary>
    public string Entry(ReadOnlySpan<byte> bytes, string place)
        => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Fingerprint}\n{Convert.ToHexStringLower(SHA256.HashData(bytes))}\n{place}")));

    private static string Shorten(string name) => name.Length <= ShortName ? name : name[..ShortName] + "…";

    private sealed class Report
    {
        public List<string> Have { get; } = [];

        public List<string> Missing { get; } = [];

        public List<string> Bad { get; } = [];

        public List<string> Repeated { get; } = [];

        public List<string> Unusable { get; } = [];

        public string Text(int needed)
        {
            var text = new StringBuilder($"{Have.Count} of {needed} signatures");
            var separator = ": ";
            foreach (var (word, names) in new[] { ("have", Have), ("missing", Missing), ("bad signature", Bad), ("the same key again", Repeated), ("cannot be used", Unusable) })
            {
                if (names.Count == 0)
                    continue;
                _ = text.Append(separator).Append(word).Append(' ').AppendJoin(", ", names.Take(MostNamed));
                if (names.Count > MostNamed)
                    _ = text.Append(" and ").Append(names.Count - MostNamed).Append(" more");
                separator = "; ";
            }

            return text.ToString();
        }
    }
}
