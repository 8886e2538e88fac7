using System.Collections.Immutable;
using System.Net.Http.Headers;

namespace Plimsoll.Client.Registry;

/// <summary>One thing to ask a registry for; it may take several requests.</summary>
internal sealed record RegistryCall(HttpMethod Method, RegistryHost Host, Uri Address)
{
    /// <summary>What a bearer token has to allow, such as <c>repository:library/alpine:pull</c>.</summary>
    public string Scope { get; init; } = "";

    /// <summary>The media types that are understood.</summary>
    public ImmutableArray<string> Accept { get; init; } = [];

    /// <summary>What is sent, if anything.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>The type of <see cref="Body"/>.</summary>
    public string BodyType { get; init; } = "application/octet-stream";

    /// <summary>The entity tag that must still hold, for a write that another writer may overtake.</summary>
    public string? IfMatch { get; init; }

    /// <summary>How many bytes may come or go; gives the call its time.</summary>
    public long Bytes { get; init; }

    /// <summary>Whether asking twice does no harm, so that a connection that broke is no reason to give up.</summary>
    public bool IsRepeatable { get; init; } = true;

    /// <summary>Set for a token server: this header instead of one found by challenges, and no redirects.</summary>
    public TokenCall? Token { get; init; }

    /// <summary>Whether redirects are followed: only where nothing is sent.</summary>
    public bool FollowsRedirects => Token is null && (Method == HttpMethod.Get || Method == HttpMethod.Head);

    /// <summary>The request, for this address and with this authorization.</summary>
    public HttpRequestMessage Request(Uri address, AuthenticationHeaderValue? authorization)
    {
        var isTls = address.Scheme == Uri.UriSchemeHttps;
        var request = new HttpRequestMessage(Method, address)
        {
            Version = isTls ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.Authorization = authorization;
        foreach (var type in Accept)
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        if (IfMatch is not null)
            _ = request.Headers.TryAddWithoutValidation("If-Match", IfMatch);
        if (Body is { } body)
        {
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(BodyType);
        }

        return request;
    }
}

/// <summary>How a token server is asked.</summary>
internal sealed record TokenCall(AuthenticationHeaderValue? Authorization);
