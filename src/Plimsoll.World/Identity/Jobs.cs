using System.Text.Json.Nodes;

namespace Plimsoll.World.Identity;

/// <summary>A job of GitHub Actions or Forgejo Actions, with the claims that its ID tokens carry.</summary>
public sealed record ActionsJob
{
    /// <summary>Owner and name of the repository whose workflow runs.</summary>
    public string Repository { get; init; } = "acme/app";

    /// <summary>The repository's number, which outlives renames.</summary>
    public string RepositoryId { get; init; } = "717410000";

    /// <summary>The owner's number.</summary>
    public string OwnerId { get; init; } = "9919";

    /// <summary>The branch or tag that runs.</summary>
    public string Ref { get; init; } = "refs/heads/main";

    /// <summary>The commit that runs.</summary>
    public string Sha { get; init; } = "4f1c2d3e5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d";

    /// <summary>The workflow's name.</summary>
    public string Workflow { get; init; } = "release";

    /// <summary>Where the calling workflow's file is.</summary>
    public string WorkflowPath { get; init; } = ".github/workflows/release.yml";

    /// <summary>The workflow that holds the job: of another repository where a reusable one is called. By default the calling one.</summary>
    public string? JobWorkflowRef { get; init; }

    /// <summary>What started the run.</summary>
    public string Event { get; init; } = "push";

    /// <summary>The number of the run.</summary>
    public string RunId { get; init; } = "8123456789";

    /// <summary>The deployment environment, if the job names one.</summary>
    public string? Environment { get; init; }

    /// <summary><c>github-hosted</c> or <c>self-hosted</c>.</summary>
    public string Runner { get; init; } = "github-hosted";

    /// <summary>Who started the run.</summary>
    public string Actor { get; init; } = "octocat";

    internal string Owner => Repository.Split('/')[0];

    internal string WorkflowRef => $"{Repository}/{WorkflowPath}@{Ref}";

    /// <summary>The claims in GitHub's form, without issuer, audience and times.</summary>
    internal JsonObject Claims()
    {
        var claims = new JsonObject
        {
            ["jti"] = Guid.NewGuid().ToString(),
            ["sub"] = Subject,
            ["ref"] = Ref,
            ["sha"] = Sha,
            ["repository"] = Repository,
            ["repository_owner"] = Owner,
            ["repository_owner_id"] = OwnerId,
            ["run_id"] = RunId,
            ["run_number"] = "17",
            ["run_attempt"] = "1",
            ["repository_visibility"] = "public",
            ["repository_id"] = RepositoryId,
            ["actor_id"] = "583231",
            ["actor"] = Actor,
            ["workflow"] = Workflow,
            ["head_ref"] = "",
            ["base_ref"] = "",
            ["event_name"] = Event,
            ["ref_protected"] = "true",
            ["ref_type"] = Ref.StartsWith("refs/tags/", StringComparison.Ordinal) ? "tag" : "branch",
            ["workflow_ref"] = WorkflowRef,
            ["workflow_sha"] = Sha,
            ["job_workflow_ref"] = JobWorkflowRef ?? WorkflowRef,
            ["job_workflow_sha"] = Sha,
            ["runner_environment"] = Runner,
        };
        if (Environment is not null)
            claims["environment"] = Environment;
        return claims;
    }

    internal Dictionary<string, string> Variables(string server) => new(StringComparer.Ordinal)
    {
        ["CI"] = "true",
        ["GITHUB_ACTIONS"] = "true",
        ["GITHUB_SERVER_URL"] = server,
        ["GITHUB_REPOSITORY"] = Repository,
        ["GITHUB_REPOSITORY_ID"] = RepositoryId,
        ["GITHUB_REPOSITORY_OWNER"] = Owner,
        ["GITHUB_REF"] = Ref,
        ["GITHUB_SHA"] = Sha,
        ["GITHUB_WORKFLOW"] = Workflow,
        ["GITHUB_WORKFLOW_REF"] = WorkflowRef,
        ["GITHUB_RUN_ID"] = RunId,
        ["GITHUB_RUN_ATTEMPT"] = "1",
        ["GITHUB_JOB"] = "publish",
        ["GITHUB_EVENT_NAME"] = Event,
        ["GITHUB_ACTOR"] = Actor,
        ["RUNNER_ENVIRONMENT"] = Runner,
    };

    // GitHub: the environment comes before the event, and the event before the ref.
    private string Subject => (Environment, Event) switch
    {
        ({ } environment, _) => $"repo:{Repository}:environment:{environment}",
        (_, "pull_request") => $"repo:{Repository}:pull_request",
        _ => $"repo:{Repository}:ref:{Ref}",
    };
}

/// <summary>A job of GitLab CI with an ID token in a variable.</summary>
public sealed record GitLabCiJob
{
    /// <summary>Namespace and name of the project.</summary>
    public string Project { get; init; } = "acme/app";

    /// <summary>The project's number.</summary>
    public string ProjectId { get; init; } = "20042";

    /// <summary>The namespace's number.</summary>
    public string NamespaceId { get; init; } = "7301";

    /// <summary>The branch or tag, short.</summary>
    public string Ref { get; init; } = "main";

    /// <summary><c>branch</c> or <c>tag</c>.</summary>
    public string RefType { get; init; } = "branch";

    /// <summary>The commit that runs.</summary>
    public string Sha { get; init; } = "4f1c2d3e5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d";

    /// <summary>The number of the pipeline.</summary>
    public string PipelineId { get; init; } = "66012";

    /// <summary>The number of the job.</summary>
    public string JobId { get; init; } = "990017";

    /// <summary>The variable that <c>id_tokens:</c> names.</summary>
    public string Variable { get; init; } = "OPENPUBKEY_JWT";

    /// <summary>The audience that <c>id_tokens:</c> names.</summary>
    public string Audience { get; init; } = "OPENPUBKEY-PKTOKEN:acme";

    private string Namespace => Project[..Project.LastIndexOf('/')];

    /// <summary>The claims in GitLab's form, without issuer, audience and times.</summary>
    internal JsonObject Claims(string server) => new()
    {
        ["namespace_id"] = NamespaceId,
        ["namespace_path"] = Namespace,
        ["project_id"] = ProjectId,
        ["project_path"] = Project,
        ["user_id"] = "311",
        ["user_login"] = "octocat",
        ["user_email"] = "octocat@acme.example",
        ["user_access_level"] = "maintainer",
        ["pipeline_id"] = PipelineId,
        ["pipeline_source"] = "push",
        ["job_id"] = JobId,
        ["ref"] = Ref,
        ["ref_type"] = RefType,
        ["ref_path"] = RefType == "tag" ? $"refs/tags/{Ref}" : $"refs/heads/{Ref}",
        ["ref_protected"] = "true",
        ["runner_id"] = 41,
        ["runner_environment"] = "gitlab-hosted",
        ["sha"] = Sha,
        ["project_visibility"] = "public",
        ["ci_config_ref_uri"] = $"{new Uri(server).Authority}/{Project}//.gitlab-ci.yml@refs/heads/{Ref}",
        ["ci_config_sha"] = Sha,
        ["jti"] = Guid.NewGuid().ToString(),
        ["sub"] = $"project_path:{Project}:ref_type:{RefType}:ref:{Ref}",
    };

    internal Dictionary<string, string> Variables(string server) => new(StringComparer.Ordinal)
    {
        ["CI"] = "true",
        ["GITLAB_CI"] = "true",
        ["CI_SERVER_URL"] = server,
        ["CI_PROJECT_PATH"] = Project,
        ["CI_PROJECT_ID"] = ProjectId,
        ["CI_COMMIT_REF_NAME"] = Ref,
        ["CI_COMMIT_SHA"] = Sha,
        ["CI_CONFIG_PATH"] = ".gitlab-ci.yml",
        ["CI_PIPELINE_ID"] = PipelineId,
        ["CI_PIPELINE_SOURCE"] = "push",
        ["CI_JOB_ID"] = JobId,
        ["CI_JOB_URL"] = $"{server}/{Project}/-/jobs/{JobId}",
    };
}
