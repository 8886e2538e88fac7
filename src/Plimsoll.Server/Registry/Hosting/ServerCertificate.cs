using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Plimsoll.Primitives;

namespace Plimsoll.Server.Registry.Hosting;

/// <summary>The certificate that a server shows, read again when its file has changed: a renewed one needs no restart.</summary>
internal sealed class ServerCertificate
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private readonly string? _file;
    private readonly string? _keyFile;
    private readonly Action<Failure> _refused;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private SslServerAuthenticationOptions _options;
    private DateTime _changed;
    private DateTimeOffset _looked;

    private ServerCertificate(string? file, string? keyFile, SslServerAuthenticationOptions options, Action<Failure> refused, TimeProvider time)
    {
        (_file, _keyFile, _options, _refused, _time) = (file, keyFile, options, refused, time);
        _changed = Changed();
        _looked = time.GetUtcNow();
    }

    /// <summary>What the options name; null where they name none. A new file that cannot be read leaves the old certificate, and <paramref name="refused"/> is told.</summary>
    public static Result<ServerCertificate>? Of(RegistryServerOptions options, Action<Failure> refused, TimeProvider time)
    {
        if (options.Certificate is { } certificate)
            return new ServerCertificate(null, null, Options(certificate, []), refused, time);
        if (options is not { CertificateFile: { } file, CertificateKeyFile: { } keyFile })
            return null;
        return Read(file, keyFile).Select(read => new ServerCertificate(file, keyFile, read, refused, time));
    }

    /// <summary>What to shake hands with now.</summary>
    public SslServerAuthenticationOptions Present()
    {
        lock (_lock)
        {
            if (_file is null || _time.GetUtcNow() - _looked < LookEvery)
                return _options;
            _looked = _time.GetUtcNow();
            if (Changed() is var changed && changed == _changed)
                return _options;
            _changed = changed;
            if (Read(_file, _keyFile!).Succeeded(out var options, out var failure))
                _options = options;
            else
                _refused(failure);
            return _options;
        }
    }

    private DateTime Changed() => _file is null ? default : new[] { File.GetLastWriteTimeUtc(_file), File.GetLastWriteTimeUtc(_keyFile!) }.Max();

    private static Result<SslServerAuthenticationOptions> Read(string file, string keyFile)
    {
        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(file, keyFile);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(file);

            // By way of PKCS #12, so that the key is where TLS looks for it.
            return Options(X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null), [.. chain.Skip(1)]);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return new Failure(
                Refusal.Malformed, "registry.certificate", $"the certificate {file} with the key {keyFile} cannot be used: {failed.Message}",
                "give PEM files: the certificate, then those above it; and its private key without a password");
        }
    }

    private static SslServerAuthenticationOptions Options(X509Certificate2 certificate, X509Certificate2Collection above) => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(certificate, above, offline: true),
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
    };
}
