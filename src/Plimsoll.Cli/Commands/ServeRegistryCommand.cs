using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Plimsoll.Cli.Output;
using Plimsoll.Primitives;
using Plimsoll.Server.Registry;

namespace Plimsoll.Cli.Commands;

/// <summary><c>plimsoll serve registry</c>: the embedded registry, until SIGTERM or Ctrl+C.</summary>
internal static class ServeRegistryCommand
{
    private static readonly Option<string> Data = new("--data") { Description = "The folder with everything; made if it does not exist", HelpName = "FOLDER", Required = true };
    private static readonly Option<string> Listen = new("--listen") { Description = "Where to listen; port 0 takes a free one", HelpName = "ADDRESS:PORT", DefaultValueFactory = _ => "127.0.0.1:5000" };
    private static readonly Option<string?> Certificate = new("--tls-certificate") { Description = "A PEM file: the certificate, then those above it; read again when it changes", HelpName = "FILE" };
    private static readonly Option<string?> CertificateKey = new("--tls-key") { Description = "A PEM file with the certificate's private key", HelpName = "FILE" };
    private static readonly Option<bool> PlainHttpUnsafe = new("--plain-http-unsafe") { Description = "Speak plain HTTP beyond loopback: for a proxy in front that speaks TLS" };
    private static readonly Option<string?> Users = new("--users") { Description = "The users and what they may do (`plimsoll serve registry user`); read again when it changes", HelpName = "FILE" };
    private static readonly Option<bool> AnonymousPull = new("--anonymous-pull") { Description = "Let everybody pull, and only users push" };
    private static readonly Option<bool> BasicOnly = new("--basic-only") { Description = "Ask for Basic credentials at each request instead of sending clients for a token" };
    private static readonly Option<bool> WithoutUsersUnsafe = new("--without-users-unsafe") { Description = "Let everybody push and delete, beyond loopback too" };
    private static readonly Option<Uri?> PublicAddress = new("--public-address") { Description = "The address that clients know, behind a proxy", HelpName = "https://HOST" };
    private static readonly Option<bool> ReadOnly = new("--read-only") { Description = "Serve what is there, and write nothing" };
    private static readonly Option<long> MaximumBlob = new("--max-blob") { Description = "Largest blob, in MiB", HelpName = "MIB", DefaultValueFactory = _ => 16 * 1024 };
    private static readonly Option<int> MaximumConnections = new("--max-connections") { Description = "Most connections; the one idle longest is closed for a new one", HelpName = "NUMBER", DefaultValueFactory = _ => 4096 };
    private static readonly Option<string> CollectEvery = new("--gc-every") { Description = "How often to remove what nothing needs; 0 for never", HelpName = "TIME", DefaultValueFactory = _ => "6h" };
    private static readonly Option<string> Lease = new("--gc-after") { Description = "How long a blob that no manifest mentions is kept after it was last asked for", HelpName = "TIME", DefaultValueFactory = _ => "24h" };
    private static readonly Option<string> UploadExpiry = new("--upload-expiry") { Description = "How long an upload may rest before it is forgotten", HelpName = "TIME", DefaultValueFactory = _ => "24h" };
    private static readonly Option<string> Drain = new("--drain") { Description = "How long requests may go on after SIGTERM", HelpName = "TIME", DefaultValueFactory = _ => "30s" };
    private static readonly Option<bool> OnlyFaults = new("--log-faults-only") { Description = "Log what failed, not every request" };

    public static Command Create()
    {
        var command = new VerbCommand(
            "registry", "Serves an OCI registry from a folder.",
            "# for this machine alone, without users",
            "plimsoll serve registry --data /var/lib/plimsoll/registry",
            "# for a team: TLS, users, and everybody may pull",
            "plimsoll serve registry --data /var/lib/plimsoll/registry --listen 0.0.0.0:443 --tls-certificate tls.crt --tls-key tls.key --users users --anonymous-pull",
            "# a user who may push to one team's repositories; the password comes on standard input",
            "plimsoll serve registry user ci --users users --grant 'acme/**=pull,push' < password",
            "# remove what nothing needs, now",
            "plimsoll serve registry gc --data /var/lib/plimsoll/registry");
        Option[] options =
        [
            Data, Listen, Certificate, CertificateKey, PlainHttpUnsafe, Users, AnonymousPull, BasicOnly, WithoutUsersUnsafe, PublicAddress, ReadOnly,
            MaximumBlob, MaximumConnections, CollectEvery, Lease, UploadExpiry, Drain, OnlyFaults,
        ];
        foreach (var option in options)
            command.Add(option);
        command.Add(RegistryUserCommand.Create());
        command.Add(RegistryCollectCommand.Create());
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken interrupted)
    {
        var terminal = Terminal.OfProcess(quiet: true);
        if (!Read(parsed).Succeeded(out var options, out var failure) || !Times.Parse("--drain", parsed.GetValue(Drain)!).Succeeded(out var drain, out failure)
            || !(await RegistryServer.Open(options, TimeProvider.System, interrupted)).Succeeded(out var server, out failure))
            return FailureText.Write(terminal, failure, json: false);

        var ending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, received =>
        {
            received.Cancel = true;
            _ = ending.TrySetResult();
        });
        await using var interrupting = interrupted.Register(() => ending.TrySetResult());

        terminal.Line($"registry {server.Address} serves {options.Folder}");
        await ending.Task;
        await server.Stop(drain);
        return ExitCodes.Accepted;
    }

    private static Result<RegistryServerOptions> Read(ParseResult parsed)
    {
        var listen = parsed.GetValue(Listen)!;
        if (!IPEndPoint.TryParse(listen, out var endpoint) || !listen.EndsWith($":{endpoint.Port}", StringComparison.Ordinal))
            return Usage($"--listen '{listen}' is not ADDRESS:PORT", "write it as 127.0.0.1:5000 or [::]:443");
        if (!Times.Parse("--gc-every", parsed.GetValue(CollectEvery)!).Succeeded(out var every, out var failure)
            || !Times.Parse("--gc-after", parsed.GetValue(Lease)!).Succeeded(out var lease, out failure)
            || !Times.Parse("--upload-expiry", parsed.GetValue(UploadExpiry)!).Succeeded(out var expiry, out failure))
            return failure;
        if (parsed.GetValue(MaximumBlob) is var mebibytes && mebibytes is <= 0 or > 1024 * 1024)
            return Usage("--max-blob is not 1 to 1048576 MiB", "give a number of MiB");

        return new RegistryServerOptions(parsed.GetValue(Data)!)
        {
            Address = endpoint.Address,
            Port = endpoint.Port,
            CertificateFile = parsed.GetValue(Certificate),
            CertificateKeyFile = parsed.GetValue(CertificateKey),
            PlainHttpUnsafe = parsed.GetValue(PlainHttpUnsafe),
            UsersFile = parsed.GetValue(Users),
            AnonymousPull = parsed.GetValue(AnonymousPull),
            BasicOnly = parsed.GetValue(BasicOnly),
            WithoutUsersUnsafe = parsed.GetValue(WithoutUsersUnsafe),
            PublicAddress = parsed.GetValue(PublicAddress),
            ReadOnly = parsed.GetValue(ReadOnly),
            MaximumBlobBytes = mebibytes * 1024 * 1024,
            MaximumConnections = parsed.GetValue(MaximumConnections),
            CollectEvery = every,
            Lease = lease,
            UploadExpiry = expiry,
            Log = Console.OpenStandardError(),
            LogRequests = !parsed.GetValue(OnlyFaults),
        };
    }

    private static Failure Usage(string what, string next) => new(Refusal.Malformed, "cli.usage", what, next);
}

/// <summary>Times on a command line: a whole number and s, m, h or d; 0 alone is nothing.</summary>
internal static class Times
{
    public static Result<TimeSpan> Parse(string option, string text)
    {
        if (text == "0")
            return TimeSpan.Zero;
        if (text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 100_000)
        {
            TimeSpan? time = text[^1] switch
            {
                's' => TimeSpan.FromSeconds(number),
                'm' => TimeSpan.FromMinutes(number),
                'h' => TimeSpan.FromHours(number),
                'd' => TimeSpan.FromDays(number),
                _ => null,
            };
            if (time is { } read)
                return read;
        }

        return new Failure(Refusal.Malformed, "cli.usage", $"{option} '{text}' is no time", "write it as 30s, 15m, 6h or 2d");
    }
}
