using System.Collections.Immutable;
using Plimsoll.Primitives;
using Plimsoll.Verification.Policy;

namespace Plimsoll.Server.Registry.Access;

/// <summary>What may be done in a repository.</summary>
[Flags]
internal enum Rights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Reading manifests, blobs, tags and referrers.</summary>
    Pull = 1,

    /// <summary>Uploading blobs and manifests, and moving tags.</summary>
    Push = 2,

    /// <summary>Removing manifests, tags and blobs.</summary>
    Delete = 4,

    /// <summary>All of these.</summary>
    All = Pull | Push | Delete,
}

/// <summary>Rights in the repositories that fit a pattern.</summary>
internal sealed record Grant(Glob Repositories, Rights Rights)
{
    /// <summary>Reads <c>PATTERN=RIGHT,RIGHT</c>, such as <c>acme/**=pull,push</c>.</summary>
    public static Result<Grant> Parse(string text)
    {
        if (text.Split('=') is not [var pattern, var names])
            return Malformed(text);
        if (!Glob.Parse(pattern).Succeeded(out var glob, out var failure))
            return failure;
        return RightNames.TryParse(names, out var rights) && rights != Rights.None ? new Grant(glob, rights) : Malformed(text);
    }

    public override string ToString() => $"{Repositories}={RightNames.Of(Rights)}";

    private static Failure Malformed(string text) => new(
        Refusal.Malformed, "registry.users", $"'{text}' is not PATTERN=RIGHT[,RIGHT]", "write it as acme/**=pull,push; the rights are pull, push and delete");
}

/// <summary>The names of rights, as scopes and the users file have them.</summary>
internal static class RightNames
{
    private static readonly (string Name, Rights Right)[] Known = [("pull", Rights.Pull), ("push", Rights.Push), ("delete", Rights.Delete)];

    /// <summary>Reads names with commas between them; each must be known and stand there once.</summary>
    public static bool TryParse(string names, out Rights rights)
    {
        rights = Rights.None;
        foreach (var name in names.Split(','))
        {
            var right = Of(name);
            if (right == Rights.None || rights.HasFlag(right))
                return false;
            rights |= right;
        }

        return true;
    }

    /// <summary>The right of this name; none if there is no such right.</summary>
    public static Rights Of(string name) => Known.FirstOrDefault(known => known.Name == name).Right;

    public static string Of(Rights rights) => string.Join(',', Known.Where(known => rights.HasFlag(known.Right)).Select(known => known.Name));
}

/// <summary>Who makes a request, and what they may do.</summary>
/// <param name="Name">A user's name; empty for nobody in particular.</param>
/// <param name="Grants">Rights by repository; any that fits counts.</param>
internal sealed record Caller(string Name, ImmutableArray<Grant> Grants)
{
    private static readonly Glob Everything = Glob.Parse("**").Succeeded(out var everything, out var failure) ? everything : throw new InvalidOperationException(failure.What);

    /// <summary>Everybody, where there are no users.</summary>
    public static Caller Unrestricted { get; } = new("", [new Grant(Everything, Rights.All)]);

    /// <summary>Nobody in particular, where everybody may pull.</summary>
    public static Caller MayPull { get; } = new("", [new Grant(Everything, Rights.Pull)]);

    /// <summary>Nobody in particular, where users are needed.</summary>
    public static Caller Nobody { get; } = new("", []);

    public bool May(Rights rights, string repository) => (RightsIn(repository) & rights) == rights;

    public Rights RightsIn(string repository)
        => Grants.Where(grant => grant.Repositories.Matches(repository)).Aggregate(Rights.None, (rights, grant) => rights | grant.Rights);
}
