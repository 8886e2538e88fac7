using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Plimsoll.Verification.Policy;

/// <summary>Where something stands in a YAML file, counted from 1, as editors count.</summary>
public readonly record struct Position(long Line, long Column)
{
    /// <summary><c>line:column</c>.</summary>
    public override string ToString() => $"{Line}:{Column}";
}

/// <summary>A node of a YAML document that has passed the strict reader.</summary>
internal abstract record YamlNode(Position Position);

/// <summary>A scalar; <paramref name="Plain"/> tells an unquoted one, which alone can be a number, a boolean or null.</summary>
internal sealed record YamlScalar(string Text, bool Plain, Position Position) : YamlNode(Position);

internal sealed record YamlSequence(IReadOnlyList<YamlNode> Items, Position Position) : YamlNode(Position);

internal sealed record YamlMapping(IReadOnlyList<(YamlScalar Key, YamlNode Value)> Entries, Position Position) : YamlNode(Position);

/// <summary>
/// Reads the part of YAML that a policy needs: mappings, sequences and scalars. Anchors, aliases, tags, complex keys,
/// doubled keys and several documents are refused: each is a way to make a reviewer and a program see different things,
/// or to make a small file expand into a large one.
/// </summary>
internal static class YamlDocument
{
    public const int MostBytes = 1 << 20;
    public const int MostDepth = 16;
    public const int MostNodes = 50_000;

    public static Result<YamlMapping> Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MostBytes)
            return Refused("policy.size", new Position(1, 1), $"{utf8.Length} bytes are more than the {MostBytes} allowed");
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
            return Refused("policy.syntax", new Position(1, 1), "the file is not UTF-8");

        try
        {
            var reader = new Reader(new Parser(new StringReader(Encoding.UTF8.GetString(utf8))));
            return reader.ReadDocument();
        }
        catch (YamlException malformed)
        {
            return Refused("policy.syntax", new Position(malformed.Start.Line, malformed.Start.Column), malformed.Message);
        }
        catch (Exception defect) when (defect is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet throws these, without a position, where a file ends inside a flow mapping or goes on after its end, and for
            // empty tag prefixes, tags that are no URIs, and escapes of half a surrogate pair (vectors/fuzz/policy.yaml).
            return Refused("policy.syntax", new Position(1, 1), "the file ends in the middle of a value, or is no YAML at all");
        }
    }

    internal static Failure Refused(string code, Position at, string what) => new(
        Refusal.Malformed, code, $"{at}: {what}", "correct the policy at the line and column named");

    private sealed class Reader(Parser events)
    {
        private int _nodes;

        public Result<YamlMapping> ReadDocument()
        {
            _ = events.MoveNext() && events.MoveNext();
            if (events.Current is not DocumentStart)
                return Refused("policy.syntax", new Position(1, 1), "the file is empty");

            _ = events.MoveNext();
            if (!ReadNode(0).Succeeded(out var root, out var failure))
                return failure;
            if (root is not YamlMapping mapping)
                return Refused("policy.syntax", root.Position, "a mapping is needed at the top, 'version: 1' first");

            _ = events.MoveNext();
            return events.MoveNext() && events.Current is StreamEnd
                ? mapping
                : Refused("policy.syntax", At(events.Current), "a second document stands in the file");
        }

        /// <summary>Reads the node that starts at the current event and stays on its last event.</summary>
        private Result<YamlNode> ReadNode(int depth)
        {
            var at = At(events.Current);
            if (depth > MostDepth)
                return Refused("policy.syntax", at, $"nested deeper than {MostDepth} levels");
            if (++_nodes > MostNodes)
                return Refused("policy.size", at, $"more than {MostNodes} values");
            if (events.Current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
                return Refused("policy.alias", at, "anchors and aliases are not part of a policy: write the value out");
            if (events.Current is NodeEvent { Tag.IsEmpty: false })
                return Refused("policy.syntax", at, "tags are not part of a policy");

            return events.Current switch
            {
                Scalar scalar => new YamlScalar(scalar.Value, scalar.Style == ScalarStyle.Plain, at),
                SequenceStart => ReadSequence(at, depth),
                MappingStart => ReadMapping(at, depth),
                _ => Refused("policy.syntax", at, "a value is missing"),
            };
        }

        private Result<YamlNode> ReadSequence(Position at, int depth)
        {
            var items = new List<YamlNode>();
            while (events.MoveNext() && events.Current is not SequenceEnd)
            {
                if (!ReadNode(depth + 1).Succeeded(out var item, out var failure))
                    return failure;
                items.Add(item);
            }

            return new YamlSequence(items, at);
        }

        private Result<YamlNode> ReadMapping(Position at, int depth)
        {
            var entries = new List<(YamlScalar, YamlNode)>();
            var names = new HashSet<string>(StringComparer.Ordinal);
            while (events.MoveNext() && events.Current is not MappingEnd)
            {
                if (!ReadNode(depth + 1).Succeeded(out var key, out var failure))
                    return failure;
                if (key is not YamlScalar name)
                    return Refused("policy.syntax", key.Position, "a key must be a plain name");
                if (!names.Add(name.Text))
                    return Refused("policy.duplicate-key", name.Position, $"'{name.Text}' stands twice in one mapping");

                _ = events.MoveNext();
                if (!ReadNode(depth + 1).Succeeded(out var value, out failure))
                    return failure;
                entries.Add((name, value));
            }

            return new YamlMapping(entries, at);
        }

        private static Position At(ParsingEvent? current) => current is null ? new Position(1, 1) : new Position(current.Start.Line, current.Start.Column);
    }
}
