using Plimsoll.EndToEnd.Tests.Registry;

namespace Plimsoll.EndToEnd.Tests.Documents;

/// <summary>How a command of a document is run by <see cref="DocumentTests"/>.</summary>
/// <param name="Document">The document's path from the root.</param>
/// <param name="Command">The command as it stands there.</param>
public sealed record Way(string Document, string Command)
{
    /// <summary>All of them, in the order of the documents.</summary>
    public static IReadOnlyList<Way> All { get; } =
    [
        new("README.md", "./plimsoll demo") { InCheckout = true, Says = "\n10 of 10 scenes ended as they must, in " },
        new("README.md", "./test") { NotRun = "it is what runs this test" },
        new("README.md", "plimsoll sign registry.example/acme/app:1.4 --metadata-file build.json")
        {
            Before = "docker buildx build --push --metadata-file build.json --tag registry.example/acme/app:1.4 .",
            Job = JobOf.GitHub,
            Says = "signed  registry.example/acme/app:1.4  ",
        },
        new("README.md", "plimsoll verify registry.example/acme/app:1.4 --policy policy.yaml") { Says = "accepted  registry.example/acme/app:1.4  " },

        new("docs/publish.md", "docker buildx build --push --tag ghcr.io/acme/app:1.4 --metadata-file build.json --provenance=mode=max ."),
        new("docs/publish.md", "plimsoll sign ghcr.io/acme/app:1.4 --metadata-file build.json") { Job = JobOf.GitHub, Says = "signed  ghcr.io/acme/app:1.4  " },
        new("docs/publish.md", "docker buildx build --push --tag registry.gitlab.com/acme/app:1.4 --metadata-file build.json ."),
        new("docs/publish.md", "plimsoll sign registry.gitlab.com/acme/app:1.4 --metadata-file build.json") { Job = JobOf.GitLab, Says = "signed  registry.gitlab.com/acme/app:1.4  " },
        new("docs/publish.md", "plimsoll sign registry.example/acme/app:1.4 --digest sha256:… --token-file /run/token --provider token-file --issuer https://issuer.example")
        {
            Before = "docker buildx build --push --metadata-file build.json --tag registry.example/acme/app:1.4 .",
            Says = "signed  registry.example/acme/app:1.4  ",
        },
        new("docs/publish.md", "plimsoll verify ghcr.io/acme/app:1.4 --provider github --identity repository=acme/app --identity repository_id=717410000")
        {
            // The provider's usual issuer is github.com's.
            More = " --issuer https://token.actions.githubusercontent.com",
            Says = "accepted  ghcr.io/acme/app:1.4  ",
        },

        new("docs/operate.md", "plimsoll serve registry --data /var/lib/plimsoll/registry")
        {
            WithAnyArguments = true,
            RunBy = [nameof(RegistryClientsTests.With_users_clients_log_in_and_get_no_further_than_they_may), nameof(RegistryCrashTests.On_SIGTERM_it_ends_cleanly_and_the_next_start_finds_everything)],
        },
        new("docs/operate.md", "plimsoll serve registry user ci --users users --grant 'acme/**=pull,push' <password")
        {
            RunBy = [nameof(RegistryClientsTests.With_users_clients_log_in_and_get_no_further_than_they_may)],
        },
        new("docs/operate.md", "plimsoll serve registry gc --data /var/lib/plimsoll/registry")
        {
            RunBy = [nameof(RegistryCrashTests.On_SIGTERM_it_ends_cleanly_and_the_next_start_finds_everything)],
        },

        new("CONTRIBUTING.md", "dotnet build -c Release tests/Plimsoll.EndToEnd.Tests") { NotRun = "it would write the program that runs this test" },
        new("CONTRIBUTING.md", "tests/peers/isolated artifacts/bin/Plimsoll.EndToEnd.Tests/release/Plimsoll.EndToEnd.Tests --filter-method '*umoci*'")
        {
            NotRun = "it is how ./test runs this test",
        },
        new("bench/README.md", "bench/run") { WithAnyArguments = true, NotRun = "it measures, for minutes" },
    ];

    /// <summary>What the text around the command has its reader do before.</summary>
    public string? Before { get; init; }

    /// <summary>The job that it runs in; none if it runs anywhere.</summary>
    public JobOf Job { get; init; }

    /// <summary>What is added, because the world of the tests is not the internet.</summary>
    public string More { get; init; } = "";

    /// <summary>What its output has to contain, in the document's words; it has to succeed in any case.</summary>
    public string Says { get; init; } = "";

    /// <summary>Whether it runs in this checkout and not in a folder of its own.</summary>
    public bool InCheckout { get; init; }

    /// <summary>Whether <see cref="Command"/> is only how it begins.</summary>
    public bool WithAnyArguments { get; init; }

    /// <summary>Why it is not run; then what it names has to be there, and a script has to be one.</summary>
    public string? NotRun { get; init; }

    /// <summary>The tests that run it, with folders and ports of their own: a server does not end by itself.</summary>
    public IReadOnlyList<string> RunBy { get; init; } = [];

    /// <summary>Whether this is about a command.</summary>
    public bool IsOf(DocumentCommand command) => command.Document == Document
        && (command.Text == Command || (WithAnyArguments && command.Text.StartsWith(Command + " ", StringComparison.Ordinal)));
}

/// <summary>The jobs that documents talk about.</summary>
public enum JobOf
{
    Nobody,
    GitHub,
    GitLab,
}
