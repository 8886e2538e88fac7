using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.Primitives;

namespace Plimsoll.OpenPubkey.Tokens;

/// <summary>
/// A self-signed X.509 certificate that carries a PK token in its Subject Key Identifier: OpenPubkey's way of putting a token
/// where only certificates may stand. The certificate proves nothing; the token in it does.
/// </summary>
public static class TokenCertificate
{
    /// <summary>Most bytes of such a certificate: a token and a frame around it.</summary>
    public const int MostBytes = TokenLimits.TokenBytes + 4096;

    private const string SubjectKeyIdentifierOid = "2.5.29.14";

    /// <summary>Takes the token out of a certificate (DER) and checks that the certificate is of the token's key.</summary>
    public static Result<PkToken> Parse(ReadOnlySpan<byte> der)
    {
        if (der.Length > MostBytes)
            return Failures.Certificate($"a certificate of {der.Length} bytes is longer than {MostBytes}");
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            if (certificate.RawData.Length != der.Length)
                return Failures.Certificate("bytes stand after the certificate");
            if (certificate.Extensions[SubjectKeyIdentifierOid] is not { } extension)
                return Failures.Certificate("the certificate has no Subject Key Identifier, where the PK token should stand");

            var content = System.Formats.Asn1.AsnDecoder.ReadOctetString(extension.RawData, System.Formats.Asn1.AsnEncodingRules.DER, out var read);
            if (read != extension.RawData.Length)
                return Failures.Certificate("bytes stand after the Subject Key Identifier");
            return PkToken.Parse(content).Then(token => OfTokensKey(token, certificate.PublicKey));
        }
        catch (Exception malformed) when (malformed is CryptographicException or System.Formats.Asn1.AsnContentException)
        {
            return Failures.Certificate("not an X.509 certificate in DER");
        }
    }

    private static Result<PkToken> OfTokensKey(PkToken token, PublicKey key)
    {
        if (!ClientInstanceClaims.Parse(token.ClientSignature.Header).Succeeded(out var claims, out var failure))
            return failure;
        return key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(claims.UserKey.SubjectPublicKeyInfo.Span)
            ? token
            : Failures.Certificate("the certificate is of another key than the token's");
    }
}
