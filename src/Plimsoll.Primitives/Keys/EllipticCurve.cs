using System.Security.Cryptography;

namespace Plimsoll.Primitives.Keys;

/// <summary>One of the three NIST curves in use, and what belongs to it. There are no others.</summary>
public sealed class EllipticCurve
{
    // RFC 5480 2: the SubjectPublicKeyInfo of a named curve and an uncompressed point is this, then x and y.
    private readonly byte[] _spkiPrefix;

    private EllipticCurve(string name, ECCurve curve, SignatureAlgorithm algorithm, HashAlgorithmName hash, int fieldBytes, byte[] spkiPrefix)
    {
        Name = name;
        Curve = curve;
        Algorithm = algorithm;
        Hash = hash;
        FieldBytes = fieldBytes;
        _spkiPrefix = spkiPrefix;
    }

    /// <summary>P-256 with SHA-256.</summary>
    public static EllipticCurve P256 { get; } = new(
        "P-256", ECCurve.NamedCurves.nistP256, SignatureAlgorithm.ES256, HashAlgorithmName.SHA256, 32,
        Convert.FromHexString("3059301306072a8648ce3d020106082a8648ce3d03010703420004"));

    /// <summary>P-384 with SHA-384.</summary>
    public static EllipticCurve P384 { get; } = new(
        "P-384", ECCurve.NamedCurves.nistP384, SignatureAlgorithm.ES384, HashAlgorithmName.SHA384, 48,
        Convert.FromHexString("3076301006072a8648ce3d020106052b8104002203620004"));

    /// <summary>P-521 with SHA-512.</summary>
    public static EllipticCurve P521 { get; } = new(
        "P-521", ECCurve.NamedCurves.nistP521, SignatureAlgorithm.ES512, HashAlgorithmName.SHA512, 66,
        Convert.FromHexString("30819b301006072a8648ce3d020106052b810400230381860004"));

    private static EllipticCurve[] All { get; } = [P256, P384, P521];

    /// <summary>The JOSE name (RFC 7518 6.2.1.1).</summary>
    public string Name { get; }

    /// <summary>The curve as .NET knows it.</summary>
    public ECCurve Curve { get; }

    /// <summary>The one algorithm that keys on this curve are held to.</summary>
    public SignatureAlgorithm Algorithm { get; }

    /// <summary>The hash of <see cref="Algorithm"/>.</summary>
    public HashAlgorithmName Hash { get; }

    /// <summary>Length of a coordinate, and of each half of a joined signature.</summary>
    public int FieldBytes { get; }

    /// <summary>The curve of this JOSE name, or null.</summary>
    public static EllipticCurve? Named(string name) => Array.Find(All, curve => curve.Name == name);

    /// <summary>The name, for messages.</summary>
    public override string ToString() => Name;

    /// <summary>The curve that a SubjectPublicKeyInfo names, and the two coordinates in it; null if it is spelt in any other way.</summary>
    internal static EllipticCurve? OfSpki(ReadOnlySpan<byte> spki, out ReadOnlySpan<byte> x, out ReadOnlySpan<byte> y)
    {
        foreach (var curve in All)
        {
            if (!spki.StartsWith(curve._spkiPrefix) || spki.Length != curve._spkiPrefix.Length + (2 * curve.FieldBytes))
                continue;
            x = spki.Slice(curve._spkiPrefix.Length, curve.FieldBytes);
            y = spki[^curve.FieldBytes..];
            return curve;
        }

        x = y = default;
        return null;
    }

    /// <summary>The SubjectPublicKeyInfo of a point.</summary>
    internal byte[] ToSpki(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y) => [.. _spkiPrefix, .. x, .. y];
}
