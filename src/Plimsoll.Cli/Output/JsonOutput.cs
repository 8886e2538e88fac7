using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Plimsoll.Primitives;
using Plimsoll.Verification.Judging;

namespace Plimsoll.Cli.Output;

/// <summary>The same findings for programs: one JSON object on standard output, member names as documented in docs/formats.md.</summary>
public static class JsonOutput
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Terminal terminal, Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        terminal.Line(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    public static void Write(Terminal terminal, Verdict verdict) => Write(terminal, json =>
    {
        json.WriteString("verdict", verdict.Accepted ? "accepted" : "refused");
        json.WriteString("image", verdict.Image);
        if (verdict.Root is { } root)
            json.WriteString("digest", root.ToString());
        if (verdict.Platform is { } platform)
            json.WriteString("platform", platform.ToString());
        if (verdict.Manifest is { } manifest)
            json.WriteString("manifest", manifest.ToString());

        json.WriteStartArray("signers");
        foreach (var signer in verdict.Signers)
            WriteSigner(json, signer);
        json.WriteEndArray();

        json.WriteStartArray("findings");
        foreach (var finding in verdict.Findings)
            WriteFinding(json, finding);
        json.WriteEndArray();

        if (verdict.Refusal is { } refusal)
            WriteFailure(json, refusal);
    });

    public static void Write(Terminal terminal, Failure failure) => Write(terminal, json =>
    {
        json.WriteString("verdict", "refused");
        WriteFailure(json, failure);
    });

    private static void WriteFailure(Utf8JsonWriter json, Failure failure)
    {
        json.WriteStartObject("failure");
        json.WriteString("kind", failure.Kind.ToString().ToLowerInvariant());
        json.WriteString("code", failure.Code);
        json.WriteString("what", failure.What);
        json.WriteString("next", failure.Next);
        json.WriteEndObject();
    }

    private static void WriteSigner(Utf8JsonWriter json, Signer signer)
    {
        json.WriteStartObject();
        json.WriteString("technology", signer.Technology);
        json.WriteString("provider", signer.Provider);
        json.WriteString("issuer", signer.Issuer);
        json.WriteStartObject("claims");
        foreach (var (claim, value) in signer.Claims)
            json.WriteString(claim, value);
        json.WriteEndObject();
        json.WriteString("envelope", signer.Envelope.ToString());
        json.WriteEndObject();
    }

    private static void WriteFinding(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteNumber("step", (int)finding.Step);
        json.WriteString("outcome", finding.Outcome.ToString().ToLowerInvariant());
        json.WriteString("subject", finding.Subject);
        json.WriteString("what", finding.What);
        if (finding.Failure is { } failure)
            json.WriteString("code", failure.Code);
        json.WriteEndObject();
    }
}
