using System.Net;
using System.Net.Http.Headers;
using Plimsoll.Primitives;

namespace Plimsoll.Client.Registry;

internal sealed partial class RegistryTransport
{
    private const int MaximumRedirects = 5;

    private async Task<Result<HttpResponseMessage>> Follow(
        RegistryCall call, HttpResponseMessage response, AuthenticationHeaderValue? authorization, CancellationToken cancellation)
    {
        var registry = Origin.Of(call.Address);
        var seen = new HashSet<Uri> { call.Address };
        for (var address = call.Address; IsRedirect(response.StatusCode); address = seen.Last())
        {
            var location = response.Headers.Location;
            response.Dispose();
            if (!Target(address, location, seen).Succeeded(out var target, out var failure))
                return failure;

            // Once somebody else has chosen where we go, no credential goes along, back to the registry neither.
            var isHome = Origin.Of(target) == registry;
            if (!isHome)
                authorization = null;
            var client = isHome ? _connections.To(target) : _connections.Named(target, call.Address);
            if (!(await Request(call, client, target, authorization, cancellation)).Succeeded(out response!, out failure))
                return failure;
        }

        return response;
    }

    private Result<Uri> Target(Uri from, Uri? location, HashSet<Uri> seen)
    {
        if (location is null || !Uri.TryCreate(from, location, out var target) || target.UserInfo.Length > 0
            || (target.Scheme != Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttp) || !Origin.TryOf(target, out _))
            return Refused(from, "names no address that can be followed");
        if (from.Scheme == Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttps)
            return Refused(from, $"leads from https to {target.Scheme}");
        if (target.Scheme == Uri.UriSchemeHttp && !RegistryHost.IsLoopbackName(target.IdnHost) && !_options.PlainHttp.Contains(target.Authority))
            return Refused(from, $"leads to {Origin.Of(target)}, where plain HTTP is not allowed");
        if (seen.Count > MaximumRedirects)
            return Refused(from, $"is the {seen.Count}th in a row, more than {MaximumRedirects}");
        return seen.Add(target) ? target : Refused(from, "leads round in a circle");
    }

    private static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.Moved or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static Failure Refused(Uri from, string what) => new(
        Refusal.Untrusted, "registry.redirect", $"a redirect by {Origin.Of(from)} {what}",
        "tell the registry's operator; its clients are sent where they may not go");
}
