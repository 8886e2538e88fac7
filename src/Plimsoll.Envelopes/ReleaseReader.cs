using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Envelopes;

/// <summary>Reads the predicate of a release statement. Members that are not known are left alone, so that it may grow.</summary>
internal static class ReleaseReader
{
    private const string Code = "release.malformed";

    public static Result<ReleaseStatement> Read(InTotoStatement statement, JsonValue value)
    {
        if (statement.Subjects is not [{ Name: { Length: > 0 and <= ReleaseStatement.MostCharacters } name, Digests: { Count: 1 } digests }])
            return Refused.Malformed("release.subject", "a release statement has one subject, with the repository's name and one digest");
        var (algorithm, hex) = digests.First();
        if (!Digest.Parse($"{algorithm}:{hex}").Succeeded(out var root, out var failure))
            return failure;

        var predicate = value.ReadObject(Code);
        _ = predicate.Array("tags");
        var tags = predicate.OptionalStrings("tags");
        var rootMembers = predicate.Object("root");
        var (mediaType, size) = (Text(rootMembers, "mediaType"), Size(rootMembers));
        rootMembers.NoCaseVariants();
        var children = predicate.Objects("children").Select(ReadChild).ToImmutableArray();
        var statements = predicate.Objects("statements").Select(ReadStatement).ToImmutableArray();
        var build = predicate.OptionalStringMap("build");
        predicate.NoCaseVariants();

        Bound(predicate, "tags", tags.Length, 0, ReleaseStatement.MostEntries);
        Bound(predicate, "children", children.Length, 1, ReleaseStatement.MostEntries);
        Bound(predicate, "statements", statements.Length, 0, ReleaseStatement.MostStatements);
        Bound(predicate, "build", build.Count, 0, ReleaseStatement.MostEntries);
        Distinct(predicate, "tags", tags);
        Distinct(predicate, "children", children.Select(child => child.Platform));
        Distinct(predicate, "statements", statements);
        if (tags.Any(tag => tag.Length is 0 or > 128))
            predicate.Fail("tags", "holds one that is empty or longer than 128 characters");
        if (build.Any(entry => entry.Key.Length > ReleaseStatement.MostCharacters || entry.Value.Length > ReleaseStatement.MostCharacters))
            predicate.Fail("build", $"holds text of more than {ReleaseStatement.MostCharacters} characters");
        if (predicate.Failed(out failure))
            return failure;

        var known = children.Select(child => child.Digest).ToHashSet();
        if (statements.FirstOrDefault(listed => !known.Contains(listed.Child)) is { } foreign)
            return Refused.Malformed("release.foreign-child", $"the statement {foreign.Digest} is listed for {foreign.Child}, which is none of the children");

        return new ReleaseStatement
        {
            Repository = name,
            Root = root,
            RootMediaType = mediaType,
            RootSize = size,
            Tags = tags,
            Children = children,
            Statements = statements,
            Build = build,
        };
    }

    private static ReleaseChild ReadChild(JsonObject members)
    {
        var child = new ReleaseChild(
            DigestOf(members, "digest"), Size(members), Text(members, "mediaType"), Text(members, "platform"), DigestOf(members, "config"));
        members.NoCaseVariants();
        return child;
    }

    private static ReleasedStatement ReadStatement(JsonObject members)
    {
        var statement = new ReleasedStatement(DigestOf(members, "digest"), Text(members, "predicateType"), DigestOf(members, "child"));
        members.NoCaseVariants();
        return statement;
    }

    private static Digest DigestOf(JsonObject members, string name)
    {
        var text = members.String(name);
        if (!Digest.Parse(text).Succeeded(out var digest, out var failure))
            members.Fail(name, failure.What);
        return digest;
    }

    private static long Size(JsonObject members)
    {
        var size = members.Integer("size");
        if (size < 0)
            members.Fail("size", $"is {size}");
        return size;
    }

    private static string Text(JsonObject members, string name)
    {
        var text = members.NonEmptyString(name);
        if (text.Length > ReleaseStatement.MostCharacters)
            members.Fail(name, $"has {text.Length} characters, more than {ReleaseStatement.MostCharacters}");
        return text;
    }

    private static void Bound(JsonObject members, string name, int count, int least, int most)
    {
        if (count < least || count > most)
            members.Fail(name, $"has {count} entries, not between {least} and {most}");
    }

    private static void Distinct<T>(JsonObject members, string name, IEnumerable<T> entries)
    {
        var seen = new HashSet<T>();
        if (!entries.All(seen.Add))
            members.Fail(name, "says something twice");
    }
}
