using System.Collections.Immutable;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Json;

namespace Plimsoll.OpenPubkey.Conformance;

/// <summary>
/// Runs files of OpenPubkey test vectors (format <c>openpubkey-vectors/1</c>) through this implementation. A vector is told by
/// its members, so a file may mix kinds.
/// </summary>
public static class OpenPubkeyVectors
{
    /// <summary>Most bytes of a vector file; such files are far larger than anything a protocol sends.</summary>
    public const int MostBytes = 64 * 1024 * 1024;

    private static readonly JsonLimits Limits = new(MostBytes, Depth: 24, Values: 2_000_000);

    /// <summary>Runs all vectors of a file, in its order.</summary>
    public static Result<ImmutableArray<VectorOutcome>> Run(ReadOnlyMemory<byte> file)
    {
        if (!StrictJson.Parse(file, Limits).Succeeded(out var json, out var failure))
            return failure;
        if (json.Member("vectors") is not { Kind: JsonKind.Array } vectors)
            return Failures.VectorFile("the file has no array 'vectors'");
        if (json.Member("format") is { } format && format.Text != "openpubkey-vectors/1")
            return Failures.VectorFile($"the format is {Failures.Shorten(format.Text)}, not 'openpubkey-vectors/1'");

        return vectors.Elements().Select(Judge).ToImmutableArray();
    }

    /// <summary>The whole answer of <c>plimsoll conformance openpubkey</c>: a line a vector, and the sum at the end.</summary>
    /// <param name="files">The files, each with the name by which it is told in a failure.</param>
    /// <returns>The lines, and how many vectors differed; a file that cannot be read counts as one.</returns>
    public static (ImmutableArray<string> Lines, int Differed) Report(IEnumerable<(string Name, ReadOnlyMemory<byte> Bytes)> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var lines = ImmutableArray.CreateBuilder<string>();
        var agreed = 0;
        var differed = 0;
        foreach (var (name, bytes) in files)
        {
            if (!Run(bytes).Succeeded(out var outcomes, out var failure))
            {
                lines.Add($"{name}\trefused\t{failure.Code}");
                differed++;
                continue;
            }

            lines.AddRange(outcomes.Select(outcome => outcome.ToLine()));
            agreed += outcomes.Count(outcome => outcome.Agreed);
            differed += outcomes.Count(outcome => !outcome.Agreed);
        }

        lines.Add($"{agreed} agreed, {differed} differed");
        return (lines.ToImmutable(), differed);
    }

    private static VectorOutcome Judge(JsonValue vector)
    {
        var finding = Check(vector);
        var valid = finding is { Refused: null, Difference: null };
        var expected = (vector.Member("expectedValid") ?? vector.Member("expectedFound")) is not { Kind: JsonKind.False };
        var code = finding.Refused?.Code ?? (finding.Difference is null ? "ok" : "conformance.value");
        return new VectorOutcome(
            vector.Text("id"), valid, code, valid == expected && finding.Difference is null,
            finding.Difference ?? finding.Refused?.What ?? "", vector.Member("expectedReason")?.Text);
    }

    private static Finding Check(JsonValue vector) => vector switch
    {
        _ when vector.Has("envelope") => EnvelopeVectors.Check(vector),
        _ when vector.Has("osm") => ValueVectors.Message(vector),
        _ when vector.Has("dpop") => ValueVectors.Dpop(vector),
        _ when vector.Has("certificatePem") => CertificateVectors.Check(vector),
        _ when vector.Text("kind") == "gq1-primitive" => GqVectors.Primitive(vector),
        _ when vector.Has("gqToken") => GqVectors.Token(vector),
        _ when vector.Has("protectedHeader") => ValueVectors.Commitment(vector),
        _ when vector.Has("jwks") && vector.Has("token") => ValueVectors.Lookup(vector),
        _ when vector.Has("jkt") => ValueVectors.Thumbprint(vector),
        _ when vector.Has("verify") => TokenVectors.Check(vector, vector.Member("verify")!.Value),
        _ when vector.Has("issuer") => TokenVectors.Check(vector, vector),
        _ when vector.Has("compact") || vector.Has("json") => ValueVectors.Serialization(vector),
        _ => new Finding(Failures.VectorFile("a vector of no known kind"), null),
    };
}
