using Plimsoll.Log.Checkpoints;
using Plimsoll.Log.Notes;
using Plimsoll.Log.Tree;
using Plimsoll.Primitives.Json;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Log.Conformance;

/// <summary>Vectors of notes, keys, checkpoints and cosignatures.</summary>
internal static class NoteVectors
{
    private const string NoMlDsa = "the platform has no ML-DSA";

    public static VectorFinding Note(JsonValue one) => Verified(one.Utf8("note"), one);

    public static VectorFinding Cosigned(JsonValue one)
    {
        var note = SignedNote.Parse(one.Utf8("checkpoint"));
        var finding = Verified(one.Utf8("checkpoint"), one);
        return note.Succeeded(out var parsed, out _) && finding is { Refused: null, Skipped: null }
            ? finding.Compare("checkpoint", Checkpoint.Parse(parsed.UnverifiedText).Succeeded(out _, out _) ? "read" : "refused", "read")
            : finding;
    }

    public static VectorFinding Key(JsonValue one) => VectorFinding.Of(VerifierKey.Parse(one.Text("vkey")), one.Is("valid"));

    public static VectorFinding Body(JsonValue one)
    {
        var body = one.Utf8("body");
        var finding = VectorFinding.Of(Checkpoint.Parse(body), one.Is("valid"));
        return Checkpoint.Parse(body).Succeeded(out var checkpoint, out _)
            ? finding.Compare("body", Convert.ToHexStringLower(checkpoint.ToBytes()), Convert.ToHexStringLower(body))
            : finding;
    }

    public static VectorFinding Signing(JsonValue one)
    {
        using var key = Ed25519SigningKey.FromSeed(Convert.FromHexString(one.Text("seed_hex")));
        var type = (NoteKeyType)one.Number("type");
        var signer = NoteName.Parse(one.Text("name")).Then(name => NoteSigner.Create(name, type, key));
        if (!signer.Succeeded(out var found, out var failure))
            return new VectorFinding(failure, ExpectedValid: true);
        var line = type == NoteKeyType.Cosignature
            ? found.Cosign(one.Utf8("body"), DateTimeOffset.FromUnixTimeSeconds((long)one.Number("timestamp")))
            : found.Sign(one.Utf8("body"));
        return new VectorFinding(null, ExpectedValid: true).Compare("key", found.Verifier.ToString(), one.Text("vkey")).Compare("line", $"{line}", one.Text("want_line").TrimEnd('\n'));
    }

    public static VectorFinding Subtree(JsonValue one)
    {
        var name = NoteName.Parse(one.Text("cosigner")).Succeeded(out var parsed, out _) ? parsed : default;
        var hash = Hash.ParseBase64(one.Text("hash")).Succeeded(out var root, out _) ? root : default;
        var message = NoteMessages.Subtree(name.Utf8(), 0, one.Utf8("origin"), new Subtree(one.Number("start"), one.Number("end")), hash);
        var finding = new VectorFinding(null, ExpectedValid: true);
        if (one.Member("message_hex") is not null)
            finding = finding.Compare("message", Convert.ToHexStringLower(message), one.Text("message_hex"));
        return finding.Difference is not null ? finding : new VectorFinding(null, one.Is("valid"), Skipped: NoMlDsa);
    }

    private static VectorFinding Verified(byte[] note, JsonValue one)
    {
        var keys = new List<VerifierKey>();
        foreach (var text in one.Texts("vkeys"))
        {
            if (!VerifierKey.Parse(text).Succeeded(out var key, out var failure))
                return new VectorFinding(failure, one.Is("accept"));
            keys.Add(key);
        }

        if (keys.Exists(key => !key.IsSupported))
            return new VectorFinding(null, one.Is("accept"), Skipped: NoMlDsa);
        var verified = SignedNote.Parse(note).Then(parsed => parsed.Verify(keys));
        var finding = VectorFinding.Of(verified, one.Is("accept"));
        return verified.Succeeded(out var found, out _)
            ? finding.Compare(
                "verified", string.Join(' ', found.Signatures.Select(signature => $"{signature.Key.Name}").Order(StringComparer.Ordinal)),
                string.Join(' ', one.Texts("verified").Order(StringComparer.Ordinal)))
            : finding;
    }
}
