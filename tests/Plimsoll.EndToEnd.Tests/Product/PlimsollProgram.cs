using System.Collections;
using Plimsoll.EndToEnd.Tests.Peers;

namespace Plimsoll.EndToEnd.Tests.Product;

/// <summary>The <c>plimsoll</c> command as a process, in an environment that says nothing but what a test tells it.</summary>
public static class PlimsollProgram
{
    // Whatever CI system runs these tests must not be found by the command.
    private static readonly string[] Inherited = ["PATH", "TMPDIR", "LANG", "TERM"];

    /// <summary>The file that the build of this configuration made.</summary>
    public static string File { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Plimsoll.Cli", "release", "plimsoll"));

    /// <summary>A command line, to be run or changed.</summary>
    public static Command Command(IReadOnlyDictionary<string, string>? environment, params string[] arguments)
        => new(File, arguments) { Environment = Clean(environment) };

    /// <summary>Runs it outside any job.</summary>
    public static Task<Finished> Run(params string[] arguments) => Command(null, arguments).Run();

    /// <summary>Runs it with a job's variables.</summary>
    public static Task<Finished> Run(IReadOnlyDictionary<string, string> environment, params string[] arguments) => Command(environment, arguments).Run();

    /// <summary>The changes that leave of this process's variables only what every program needs, and add a job's.</summary>
    public static Dictionary<string, string?> Clean(IReadOnlyDictionary<string, string>? environment)
    {
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(variable => (string)variable.Key)
            .Where(name => !Inherited.Contains(name) && !name.StartsWith("DOTNET_", StringComparison.Ordinal))
            .ToDictionary(name => name, string? (_) => null);
        variables["HOME"] = "/nonexistent";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            variables[name] = value;
        return variables;
    }
}
