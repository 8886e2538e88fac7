using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives.Json;

namespace Plimsoll.OpenPubkey.Conformance;

/// <summary>Vectors of certificates that carry a PK token, with the fields that a reader should see.</summary>
internal static class CertificateVectors
{
    public static Finding Check(JsonValue vector)
    {
        var pem = vector.Text("certificatePem");
        if (!PemEncoding.TryFind(pem, out var fields))
            return new Finding(Failures.Certificate("no PEM block was found"), null);
        var der = Convert.FromBase64String(pem[fields.Base64Data]);
        if (!TokenCertificate.Parse(der).Succeeded(out var token, out var failure))
            return new Finding(failure, null);

        var finding = Finding.Good.Compare(vector, "subjectKeyIdUtf8", token.ToJson());
        if (vector.Member("pkTokenJson") is { } json)
            finding = finding.Require(PkToken.Parse(json.Raw).Succeeded(out var given, out _) && given.Hash == token.Hash, "the certificate holds another token");
        return finding.And(() => Fields(vector, der));
    }

    private static Finding Fields(JsonValue vector, byte[] der)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(der);
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension => extension.EnumerateDnsNames());
        var finding = Finding.Good
            .Compare(vector, "serial", long.Parse(certificate.SerialNumber, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .Compare(vector, "subject", certificate.Subject)
            .Compare(vector, "notBefore", new DateTimeOffset(certificate.NotBefore).ToUnixTimeSeconds())
            .Compare(vector, "notAfter", new DateTimeOffset(certificate.NotAfter).ToUnixTimeSeconds())
            .Require(!vector.Has("dnsNames") || names.SequenceEqual(vector.Member("dnsNames")!.Value.Elements().Select(name => name.Text)), "other DNS names");

        foreach (var expected in vector.Member("extensionsOtherThanSubjectKeyId")?.Elements() ?? [])
        {
            var found = certificate.Extensions[expected.Text("oid")];
            finding = finding.Require(
                found is not null && found.Critical == expected.Is("critical") && Convert.ToHexStringLower(found.RawData) == expected.Text("valueHex"),
                $"extension {expected.Text("oid")} differs");
        }

        return finding;
    }
}
