using System.Text.Json;

namespace Plimsoll.Envelopes;

/// <summary>Writes a release statement; the order of its lists is fixed, so that one release has one spelling.</summary>
internal static class ReleaseWriter
{
    public static byte[] Write(ReleaseStatement release) => CanonicalDocument.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("_type", InTotoStatement.TypeV1);
        writer.WriteString("predicateType", ReleaseStatement.PredicateType);
        writer.WriteStartArray("subject");
        writer.WriteStartObject();
        writer.WriteString("name", release.Repository);
        writer.WriteStartObject("digest");
        writer.WriteString(release.Root.Algorithm, release.Root.Hex);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteStartObject("predicate");
        WritePredicate(writer, release);
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    private static void WritePredicate(Utf8JsonWriter writer, ReleaseStatement release)
    {
        writer.WriteStartArray("tags");
        foreach (var tag in release.Tags.Order(StringComparer.Ordinal))
            writer.WriteStringValue(tag);
        writer.WriteEndArray();

        writer.WriteStartObject("root");
        writer.WriteString("mediaType", release.RootMediaType);
        writer.WriteNumber("size", release.RootSize);
        writer.WriteEndObject();

        writer.WriteStartArray("children");
        foreach (var child in release.Children)
        {
            writer.WriteStartObject();
            writer.WriteString("digest", child.Digest.ToString());
            writer.WriteNumber("size", child.Size);
            writer.WriteString("mediaType", child.MediaType);
            writer.WriteString("platform", child.Platform);
            writer.WriteString("config", child.Config.ToString());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteStatements(writer, release.Statements);
        if (release.Build.IsEmpty)
            return;

        writer.WriteStartObject("build");
        foreach (var (name, text) in release.Build)
            writer.WriteString(name, text);
        writer.WriteEndObject();
    }

    private static void WriteStatements(Utf8JsonWriter writer, ImmutableArray<ReleasedStatement> statements)
    {
        writer.WriteStartArray("statements");
        foreach (var statement in statements
            .OrderBy(statement => statement.Child.ToString(), StringComparer.Ordinal)
            .ThenBy(statement => statement.PredicateType, StringComparer.Ordinal)
            .ThenBy(statement => statement.Digest.ToString(), StringComparer.Ordinal))
        {
            writer.WriteStartObject();
            writer.WriteString("digest", statement.Digest.ToString());
            writer.WriteString("predicateType", statement.PredicateType);
            writer.WriteString("child", statement.Child.ToString());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
