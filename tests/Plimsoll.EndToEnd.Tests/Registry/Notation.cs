using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Plimsoll.EndToEnd.Tests.Peers;

namespace Plimsoll.EndToEnd.Tests.Registry;

/// <summary>The notation client with a certificate authority, a signer and a trust policy of its own.</summary>
public sealed class Notation : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public Notation()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Test root,O=Plimsoll,C=US", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 1, true));
        rootRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var root = rootRequest.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test signer,O=Plimsoll,C=US", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.3")], false));
        using var leaf = request.Create(root, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), [1, 2, 3]);

        var keyFile = _home.Write("signer.key", key.ExportPkcs8PrivateKeyPem());
        var certificateFile = _home.Write("signer.crt", $"{leaf.ExportCertificatePem()}\n{root.ExportCertificatePem()}\n");
        Configure("signingkeys.json", $$"""{"default":"test","keys":[{"name":"test","keyPath":"{{keyFile}}","certPath":"{{certificateFile}}"}]}""");
        Configure("truststore/x509/ca/test/root.crt", root.ExportCertificatePem());
        Configure("trustpolicy.json", """
            {"version":"1.0","trustPolicies":[{"name":"test","registryScopes":["*"],"signatureVerification":{"level":"strict"},"trustStores":["ca:test"],"trustedIdentities":["*"]}]}
            """);
    }

    /// <summary>Runs notation; the exit code is the caller's to judge.</summary>
    public async Task<Finished> Run(params string[] arguments) => await new Command(await PeerPrograms.Find("notation"), arguments)
    {
        Environment = new Dictionary<string, string?> { ["HOME"] = _home.Root, ["XDG_CONFIG_HOME"] = _home.At("config"), ["DOCKER_CONFIG"] = _home.At("docker") },
    }.Run();

    public void Dispose() => _home.Dispose();

    private void Configure(string name, string text) => File.WriteAllText(_home.At(["config", "notation", .. name.Split('/')]), text);
}
