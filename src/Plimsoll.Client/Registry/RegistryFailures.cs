using System.Net.Sockets;
using System.Security.Authentication;
using Plimsoll.Primitives;

namespace Plimsoll.Client.Registry;

/// <summary>The failures that more than one file here gives.</summary>
internal static class RegistryFailures
{
    public static Failure TooLarge(string what, long found, long allowed) => new(
        Refusal.Malformed, "registry.too-large",
        found > allowed ? $"{what} is {found} bytes, more than the {allowed} allowed" : $"{what} goes on after the {allowed} bytes allowed",
        "tell the registry's operator; content of this kind is never that large");

    public static Failure NotFound(string what, Origin registry) => new(
        Refusal.Missing, "registry.not-found", $"{registry} does not have {what}",
        "check the name; if the repository is private, log in with 'docker login'");

    public static Failure Timeout(Uri address, TimeSpan allowed) => new(
        Refusal.Unreachable, "registry.timeout", $"{Origin.Of(address)} did not finish within {allowed.TotalSeconds:0.###} s",
        "try again; if it stays, look at the registry and the network between");

    public static Failure Answer(string what, Uri address) => new(
        Refusal.Malformed, "registry.answer", $"{Origin.Of(address)} {what}", "tell the registry's operator; this is not what the distribution specification says");

    /// <summary>What an exception from the network means; this is the one place where they end.</summary>
    public static Failure Unreachable(Exception problem, Uri address)
    {
        for (var cause = problem; cause is not null; cause = cause.InnerException)
        {
            if (cause is AuthenticationException)
            {
                return new Failure(
                    Refusal.Unreachable, "registry.tls", $"{Origin.Of(address)} shows no certificate that is trusted here: {cause.Message}",
                    "name the registry's authority in the settings or in /etc/docker/certs.d/HOST/ca.crt");
            }

            if (cause is AddressRefusedException refused)
                return Address(Origin.Of(address).ToString(), refused.Message);
        }

        var reason = problem.GetBaseException() is SocketException socket ? socket.Message : problem.Message;
        return new Failure(
            Refusal.Unreachable, "registry.unreachable", $"{Origin.Of(address)} could not be reached or broke off: {reason}",
            "check the registry's name, the network and the proxy settings, and try again");
    }

    public static Failure Address(string target, string why) => new(
        Refusal.Untrusted, "registry.address", $"the registry sends us to {target}, {why}",
        "tell the registry's operator; a registry may not send its clients into their own network");
}

/// <summary>Thrown inside a connection attempt, to come out as a failure at the transport's edge.</summary>
internal sealed class AddressRefusedException(string message) : IOException(message);
