using Plimsoll.Envelopes;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Verification.Judging;

/// <summary>An image that is what a good statement says.</summary>
internal sealed record AdmittedContent(GoodStatement Statement, ReleaseStatement Release, Digest? Manifest)
{
    public string Describe(Evidence evidence)
    {
        var parts = $"released as {Release.Repository}, {Release.Children.Length} images, {Release.Statements.Length} statements";
        return Manifest is { } manifest && evidence.Platform is { } platform ? $"{parts}; {platform} is {manifest}" : parts;
    }
}

/// <summary>
/// Step 6. Name, digest, tag and children must fit one and the same statement: parts of two releases do not add up to one.
/// </summary>
internal static class ContentStep
{
    private const string OtherPredicate = "release.predicate-type";

    public static Result<AdmittedContent> Admit(Evidence evidence, ImageDocument root, IReadOnlyList<GoodStatement> good, Findings findings)
    {
        Failure? telling = null;
        foreach (var statement in good)
        {
            if (Admit(evidence, root, statement).Succeeded(out var content, out var failure))
                return content;

            // What a release says of another image tells more than that another statement is no release.
            if (telling is null || telling.Code == OtherPredicate)
                telling = failure;
            if (good.Count > 1)
                findings.Ignored(Step.Content, "content", "", failure);
        }

        return telling is null || telling.Code == OtherPredicate ? NoRelease() : telling;
    }

    private static Result<AdmittedContent> Admit(Evidence evidence, ImageDocument root, GoodStatement statement)
    {
        if (!statement.Payload.Then(payload => ReleaseStatement.Parse(payload)).Succeeded(out var verified, out var failure))
            return failure;

        var release = verified.Value;
        if (release.Root != root.Digest)
            return Differs("content.digest", $"the statement speaks about {release.Root}, and the image is {root.Digest}", "the signature was put on another image, or the image was changed after signing");
        if (release.Repository != evidence.Reference.Repository.ToString())
            return Differs("content.repository", $"the image was released as {release.Repository}, not as {evidence.Reference.Repository}", "pull it from where it was released, or have it promoted: `plimsoll sign --as`");
        if (evidence.Reference is { Digest: null, Tag: { } tag } && !release.Tags.Contains(tag.ToString()))
            return Differs("content.tag", $"the image was released as {Tags(release)}, not as tag '{tag}'", "ask for a tag that it was released under, or for its digest");
        if (release.RootMediaType != root.MediaType || release.RootSize != root.Bytes.Length)
            return Differs("content.root", $"the statement has {release.RootMediaType} of {release.RootSize} bytes, the image is {root.MediaType} of {root.Bytes.Length}", "have the image signed again");
        if (CompareChildren(root, release) is { } difference)
            return difference;
        if (root is ImageManifest single && CompareConfig(release.Children[0], single) is { } other)
            return other;
        return Choose(evidence, root, release).Select(choice => new AdmittedContent(statement, release, choice.Manifest));
    }

    /// <summary>The root lists exactly the children that were signed, in any order; no two of either are for one platform.</summary>
    private static Failure? CompareChildren(ImageDocument root, ReleaseStatement release)
    {
        var listed = root is ImageIndex index ? index.Children.ToList() : [root.Descriptor];
        foreach (var child in listed)
        {
            var platform = child.Platform?.ToString();
            if (release.Children.FirstOrDefault(one => one.Digest == child.Digest && (platform is null || one.Platform == platform)) is not { } signed)
                return Differs("content.children", $"the image holds {child.Digest} for {platform ?? "its platform"}, which was not signed", "have the whole image signed again");
            if (signed.Size != child.Size || signed.MediaType != child.MediaType)
                return Differs("content.children", $"{child.Digest} was signed as {signed.MediaType} of {signed.Size} bytes, and is listed as {child.MediaType} of {child.Size}", "have the whole image signed again");
        }

        return listed.Count == release.Children.Length
            ? null
            : Differs("content.children", $"the image holds {listed.Count} of the {release.Children.Length} manifests that were signed", "have the whole image signed again");
    }

    private static Result<Choice> Choose(Evidence evidence, ImageDocument root, ReleaseStatement release)
    {
        if (evidence.Platform is not { } platform)
            return new Choice(root is ImageManifest ? root.Digest : null);

        var child = release.Children.FirstOrDefault(child => child.Platform == platform.ToString());
        if (child is null)
            return new Failure(Refusal.Missing, "content.platform", $"the image was not released for {platform}", $"ask for one of {string.Join(", ", release.Children.Select(one => one.Platform))}");
        if (evidence.PlatformManifest is not { } manifest)
            return new Choice(child.Digest);

        if (!ImageManifest.Parse(manifest.Bytes, child.Digest).Succeeded(out var parsed, out var failure))
            return failure;
        return CompareConfig(child, parsed) is { } difference ? difference : new Choice(child.Digest);
    }

    private static Failure? CompareConfig(ReleaseChild signed, ImageManifest manifest) => manifest.Config.Digest == signed.Config
        ? null
        : Differs("content.config", $"{signed.Digest} has configuration {manifest.Config.Digest}, and {signed.Config} was signed", "have the whole image signed again");

    private static string Tags(ReleaseStatement release) => release.Tags.IsEmpty ? "no tag at all" : string.Join(", ", release.Tags.Select(tag => $"'{tag}'"));

    private static Failure Differs(string code, string what, string next) => new(Refusal.Untrusted, code, what, next);

    private static Failure NoRelease() => new(
        Refusal.Missing, "content.no-release", "no release statement was among what the policy's identities signed", "sign the image with `plimsoll sign`");

    private sealed record Choice(Digest? Manifest);
}
