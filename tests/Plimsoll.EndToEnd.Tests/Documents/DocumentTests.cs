using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Plimsoll.EndToEnd.Tests.Peers;
using Plimsoll.EndToEnd.Tests.Product;
using Plimsoll.Verification.Policy;
using YamlDotNet.RepresentationModel;

namespace Plimsoll.EndToEnd.Tests.Documents;

/// <summary>What the documents say can be done, and works as they say: <see cref="Way"/> has how each command is run.</summary>
public sealed partial class DocumentTests(SharedPeers peers)
{
    public static TheoryData<string> WithCommands { get; } = [.. MarkdownDocument.All.Where(document => DocumentCommand.In(document).Any()).Select(document => document.Name)];

    [Theory]
    [MemberData(nameof(WithCommands))]
    public async Task Every_command_of_a_document_does_what_it_says(string name)
    {
        var document = MarkdownDocument.All.Single(one => one.Name == name);
        var policies = document.Blocks.Where(IsPolicy).ToArray();
        await using var stage = await DocumentStage.Start(peers);
        if (policies is [var first, ..])
            await File.WriteAllTextAsync(Path.Combine(stage.Folder, "policy.yaml"), stage.Here(first.Text), TestContext.Current.CancellationToken);

        var signed = new List<string>();
        foreach (var command in DocumentCommand.In(document))
        {
            var way = Way.All.SingleOrDefault(one => one.IsOf(command));
            Assert.True(way is not null, $"nobody runs this; say in {nameof(Way)} how it is run:\n{command}");
            await Follow(stage, command, way);
            signed.AddRange(command.Text.StartsWith("plimsoll sign ", StringComparison.Ordinal) ? [command.Text.Split(' ')[2]] : []);
        }

        // A policy beside a signing is the one by which it is verified.
        foreach (var policy in policies.Where(_ => signed.Count > 0))
        {
            var image = signed.Find(one => policy.Text.Contains($"match: {one.Split('/')[0]}/", StringComparison.Ordinal));
            Assert.True(image is not null, $"{name}:{policy.Line}: this policy covers no image that the document signs");
            await File.WriteAllTextAsync(Path.Combine(stage.Folder, "policy.yaml"), stage.Here(policy.Text), TestContext.Current.CancellationToken);
            Assert.StartsWith("accepted  ", (await stage.Shell($"plimsoll verify {image} --policy policy.yaml")).OrFail().Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Nothing_is_run_that_no_document_shows()
    {
        var commands = MarkdownDocument.All.SelectMany(DocumentCommand.In).ToArray();

        Assert.All(
            Way.All.Where(way => File.Exists(Path.Combine(TestData.Repository, way.Document))),
            way => Assert.True(commands.Any(way.IsOf), $"{way.Document} does not show '{way.Command}'"));
    }

    [Fact]
    public void A_command_is_seen_in_whatever_form_a_document_shows_it()
    {
        var document = MarkdownDocument.Parse("made-up.md", """
            # About `plimsoll sign`

            ```console
            $ first command --here
            what it prints
            ```

            ```sh
            # a remark
            second command \
              --there
            ```

            ```
            ./plimsoll third
            docker.io/library/alpine  no command
            ```

                skopeo copy fourth
                src/Plimsoll.Cli         a picture of folders

            ```yaml
            jobs:
              release:
                steps:
                  - uses: actions/checkout@v4
                  - run: fifth command
            job:
              script:
                - sixth command
            ```
            """.Split('\n'));

        Assert.Equal(
            ["4: first command --here", "10: second command --there", "15: ./plimsoll third", "19: skopeo copy fourth", "27: fifth command", "30: sixth command"],
            DocumentCommand.In(document).Select(command => $"{command.Line}: {command.Text}"));
        Assert.Equal([(1, "plimsoll sign")], document.Spans);
    }

    [Fact]
    public void Every_policy_loads_and_every_JSON_example_is_one()
    {
        var (policies, objects) = (0, 0);
        foreach (var (document, block) in MarkdownDocument.All.SelectMany(document => document.Blocks.Select(block => (document, block))))
        {
            if (IsPolicy(block))
            {
                Assert.True(TrustPolicy.Parse(Encoding.UTF8.GetBytes(block.Text)).Succeeded(out _, out var failure), $"{document.Name}:{block.Line}: {failure}");
                policies++;
            }
            else if (block.Language == "json")
            {
                JsonDocument.Parse(block.Text).Dispose();
                objects++;
            }
        }

        Assert.True(policies >= 4 && objects >= 8, $"{policies} policies and {objects} objects: they are no longer found");
    }

    [Fact]
    public void Every_workflow_gets_the_token_that_it_signs_with()
    {
        var workflows = MarkdownDocument.All.SelectMany(document => document.Blocks).Where(block => block.Language == "yaml" && !IsPolicy(block)).ToArray();

        Assert.Equal(2, workflows.Length);
        Assert.All(workflows, workflow =>
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(workflow.Text));
            var job = (YamlMappingNode)stream.Documents.Single().RootNode;
            while (!job.Children.ContainsKey("steps") && !job.Children.ContainsKey("script"))
                job = (YamlMappingNode)Assert.Single(job.Children).Value;
            if (job.Children.ContainsKey("steps"))
                Assert.Equal("write", (string?)job["permissions"]["id-token"]);
            else
                Assert.StartsWith("OPENPUBKEY-PKTOKEN:", (string?)job["id_tokens"]["OPENPUBKEY_JWT"]["aud"], StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Every_option_that_is_mentioned_exists()
    {
        var inDocuments = MarkdownDocument.All.SelectMany(document => document.Spans.Select(span => ($"{document.Name}:{span.Line}", span.Text)));
        var inSources = Directory.EnumerateFiles(Path.Combine(TestData.Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => Quoted().Matches(File.ReadAllText(file)).Select(match => (Path.GetFileName(file), match.Groups["command"].Value)));

        var helps = new Dictionary<string, string>(StringComparer.Ordinal);
        var mentioned = inDocuments.Concat(inSources).Select(one => (Place: one.Item1, Match: Mention().Match(one.Item2))).Where(one => one.Match.Success).ToArray();
        Assert.NotEmpty(mentioned);
        foreach (var (place, match) in mentioned)
        {
            var verb = match.Groups["verb"].Value;
            if (!helps.TryGetValue(verb, out var help))
                helps[verb] = help = (await PlimsollProgram.Run([.. verb.Split(' '), "--help"])).OrFail().Output;
            Assert.True(help.Contains($"\n  plimsoll {verb} ", StringComparison.Ordinal), $"{place}: there is no `plimsoll {verb}`");
            foreach (Match option in Option().Matches(match.Value))
                Assert.True(Regex.IsMatch(help, $@"(?<![\w-]){option.Value}(?![\w-])"), $"{place}: `plimsoll {verb}` has no {option.Value}");
        }
    }

    private static async Task Follow(DocumentStage stage, DocumentCommand command, Way way)
    {
        if (way.RunBy.Count > 0)
            return;
        if (way.NotRun is not null)
        {
            await IsThere(command);
            return;
        }

        if (way.Before is { } before)
            (await stage.Shell(before)).OrFail();
        var ran = way.InCheckout
            ? await new Command("bash", "-c", command.Text) { Folder = TestData.Repository, Timeout = Patience.Of(180) }.Run()
            : await stage.Shell(command.Text + way.More, way.Job);
        Assert.True(ran.ExitCode == 0, $"{command}\n{ran}");
        Assert.Contains(stage.Here(way.Says), ran.Output, StringComparison.Ordinal);
    }

    /// <summary>What a command that is not run names in this repository exists, and a script can be read by its shell.</summary>
    private static async Task IsThere(DocumentCommand command)
    {
        var named = command.Text.Split(' ').Where(word => word.Contains('/', StringComparison.Ordinal) && !word.StartsWith("artifacts/", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(named);
        foreach (var path in named.Select(word => Path.Combine(TestData.Repository, word)))
        {
            Assert.True(Path.Exists(path), $"{command}: there is no {path}");
            if (File.Exists(path))
                (await new Command("bash", "-n", path).Run()).OrFail();
        }
    }

    private static bool IsPolicy(CodeBlock block) => block.Language == "yaml" && block.Text.StartsWith("version:", StringComparison.Ordinal);

    [GeneratedRegex("[`'](?<command>plimsoll [a-z][^`'\"]*)[`']", RegexOptions.ExplicitCapture)]
    private static partial Regex Quoted();

    [GeneratedRegex("^plimsoll (?<verb>serve( [a-z]+)*|[a-z]+)( .*)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Mention();

    [GeneratedRegex("--[a-z][a-z-]*")]
    private static partial Regex Option();
}
