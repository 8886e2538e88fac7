using System.Security.Cryptography;

namespace Plimsoll.Primitives.Keys;

/// <summary>Reads public keys of any supported kind.</summary>
public static class PublicKeys
{
    /// <summary>Longest SubjectPublicKeyInfo that is looked at, in bytes.</summary>
    public const int MostSpkiBytes = 4096;

    /// <summary>Longest PEM text that is looked at.</summary>
    public const int MostPemCharacters = 3 * MostSpkiBytes;

    /// <summary>
    /// Imports a DER SubjectPublicKeyInfo in its one spelling, so that a key has one key id. RSA keys verify PKCS #1 v1.5
    /// unless <paramref name="pss"/> is set.
    /// </summary>
    public static Result<VerificationKey> ImportSpki(ReadOnlySpan<byte> spki, EcdsaEncoding encoding, bool pss = false)
    {
        if (spki.Length > MostSpkiBytes)
            return KeyFailures.Malformed($"a public key of {spki.Length} bytes is more than {MostSpkiBytes}");
        if (EllipticCurve.OfSpki(spki, out _, out _) is not null)
            return EcdsaVerificationKey.ImportSpki(spki, encoding).Select<VerificationKey>(key => key);
        return Ed25519VerificationKey.IsSpki(spki)
            ? Ed25519VerificationKey.ImportSpki(spki).Select<VerificationKey>(key => key)
            : RsaVerificationKey.ImportSpki(spki, pss ? SignatureAlgorithm.PS256 : SignatureAlgorithm.RS256).Select<VerificationKey>(key => key);
    }

    /// <summary>Imports one PEM <c>PUBLIC KEY</c> block; other blocks, more than one, and text around it are refused.</summary>
    public static Result<VerificationKey> ImportPem(string pem, EcdsaEncoding encoding, bool pss = false)
    {
        if (pem.Length > MostPemCharacters)
            return KeyFailures.Malformed($"a PEM text of {pem.Length} characters is more than {MostPemCharacters}");
        if (!PemEncoding.TryFind(pem, out var fields) || pem.AsSpan()[fields.Label] is not "PUBLIC KEY")
            return KeyFailures.Malformed("no PEM block 'PUBLIC KEY' was found");
        if (!pem.AsSpan()[..fields.Location.Start].IsWhiteSpace() || !pem.AsSpan()[fields.Location.End..].IsWhiteSpace())
            return KeyFailures.Malformed("something stands before or after the PEM block");

        var spki = new byte[fields.DecodedDataLength];
        return Convert.TryFromBase64Chars(pem.AsSpan()[fields.Base64Data], spki, out var length) && length == spki.Length
            ? ImportSpki(spki, encoding, pss)
            : KeyFailures.Malformed("the PEM block is not base64");
    }
}
