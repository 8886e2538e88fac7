using Plimsoll.Primitives.Encodings;

namespace Plimsoll.Envelopes;

/// <summary>
/// The extension of a signature made with a workload identity: the PK token that vouches for the ephemeral key. Later the
/// log's proof stands beside it; members that are not known are left alone.
/// </summary>
/// <param name="PkToken">The PK token's JSON, as bytes.</param>
public sealed record OpkExtension(ReadOnlyMemory<byte> PkToken)
{
    /// <summary>The extension's kind.</summary>
    public const string Kind = "OPK";

    /// <summary>Largest PK token that is looked at.</summary>
    public const int MostTokenBytes = 256 * 1024;

    /// <summary>Reads the extension of a signature; another kind is refused.</summary>
    public static Result<OpkExtension> Parse(DsseExtension? extension)
    {
        if (extension?.Kind != Kind || extension.Ext is not { } ext)
            return Refused.Malformed(
                "dsse.not-openpubkey", $"the signature's extension is '{Refused.Shorten(extension?.Kind ?? "")}', not {Kind}",
                "nothing, if another signature holds; else sign again with plimsoll sign");

        var members = ext.ReadObject("dsse.extension");
        var token = members.Base64("pkt");
        members.NoCaseVariants();
        if (token.Length is 0 or > MostTokenBytes)
            members.Fail("pkt", $"has {token.Length} bytes, not between 1 and {MostTokenBytes}");
        return members.Failed(out var failure) ? failure : new OpkExtension(token);
    }

    /// <summary>The extension as it stands beside a signature.</summary>
    public DsseExtension ToExtension()
    {
        var bytes = CanonicalDocument.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("pkt", Base64Text.Encode(PkToken.Span));
            writer.WriteEndObject();
        });
        return StrictJson.Parse(bytes, new JsonLimits(bytes.Length)).Succeeded(out var ext, out var failure)
            ? new DsseExtension(Kind, ext)
            : throw new InvalidOperationException(failure.What);
    }
}
