using Plimsoll.Client.Identity;
using Plimsoll.Client.Signing;

namespace Plimsoll.Cli.Output;

/// <summary>Prints what was signed, by whom, and what was left out.</summary>
internal static class SignedText
{
    private static readonly string[] Shown = ["repository", "repository_id", "project_path", "project_id", "job_workflow_ref", "ref", "email", "sub"];

    public static void Write(Terminal terminal, SignedRelease signed, WorkloadIdentity identity)
    {
        var statement = signed.Statement;
        terminal.Line($"{terminal.Paint("signed", "ok")}  {statement.Repository}{(statement.Tags.IsEmpty ? "" : ":" + string.Join(',', statement.Tags))}  {statement.Root}");
        terminal.Line($"  identity   {Terminal.Printable(string.Join(", ", Claims(signed).Select(pair => $"{pair.Claim} {pair.Value}")))}  ({identity.Provider.Issuer})");
        foreach (var child in statement.Children)
            terminal.Line($"  image      {child.Platform}  {child.Digest}");
        foreach (var listed in statement.Statements)
            terminal.Line($"  statement  {Terminal.Printable(listed.PredicateType)}  {listed.Digest}");
        foreach (var left in signed.Inventory.LeftOut)
            terminal.Line($"  {terminal.Paint("left out", "unsafe")}   {left.Statement}: {Terminal.Printable(left.Why.What)}   {left.Why.Code}");
        foreach (var name in signed.Inventory.ForeignNames)
            terminal.Line($"  {terminal.Paint("note", "unsafe")}       a statement calls the image '{Terminal.Printable(name)}'");
        terminal.Line($"  envelope   {signed.Envelope}");
    }

    public static void WriteJson(Terminal terminal, SignedRelease signed, WorkloadIdentity identity) => JsonOutput.Write(terminal, json =>
    {
        var statement = signed.Statement;
        json.WriteString("signed", statement.Repository);
        json.WriteString("digest", statement.Root.ToString());
        json.WriteStartArray("tags");
        foreach (var tag in statement.Tags)
            json.WriteStringValue(tag);
        json.WriteEndArray();

        json.WriteString("issuer", identity.Provider.Issuer.ToString());
        json.WriteStartObject("claims");
        foreach (var (claim, value) in Claims(signed))
            json.WriteString(claim, value);
        json.WriteEndObject();

        json.WriteStartArray("statements");
        foreach (var listed in statement.Statements)
            json.WriteStringValue(listed.Digest.ToString());
        json.WriteEndArray();

        json.WriteStartArray("leftOut");
        foreach (var left in signed.Inventory.LeftOut)
        {
            json.WriteStartObject();
            json.WriteString("digest", left.Statement.ToString());
            json.WriteString("code", left.Why.Code);
            json.WriteString("what", left.Why.What);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("foreignNames");
        foreach (var name in signed.Inventory.ForeignNames)
            json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteString("envelope", signed.Envelope.ToString());
    });

    private static IEnumerable<(string Claim, string Value)> Claims(SignedRelease signed)
        => Shown.Select(claim => (claim, signed.Claims.Text(claim))).Where(pair => pair.Item2 is not null).Select(pair => (pair.claim, pair.Item2!));
}
