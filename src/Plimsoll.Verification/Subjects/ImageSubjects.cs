using System.Collections.Immutable;
using Plimsoll.Envelopes;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;

namespace Plimsoll.Verification.Subjects;

/// <summary>
/// Whether a statement is about an image. Digest, name and platform must match in one and the same subject: of two subjects,
/// one with the right name and one with the right digest, neither is the image.
/// </summary>
/// <remarks>Tags are not compared: a tag says what is current, and the catalogue and the release statement answer that.</remarks>
public static class ImageSubjects
{
    /// <summary>The subject that is this image, or why none of them is.</summary>
    /// <param name="statement">A statement, which should be a verified one.</param>
    /// <param name="repository">The repository whose policy applies.</param>
    /// <param name="digest">The platform's manifest, or the root.</param>
    /// <param name="platform">The platform that a package URL must name; null where the digest is that of a whole index.</param>
    public static Result<StatementSubject> Find(InTotoStatement statement, RepositoryName repository, Digest digest, Platform? platform)
    {
        Failure? nearest = null;
        foreach (var subject in statement.Subjects)
        {
            if (!subject.Fits(digest))
                continue;
            if (Admit(subject, repository, digest, platform) is not { } failure)
                return subject;
            nearest ??= failure;
        }

        return nearest ?? new Failure(
            Refusal.Untrusted, "subject.other-digest",
            $"none of the statement's {statement.Subjects.Length} subjects has the digest {digest}", "ask for a statement about this very image");
    }

    /// <summary>
    /// The names, other than this repository's, that an attached statement gives the manifest it is attached to; refused if any of
    /// its subjects is another thing. A signer that listed such a statement would vouch for an image that it did not build.
    /// </summary>
    /// <param name="statement">The statement as it was attached; it may name no subject, and then the attachment alone says what it is about.</param>
    /// <param name="attachedTo">The platform's manifest that it is attached to.</param>
    /// <param name="repository">The repository that is signed for.</param>
    public static Result<ImmutableArray<string>> ForeignNames(InTotoStatement statement, Digest attachedTo, RepositoryName repository)
    {
        foreach (var subject in statement.Subjects)
        {
            if (!subject.Fits(attachedTo) || subject.Digests.Count != 1)
                return new Failure(
                    Refusal.Untrusted, "subject.planted",
                    $"a statement of type {Shorten(statement.PredicateType)} is attached to {attachedTo} and speaks about "
                    + $"'{Shorten(subject.Name ?? "")}' with {Shorten(string.Join(", ", subject.Digests.Select(one => $"{one.Key}:{one.Value}")))}",
                    "find out which build step wrote it; it is left out of what is signed");
        }

        return ImmutableArray.CreateRange(statement.Subjects
            .Select(subject => subject.Name)
            .OfType<string>()
            .Where(name => !(NameOf(name).Succeeded(out var named, out _) && named == repository))
            .Distinct(StringComparer.Ordinal));
    }

    private static Failure? Admit(StatementSubject subject, RepositoryName repository, Digest digest, Platform? platform)
    {
        if (subject.Name is not { Length: > 0 } name)
            return new Failure(
                Refusal.Untrusted, "subject.nameless", $"the statement's subject {digest} has no name, so it is bound to no repository",
                "ask for a statement that names the repository");
        if (!NameOf(name).Succeeded(out var named, out var failure))
            return failure;
        if (named != repository)
            return new Failure(
                Refusal.Untrusted, "subject.other-repository", $"the statement is about {named}, not about {repository}",
                "ask the publisher to sign for this repository too (plimsoll sign --as), or map the mirror in the policy");
        return AdmitQualifiers(name, digest, platform);
    }

    private static Failure? AdmitQualifiers(string name, Digest digest, Platform? platform)
    {
        if (!IsPurl(name) || !PackageUrl.Parse(name).Succeeded(out var purl, out var failure))
            return platform is null ? null : OtherPlatform("names no platform", platform);
        var version = purl.Version is { } text && text.Contains(':', StringComparison.Ordinal) ? text : null;
        if ((purl.Qualifier(ImagePurl.DigestQualifier) ?? version) is { } stated && stated != digest.ToString())
            return new Failure(
                Refusal.Untrusted, "subject.other-digest", $"the subject's name says {Shorten(stated)}, and its digest is {digest}", "ask for a statement about this very image");
        if (purl.Qualifier(ImagePurl.PlatformQualifier) is not { } qualifier)
            return platform is null ? null : OtherPlatform("names no platform", platform);
        if (!Platform.Parse(qualifier).Succeeded(out var said, out failure))
            return failure;
        return platform is null || said == platform ? null : OtherPlatform($"is for {said}", platform);
    }

    // A release statement names the repository itself; BuildKit and others write a package URL.
    private static Result<RepositoryName> NameOf(string name)
        => IsPurl(name) ? PackageUrl.Parse(name).Then(ImagePurl.RepositoryOf) : RepositoryName.Parse(name);

    private static bool IsPurl(string name) => name.StartsWith("pkg:", StringComparison.Ordinal);

    private static Failure OtherPlatform(string what, Platform wanted) => new(
        Refusal.Untrusted, "subject.other-platform", $"the statement's subject {what}, and {wanted} was asked for", "ask for the statement about this platform");

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
