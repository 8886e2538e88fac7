using System.Collections.Immutable;

namespace Plimsoll.Client.Identity;

/// <summary>
/// What a CI environment says about the build (<c>predicate.build</c> of a release statement): for people to read. Nothing
/// is decided by it, since a job can set its variables as it likes; what the provider vouches for are the token's claims.
/// </summary>
/// <param name="Facts">Name and value: <c>system</c>, <c>repository</c>, <c>ref</c>, <c>commit</c>, <c>run</c> and the like, where known.</param>
public sealed record BuildFacts(ImmutableSortedDictionary<string, string> Facts)
{
    /// <summary>Longer values are left out: a variable is no place to carry a file into every release.</summary>
    public const int MostCharacters = 512;

    private static readonly (string Fact, string Variable)[] Actions =
    [
        ("server", "GITHUB_SERVER_URL"), ("repository", "GITHUB_REPOSITORY"), ("ref", "GITHUB_REF"), ("commit", "GITHUB_SHA"),
        ("workflow", "GITHUB_WORKFLOW_REF"), ("run", "GITHUB_RUN_ID"), ("attempt", "GITHUB_RUN_ATTEMPT"), ("job", "GITHUB_JOB"),
        ("trigger", "GITHUB_EVENT_NAME"), ("runner", "RUNNER_ENVIRONMENT"),
    ];

    private static readonly (string Fact, string Variable)[] GitLab =
    [
        ("server", "CI_SERVER_URL"), ("repository", "CI_PROJECT_PATH"), ("ref", "CI_COMMIT_REF_NAME"), ("commit", "CI_COMMIT_SHA"),
        ("workflow", "CI_CONFIG_PATH"), ("run", "CI_PIPELINE_ID"), ("job", "CI_JOB_ID"), ("trigger", "CI_PIPELINE_SOURCE"), ("url", "CI_JOB_URL"),
    ];

    /// <summary>Nothing is known.</summary>
    public static BuildFacts None { get; } = new(ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));

    /// <summary>Reads the variables of GitHub Actions, Forgejo Actions or GitLab CI; elsewhere nothing is known.</summary>
    public static BuildFacts From(Func<string, string?> environment)
    {
        if (WorkloadSystems.IsForgejo(environment))
            return Read(WorkloadSystems.Forgejo, Actions, environment);
        if (WorkloadSystems.IsGitHub(environment))
            return Read(WorkloadSystems.GitHub, Actions, environment);
        return WorkloadSystems.IsGitLab(environment) ? Read(WorkloadSystems.GitLab, GitLab, environment) : None;
    }

    private static BuildFacts Read(string system, (string Fact, string Variable)[] variables, Func<string, string?> environment)
    {
        var facts = None.Facts.ToBuilder();
        facts["system"] = system;
        foreach (var (fact, variable) in variables)
        {
            if (environment(variable) is { Length: > 0 and <= MostCharacters } value && IsPrintable(value))
                facts[fact] = value;
        }

        return new BuildFacts(facts.ToImmutable());
    }

    // A statement is shown on terminals; halves of surrogate pairs cannot be written as JSON.
    private static bool IsPrintable(string value)
    {
        foreach (var rune in value.EnumerateRunes())
        {
            if (System.Text.Rune.IsControl(rune) || rune == System.Text.Rune.ReplacementChar)
                return false;
        }

        return true;
    }
}
