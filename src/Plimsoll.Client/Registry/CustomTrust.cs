using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Plimsoll.Primitives;

namespace Plimsoll.Client.Registry;

/// <summary>The system's certificate authorities, and some more from files.</summary>
internal sealed class CustomTrust
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private readonly X509Certificate2Collection _authorities;

    private CustomTrust(X509Certificate2Collection authorities) => _authorities = authorities;

    /// <summary>Loads a PEM file, where one is named, and all <c>*.crt</c> files of a folder, where there is one.</summary>
    public static Result<CustomTrust> Load(string? file, string folder)
    {
        var authorities = new X509Certificate2Collection();
        var current = file ?? folder;
        try
        {
            string[] files = folder.Length > 0 ? Directory.GetFiles(folder, "*.crt") : [];
            foreach (var path in file is null ? files : [file, .. files])
            {
                current = path;
                authorities.ImportFromPemFile(path);
            }

            return new CustomTrust(authorities);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return new Failure(
                Refusal.Malformed, "registry.authorities", $"the certificate authorities in {current} cannot be read: {problem.Message}",
                "give a PEM file of certificates that this user may read");
        }
    }

    /// <summary>Decides about a server's certificate, for <see cref="SslClientAuthenticationOptions"/>.</summary>
    public bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;

        // A wrong name or no certificate stays wrong, whoever signed it.
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || _authorities.Count == 0 || certificate is not X509Certificate2 leaf)
            return false;

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        _ = own.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (chain is not null)
            own.ChainPolicy.ExtraStore.AddRange(chain.ChainElements.Select(element => element.Certificate).ToArray());
        return own.Build(leaf);
    }
}
