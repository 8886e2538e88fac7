namespace Plimsoll.Primitives.Keys;

/// <summary>The signature algorithms that a key can be held to; a key verifies by one of them only. Names as in JOSE (RFC 7518, RFC 8037).</summary>
public enum SignatureAlgorithm
{
    /// <summary>ECDSA on P-256 over SHA-256.</summary>
    ES256,

    /// <summary>ECDSA on P-384 over SHA-384.</summary>
    ES384,

    /// <summary>ECDSA on P-521 over SHA-512.</summary>
    ES512,

    /// <summary>RSASSA-PKCS1-v1_5 over SHA-256.</summary>
    RS256,

    /// <summary>RSASSA-PSS over SHA-256, salt as long as the hash.</summary>
    PS256,

    /// <summary>Ed25519 (RFC 8032), pure.</summary>
    EdDSA,

    /// <summary>ML-DSA-44 (FIPS 204), pure, without a context.</summary>
    MLDSA44,

    /// <summary>An OpenPubkey proof in place of an RS256 signature; only Plimsoll.OpenPubkey has keys for it.</summary>
    GQ256,
}

/// <summary>The two encodings in use for an ECDSA signature. Each format names one; the other is refused.</summary>
public enum EcdsaEncoding
{
    /// <summary>JOSE (RFC 7518 3.4): r and s, each padded to the curve's length, joined.</summary>
    Joined,

    /// <summary>X.509 and DSSE: ASN.1 DER SEQUENCE of two INTEGERs.</summary>
    Der,
}
