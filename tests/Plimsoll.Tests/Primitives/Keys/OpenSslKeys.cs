namespace Plimsoll.Tests.Primitives.Keys;

/// <summary>
/// SubjectPublicKeyInfos, and signatures over <see cref="Message"/>, made with the openssl command: another implementation's
/// view of each format. The private keys were thrown away.
/// </summary>
internal static class OpenSslKeys
{
    public static ReadOnlyMemory<byte> Message { get; } = "message"u8.ToArray();

    /// <summary>An EC key on P-256.</summary>
    public static byte[] EcP256 => Convert.FromBase64String(
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEwaUS9DIjWSpkby3x3vaBGSsSzJlEAjTBUXTtt8p6TlQg5biaxBq088GmUXvioGnqIvfZvSRMcahfc0NSP6OZ"
        + "/w==");

    /// <summary>ECDSA over SHA-256, DER.</summary>
    public static byte[] EcP256Signature => Convert.FromBase64String("MEUCIQD7yzjF63uHJzh852zuBlbeqaiFQ1nfgqe9sc1edwSVPgIgWFzCP2Yt4avDcXsIETs2xbwMTxcsLD8s6iQqqzv179k=");

    /// <summary>An EC key on P-384.</summary>
    public static byte[] EcP384 => Convert.FromBase64String(
        "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAErpWtD4AV9ZG+BSvpnMEh5C8WOBsEbBf0krmI1ihlszKKjt/b66wjlnY6HABHFLVf0Tp6457VzXL2XXjHDK+HcV5q"
        + "ziLrqh0omnHIoxiVS3FIU+0M1UoX2uUB0HLmpFVU");

    /// <summary>ECDSA over SHA-384, DER.</summary>
    public static byte[] EcP384Signature => Convert.FromBase64String(
        "MGQCMBK31qiDByvA3OtkujCV9SntZ4c9Lgx8wgLykjGx8GQrhK4hTFP8DnfMx8WrxPeKowIwaXPsKCMokJL8vGvTjc8siY+9j7nTDT6XHDdTiRnO6QeciL6E"
        + "Bh8Jm528nh9x8Zj4");

    /// <summary>An EC key on P-521.</summary>
    public static byte[] EcP521 => Convert.FromBase64String(
        "MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQBgGHbMZCpiu8ujNAtkDHZj/zNN/IDXtbZiBeYy6Y+SG8hxACUadecUHycIndNh8R84ulO0GUNubeKV912PgWU"
        + "RMIBH42HZbV3nva8Twr1Kbu7UP77sTH+nNlwSgdgFiUbQ0vEPfFfO4Tbf/DB7a/z6wKubyDcVEMJLlqS1gOKgO/QmWo=");

    /// <summary>ECDSA over SHA-512, DER.</summary>
    public static byte[] EcP521Signature => Convert.FromBase64String(
        "MIGHAkIBki8xgYvC1IvZnd+hOeMGN8EFkacEqHaLo73s0GZ1XZ1DV74JivwrCgaUJ6ky6GXzBqFH7FqMPiWa4KPTuRT8shUCQXB4iVjq/QSqmIKGZ5VLuxCB"
        + "4ODaZ+TPOtHCqtxgHcUTjq1DrenYD+ktih1zE9pqGAalpHydgjk9m7KgPnkQoyGg");

    /// <summary>The signature of <see cref="EcP521Signature"/> as JOSE joins it.</summary>
    public static byte[] EcP521Joined => Convert.FromBase64String(
        "AZIvMYGLwtSL2Z3foTnjBjfBBZGnBKh2i6O97NBmdV2dQ1e+CYr8KwoGlCepMuhl8wahR+xajD4lmuCj07kU/LIVAHB4iVjq/QSqmIKGZ5VLuxCB4ODaZ+TP"
        + "OtHCqtxgHcUTjq1DrenYD+ktih1zE9pqGAalpHydgjk9m7KgPnkQoyGg");

    /// <summary>An RSA key of 2048 bits.</summary>
    public static byte[] Rsa => Convert.FromBase64String(
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoG7EgY+GSS+2cqdWHNh1x6dBpSZcV+ar8gufTpKo2pbWGYGS4sNT2S0UtnhevasvaFMEBaYVPmMJ"
        + "ClpNya6ivzPj80zSNiBr8dqVJJEwIYB8fpMI/C5eAKXtWZJgBaZcibFsgGgAMQwzXNVuNryRxa3riEslLWP+NB4T80d+P+zx/rJFHvCLUPpNDlO21rqNYvPZ"
        + "jYnpKTpGA1OQChdCP2cf64m+Am4Heakw5vkL71tMNbXYfJ9E7l+kNj71ofMm5a9DJJzRsm+9nuu/MgjEYjFJKTPJYI7T/pDlbZ/goq7DtBB5yR9riZpFGlt/"
        + "SCfW5g4ETh8y5sDYxi8gz7pzFQIDAQAB");

    /// <summary>PKCS #1 v1.5 over SHA-256.</summary>
    public static byte[] RsaPkcs1Signature => Convert.FromBase64String(
        "Crar3pxOznCtMRCKuLRPUgAl6RuRDagq0V5AB99PpLJ5IYhB8BsdzTqdtKw70r5ftqMjl4B1HeztYRVjS4c10qL3bQIw3kHlqIWOMmxF1fxIM5R/g9r+pwzS"
        + "ncA1QQJaJtrDOTOMgdH7F7oV1xs+R5jbEfB/fOJHDgt/wVe84WJh7AVsPZ9jmDT0Zs4FK1zY5yxoKK2SGGmtqeXEM2TlCPgV4iBJ4E44hbnwXSRMXivJwvpF"
        + "INq/SQ7ljMo1MMMpB0h+pOdjlLAY067XkXn3TsaFldnOvgv2ydwoz5jNgRav7rtOCda04SGxNaJWpMg/1YE59dtTU7jZY/Bd2jRQyw==");

    /// <summary>PSS over SHA-256, salt of 32 bytes.</summary>
    public static byte[] RsaPssSignature => Convert.FromBase64String(
        "crKQTifYd6+UrCPrjM9cT/CZ79ELF9VeccIcB39ReJ/W8trqj5Z/HbXEUhn9Pm0InbzppZNitMaQnX460UbPliB+5y9/U0WdnxcBvyi2dfJHIv86KgbwvSjK"
        + "Bq1DaJRmWNeJi9ZtjerPgSAH+T5QP/JlOmJCSQ6tXzfnZwvUPcZqpu9ANv9rOSdeFoIH3xZ5jFUjIbrvtr9SaaD8ql01feUc5aksbvRlBhiqumNFTyDv+Fwu"
        + "UtNxbHzPxVLj+Qa6N2y9mIJ5hoLWemp8ev0NztulXTmelfT4HGXTrmAr2Fj9+4BBGxrlq6FhjfbjrPARoq5CRARGvV7mO8AB8P7KNQ==");

    /// <summary>An Ed25519 key.</summary>
    public static byte[] Ed25519 => Convert.FromBase64String("MCowBQYDK2VwAyEAcUalz6orhnDrJYqXKnw5sCIT9kWD/7HytrRM1VuCkUs=");

    /// <summary>Pure Ed25519.</summary>
    public static byte[] Ed25519Signature => Convert.FromBase64String("7oo+fVTSUWf3UeU3szUnU5hO2vfZPfKIw0E7QrZChe6JXGH2T56Cq13U528xWRXle+wGS1/eeCqZu4ngn3RrAw==");

    /// <summary>The key of <see cref="EcP256"/> with its point in compressed form.</summary>
    public static byte[] EcP256Compressed => Convert.FromBase64String("MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADwaUS9DIjWSpkby3x3vaBGSsSzJlEAjTBUXTtt8p6TlQ=");

    /// <summary>A P-256 key that spells the curve out instead of naming it.</summary>
    public static byte[] EcP256Explicit => Convert.FromBase64String(
        "MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAAAAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAA"
        + "AAAA///////////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSdNgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA"
        + "8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IA"
        + "BPWnCeHzLZTh4JcUlG5CBN6DUY2ZbTd+9i9gl+473ZIZfbAxgi9ghST1ouRqv8oChnXUJomh+GRUpHDtBKVrCcg=");

    /// <summary>A key on a curve that nothing here uses.</summary>
    public static byte[] EcSecp256k1 => Convert.FromBase64String("MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAENjQmOwzvPWzwRvzngLQp+Qxilp9EqYGGz5ekela3drgWRlqxwYiZByTnJOXGzW2KGqWmbosBOk30z0ZLsGivnw==");

    /// <summary>An RSA key of 1024 bits.</summary>
    public static byte[] Rsa1024 => Convert.FromBase64String(
        "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC7SqUaqsqbCymdpLm7ewNluhw9BGfsJuX4pdHLz/pmP99EGCixyauwoKnftT5evKN0ngQfuMb510aBK922"
        + "IlyDzg/CwV4wH4s1DqTS2suP8TjeWQ9JefLFhvxZvP3uodd45zTjoJAdQbyF2BPrxP8gZjxVYlfHR3PuHT4xnHTgJQIDAQAB");

    /// <summary>An RSA key under the object identifier id-RSASSA-PSS.</summary>
    public static byte[] RsaPssOnly => Convert.FromBase64String(
        "MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBAKoshgBfBQ2hbTrElPjE1aclrUJvTZ6ROzQgRqa9zkMVsoqsBQVkLhazQHO9ALbKsbC+/EZPEfClo9JX"
        + "/jQDKKVOeW/ICEu5pQYnJrxpK+5P8J283pX6gWmOf7QCW8G/GBCA7ETa2lg658foRhN6sDJTQrtMH69DovKfr7ECMykOzZv4/MfjXxEF4kuGkxRlg9N3lsPM"
        + "PR3tYX0k4tJVIiTLBPsS5pt08gyEbS7PLBsjLsNZ0ES9WIUyoaDvq6e8r6mamBnix4+4PqTdnAMHtypVz7RLJv3JaY21FLZH0u9qI7UTDOV7itVoH8C4U/on"
        + "uLe1TbdPwMPKnVImJoDob90CAwEAAQ==");

    /// <summary>A key for key agreement.</summary>
    public static byte[] X25519 => Convert.FromBase64String("MCowBQYDK2VuAyEACXCJb89T3ebMaLvSssAG4LZOXWPwbIWP9jeD2NtHbio=");
}
