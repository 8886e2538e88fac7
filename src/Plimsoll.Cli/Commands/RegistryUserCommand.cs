using System.CommandLine;
using Plimsoll.Cli.Output;
using Plimsoll.Server.Registry;

namespace Plimsoll.Cli.Commands;

/// <summary><c>plimsoll serve registry user</c>: adds a user to a users file, replaces or removes one.</summary>
internal static class RegistryUserCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "The user's name" };
    private static readonly Option<string> Users = new("--users") { Description = "The users file; made if it does not exist", HelpName = "FILE", Required = true };
    private static readonly Option<string[]> Grants = new("--grant") { Description = "What the user may do where: pull, push, delete; repeat it. Everything everywhere without any", HelpName = "PATTERN=RIGHT,…" };
    private static readonly Option<bool> Remove = new("--remove") { Description = "Remove the user" };

    public static Command Create()
    {
        var command = new VerbCommand(
            "user", "Adds a user to a registry's users file, or replaces one. The password is read from standard input.",
            "plimsoll serve registry user ci --users users --grant 'acme/**=pull,push' < password",
            "plimsoll serve registry user ci --users users --remove");
        command.Add(Name);
        command.Add(Users);
        command.Add(Grants);
        command.Add(Remove);
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var terminal = Terminal.OfProcess(quiet: true);
        var (name, file) = (parsed.GetValue(Name)!, parsed.GetValue(Users)!);
        var changed = parsed.GetValue(Remove)
            ? RegistryUsers.Remove(file, name)
            : RegistryUsers.Put(file, name, await ReadPassword(cancellation), parsed.GetValue(Grants) is { Length: > 0 } given ? given : ["**=pull,push,delete"]);
        if (!changed.Succeeded(out var line, out var failure))
            return FailureText.Write(terminal, failure, json: false);
        terminal.Line(line);
        return ExitCodes.Accepted;
    }

    private static async Task<string> ReadPassword(CancellationToken cancellation)
    {
        if (!Console.IsInputRedirected)
            await Console.Error.WriteAsync("password: ");
        return await Console.In.ReadLineAsync(cancellation) ?? "";
    }
}
