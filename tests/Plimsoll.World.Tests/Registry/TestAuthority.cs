using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Plimsoll.Client.Registry;
using Plimsoll.Primitives;

namespace Plimsoll.World.Tests.Registry;

/// <summary>A certificate authority of the test's own, and a server's certificate for 127.0.0.1.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("plimsoll-authority-").FullName;

    public TestAuthority(string name = "127.0.0.1")
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Test authority", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = rootRequest.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var issued = request.Create(root, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), [1, 2, 3]);
        using var withKey = issued.CopyWithPrivateKey(key);
        Server = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
        File.WriteAllText(PemFile, root.ExportCertificatePem());
    }

    public X509Certificate2 Server { get; }

    public string PemFile => Path.Combine(_folder, "ca.pem");

    public RegistryOptions Trusted(string host) => RegistryFixture.Quick with { CertificateAuthorities = PemFile, LoopbackTls = [host] };

    /// <summary>The same trust, as Docker's folder of certificates gives it.</summary>
    public RegistryOptions TrustedByFolder(string host)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "certs.d", host)).FullName;
        File.Copy(PemFile, Path.Combine(folder, "ca.crt"));
        return RegistryFixture.Quick with { CertificatesFolder = Path.Combine(_folder, "certs.d"), LoopbackTls = [host] };
    }

    public void Dispose()
    {
        Server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>Shows one credential to every registry.</summary>
internal sealed class FixedCredentials(Credential credential) : ICredentialSource
{
    public Task<Result<Credential>> Find(string registry, CancellationToken cancellation) => Task.FromResult(Result.Of(credential));
}
