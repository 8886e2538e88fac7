using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using Plimsoll.Client.Registry;
using Plimsoll.Oci;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Server.Registry;
using static Plimsoll.World.Tests.Registry.RegistryHelp;

namespace Plimsoll.World.Tests.Registry;

/// <summary>Who may do what: users, tokens, their scopes, and those who try without.</summary>
[SupportedOSPlatform("linux")]
public sealed class EmbeddedRegistryAccessTests : IDisposable
{
    private const string Password = "correct horse";

    // Slow by design, so made once for all tests.
    private static readonly Lazy<string> Lines = new(MakeLines);

    private readonly string _folder = Directory.CreateTempSubdirectory("plimsoll-users-").FullName;

    public EmbeddedRegistryAccessTests() => File.WriteAllText(UsersFile, Lines.Value);

    private static CancellationToken Cancellation => RegistryFixture.Cancellation;

    private string UsersFile => Path.Combine(_folder, "users");

    [Fact]
    public async Task Nobody_without_credentials_may_do_anything_and_is_told_where_to_get_a_token()
    {
        await using var registry = await Start();
        using var http = registry.Http();
        await (await http.Send("GET", "v2/")).ShouldRefuse(401, "UNAUTHORIZED");
        var refused = await http.Send("GET", "v2/acme/app/manifests/t");
        var pushing = await http.Send("POST", "v2/acme/app/blobs/uploads/", Array.Empty<byte>());
        var deleting = await http.Send("DELETE", "v2/acme/app/manifests/t");

        await refused.ShouldRefuse(401, "UNAUTHORIZED");
        var realm = $"Bearer realm=\"{registry.Server.Address}token\",service=\"plimsoll-registry\",scope=\"repository:acme/app:";
        Assert.Equal($"{realm}pull\"", refused.Header("WWW-Authenticate"));
        Assert.Equal($"{realm}pull,push\"", pushing.Header("WWW-Authenticate"));
        Assert.Equal($"{realm}delete\"", deleting.Header("WWW-Authenticate"));
        await (await http.Send("GET", "metrics")).ShouldRefuse(401, "UNAUTHORIZED");
        await (await http.Send("GET", "token")).ShouldRefuse(401, "UNAUTHORIZED");
        Assert.Equal(HttpStatusCode.OK, (await http.Send("GET", "healthz")).StatusCode);
    }

    [Fact]
    public async Task Our_client_pushes_with_a_password_and_pulls_anonymously()
    {
        await using var registry = await Start(options => options with { AnonymousPull = true });
        using var writer = new RegistryClient(RegistryFixture.Quick with { Credentials = new FixedCredentials(new Credential.Basic("ci", Password)) }, TimeProvider.System);

        var image = await writer.Repository($"{registry.Server.Host}/acme/app").PushImage("layer", "1.0");
        var found = await registry.Repository("acme/app").Resolve(Tag("1.0"), Cancellation).ShouldSucceed();
        var stranger = await registry.Repository("acme/app").PushBlob(Bytes("x"), Cancellation);

        Assert.Equal(image.Descriptor.Digest, found);
        stranger.ShouldFailWith("registry.denied");
    }

    [Theory]
    [InlineData("ci", "wrong password")]
    [InlineData("nobody", Password)]
    [InlineData("ci", "")]
    [InlineData("", "")]
    [InlineData("ci\n", Password)]
    public async Task Wrong_credentials_are_refused_everywhere(string name, string password)
    {
        await using var registry = await Start(options => options with { AnonymousPull = true });
        using var http = registry.Http();

        foreach (var path in new[] { "v2/", "token?service=plimsoll-registry&scope=repository:acme/app:pull", "metrics", "v2/_catalog" })
            Assert.Equal(401, (int)(await http.Send("GET", path, null, Basic(name, password))).StatusCode);
    }

    [Theory]
    [InlineData("Basic !!!!")]
    [InlineData("Basic Y2k=")]
    [InlineData("Basic")]
    [InlineData("Bearer")]
    [InlineData("Bearer x.y")]
    [InlineData("Bearer e30.e30")]
    [InlineData("Negotiate abc")]
    public async Task Malformed_credentials_are_refused(string header)
    {
        await using var registry = await Start(options => options with { AnonymousPull = true });
        using var http = registry.Http();

        await (await http.Send("GET", "v2/", null, ("Authorization", header))).ShouldRefuse(401, "UNAUTHORIZED");
    }

    [Fact]
    public async Task A_token_is_good_for_what_it_was_made_for_and_nothing_else()
    {
        await using var registry = await Start();
        using var http = registry.Http();
        var token = await Token(http, "ci", "repository:acme/app:pull,push");

        Assert.Equal(200, await Status(http, "GET", "v2/", token));
        Assert.Equal(202, await Status(http, "POST", "v2/acme/app/blobs/uploads/", token));
        Assert.Equal(404, await Status(http, "GET", "v2/acme/app/manifests/t", token));
        Assert.Equal(401, await Status(http, "GET", "v2/acme/other/manifests/t", token));
        Assert.Equal(401, await Status(http, "DELETE", "v2/acme/app/manifests/t", token));
        Assert.Contains("error=\"insufficient_scope\"", (await http.Send("GET", "v2/acme/other/manifests/t", null, ("Authorization", $"Bearer {token}"))).Header("WWW-Authenticate"));
    }

    [Theory]
    [InlineData("ci", "repository:acme/app:pull,push,delete", new[] { "acme/app=pull,push" })]
    [InlineData("ci", "repository:acme/app:*", new[] { "acme/app=pull,push" })]
    [InlineData("ci", "repository:library/alpine:pull,push", new[] { "library/alpine=pull" })]
    [InlineData("ci", "repository:other/app:pull", new string[0])]
    [InlineData("ci", "repository:acme/app:pull repository:library/alpine:pull", new[] { "acme/app=pull", "library/alpine=pull" })]
    [InlineData("ci", "repository:../acme/app:pull repository:acme/**:pull registry:catalog:* nonsense", new string[0])]
    [InlineData("admin", "repository:any/where:delete", new[] { "any/where=delete" })]
    public async Task A_token_grants_what_was_asked_for_and_its_user_may_do(string user, string scope, string[] granted)
    {
        await using var registry = await Start();
        using var http = registry.Http();

        var token = await Token(http, user, scope);

        using var payload = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[0]));
        Assert.Equal(granted, payload.RootElement.GetProperty("access").EnumerateArray().Select(access => access.GetString()!));
    }

    [Fact]
    public async Task A_changed_foreign_or_old_token_is_refused()
    {
        await using var registry = await Start();
        await using var other = await Start();
        using var http = registry.Http();
        var token = await Token(http, "ci", "repository:acme/app:pull");
        using var otherHttp = other.Http();
        var foreign = await Token(otherHttp, "ci", "repository:acme/app:pull");
        var forged = token.Split('.') is [var payload, var mac]
            ? $"{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(payload)).Replace("=pull", "=delete", StringComparison.Ordinal)))}.{mac}"
            : throw new UnreachableException();

        foreach (var bad in new[] { foreign, forged, token[..^2] + (token[^2] == 'A' ? 'B' : 'A') + token[^1], token + "A", "." + token, new string('a', 20_000) })
        {
            var refused = await http.Send("GET", "v2/acme/app/manifests/t", null, ("Authorization", $"Bearer {bad}"));
            await refused.ShouldRefuse(401, "UNAUTHORIZED");
            Assert.Contains("error=\"invalid_token\"", refused.Header("WWW-Authenticate"));
        }
    }

    [Fact]
    public async Task A_token_ends_after_five_minutes()
    {
        var clock = new Clock.ManualClock(DateTimeOffset.UtcNow);
        await using var server = (await RegistryServer.Open(new RegistryServerOptions(Path.Combine(_folder, "data")) { UsersFile = UsersFile, CollectEvery = TimeSpan.Zero }, clock, Cancellation)).ShouldSucceed();
        using var http = new HttpClient { BaseAddress = server.Address };
        var token = await Token(http, "ci", "repository:acme/app:pull");

        clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        var before = await Status(http, "GET", "v2/acme/app/manifests/t", token);
        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal((404, 401), (before, await Status(http, "GET", "v2/acme/app/manifests/t", token)));
    }

    [Fact]
    public async Task A_blob_is_not_mounted_from_where_its_pusher_may_not_read()
    {
        await using var registry = await Start();
        using var http = registry.Http();
        var secret = Digest.Sha256("secret"u8);
        await http.Send("POST", $"v2/private/x/blobs/uploads/?digest={secret}", Bytes("secret"), Basic("admin", Password));

        var mounting = await http.Send("POST", $"v2/acme/app/blobs/uploads/?mount={secret}&from=private/x", Array.Empty<byte>(), Basic("ci", Password));
        var mounted = await http.Send("POST", $"v2/acme/app/blobs/uploads/?mount={secret}&from=private/x", Array.Empty<byte>(), Basic("admin", Password));

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Created), (mounting.StatusCode, mounted.StatusCode));
    }

    [Fact]
    public async Task Basic_credentials_work_without_a_token_within_their_rights()
    {
        await using var registry = await Start(options => options with { BasicOnly = true });
        using var http = registry.Http();

        Assert.Equal("Basic realm=\"plimsoll\", charset=\"UTF-8\"", (await http.Send("GET", "v2/")).Header("WWW-Authenticate"));
        Assert.Equal(HttpStatusCode.Accepted, (await http.Send("POST", "v2/acme/app/blobs/uploads/", Array.Empty<byte>(), Basic("ci", Password))).StatusCode);
        await (await http.Send("POST", "v2/library/alpine/blobs/uploads/", Array.Empty<byte>(), Basic("ci", Password))).ShouldRefuse(403, "DENIED");
        await (await http.Send("DELETE", "v2/acme/app/manifests/t", null, Basic("ci", Password))).ShouldRefuse(403, "DENIED");
        Assert.Equal(HttpStatusCode.OK, (await http.Send("GET", "metrics", null, Basic("ci", Password))).StatusCode);
    }

    [Fact]
    public async Task The_list_of_repositories_shows_what_its_reader_may_pull()
    {
        await using var registry = await Start();
        using var http = registry.Http();
        foreach (var name in new[] { "acme/app", "private/x", "library/alpine" })
            await http.PutManifest($"v2/{name}/manifests/t", DocumentWriter.Index([]).Bytes, MediaType.OciIndex, Basic("admin", Password));

        var ci = await (await http.Send("GET", "v2/_catalog", null, Basic("ci", Password))).Text();
        var byToken = await (await http.Send("GET", "v2/_catalog", null, ("Authorization", $"Bearer {await Token(http, "ci", "registry:catalog:*")}"))).Text();

        Assert.Equal("""{"repositories":["acme/app","library/alpine"]}""", ci);
        Assert.Equal(ci, byToken);
    }

    [Fact]
    public async Task A_changed_users_file_counts_at_once_and_a_broken_one_does_not()
    {
        var clock = new Clock.ManualClock(DateTimeOffset.UtcNow);
        await using var server = (await RegistryServer.Open(new RegistryServerOptions(Path.Combine(_folder, "data")) { UsersFile = UsersFile, CollectEvery = TimeSpan.Zero }, clock, Cancellation)).ShouldSucceed();
        using var http = new HttpClient { BaseAddress = server.Address };
        Assert.Equal(HttpStatusCode.OK, (await http.Send("GET", "v2/", null, Basic("ci", Password))).StatusCode);

        Change("this is no users file");
        Assert.Equal(HttpStatusCode.OK, (await http.Send("GET", "v2/", null, Basic("ci", Password))).StatusCode);
        Change(string.Join('\n', Lines.Value.Split('\n').Where(line => !line.StartsWith("ci ", StringComparison.Ordinal))));

        Assert.Equal(HttpStatusCode.Unauthorized, (await http.Send("GET", "v2/", null, Basic("ci", Password))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.Send("GET", "v2/", null, Basic("admin", Password))).StatusCode);

        void Change(string text)
        {
            File.WriteAllText(UsersFile, text);
            clock.Advance(TimeSpan.FromSeconds(2));
            File.SetLastWriteTimeUtc(UsersFile, clock.GetUtcNow().UtcDateTime);
        }
    }

    [Fact]
    public async Task The_address_in_a_challenge_is_a_host_and_nothing_else()
    {
        await using var registry = await Start();
        await using var behind = await Start(options => options with { PublicAddress = new Uri("https://registry.example") });
        using var http = behind.Http();

        var forged = await registry.Raw("GET /v2/ HTTP/1.1\r\nHost: a\",realm=\"https://evil.example\r\nConnection: close\r\n\r\n");

        Assert.DoesNotContain("evil", forged);
        Assert.StartsWith("Bearer realm=\"https://registry.example/token\"", (await http.Send("GET", "v2/")).Header("WWW-Authenticate"));
    }

    [Theory]
    [InlineData("ci pbkdf2-sha512:210000:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "no grant")]
    [InlineData("ci pbkdf2-sha512:1:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA **=pull", "too few rounds")]
    [InlineData("ci pbkdf2-sha512:210000:AA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA **=pull", "a short salt")]
    [InlineData("ci plain:secret **=pull", "another hash")]
    [InlineData("ci $2y$05$abcdefghijklmnopqrstuv **=pull", "bcrypt")]
    [InlineData("c:i pbkdf2-sha512:210000:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA **=pull", "a colon in a name")]
    [InlineData("ci pbkdf2-sha512:210000:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA **=pull,admin", "an unknown right")]
    [InlineData("ci pbkdf2-sha512:210000:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA **/x=pull", "a bad pattern")]
    [InlineData("", "no user")]
    public async Task A_users_file_that_is_none_starts_no_server(string text, string why)
    {
        File.WriteAllText(UsersFile, text);

        var failed = await Assert.ThrowsAsync<IOException>(() => Start());

        Assert.True(failed.Message.Length > 0, why);
    }

    [Fact]
    public void Users_are_added_replaced_and_removed_and_the_file_is_for_its_owner_alone()
    {
        var file = Path.Combine(_folder, "made");

        RegistryUsers.Put(file, "alice", Password, ["**=pull"]).ShouldSucceed();
        RegistryUsers.Put(file, "bob", Password, ["acme/**=pull,push"]).ShouldSucceed();
        var replaced = RegistryUsers.Put(file, "alice", "another password", ["**=pull,push,delete"]).ShouldSucceed();
        RegistryUsers.Remove(file, "bob").ShouldSucceed();

        Assert.Equal("replaced alice: **=pull,push,delete", replaced);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.StartsWith("alice pbkdf2-sha512:210000:", Assert.Single(File.ReadAllLines(file), line => !line.StartsWith('#')));
        RegistryUsers.Remove(file, "bob").ShouldFailWith("registry.users");
        RegistryUsers.Put(file, "bob", "short", ["**=pull"]).ShouldFailWith("registry.users");
        RegistryUsers.Put(file, "bob", Password, ["**=everything"]).ShouldFailWith("registry.users");
        RegistryUsers.Put(file, "a:b", Password, ["**=pull"]).ShouldFailWith("registry.users");
    }

    [Theory]
    [MemberData(nameof(UnfitOptions))]
    public async Task Options_that_do_not_fit_together_start_no_server(string why)
    {
        var options = Unfit[why](new RegistryServerOptions(Path.Combine(_folder, "data")));

        (await RegistryServer.Open(options, TimeProvider.System, Cancellation)).ShouldFailWith("registry.settings");
    }

    public static TheoryData<string> UnfitOptions { get; } = [.. Unfit.Keys];

    private static Dictionary<string, Func<RegistryServerOptions, RegistryServerOptions>> Unfit => new()
    {
        ["plain HTTP beyond loopback"] = options => options with { Address = IPAddress.Any, WithoutUsersUnsafe = true },
        ["no users beyond loopback"] = options => options with { Address = IPAddress.Any, PlainHttpUnsafe = true },
        ["a certificate without its key"] = options => options with { CertificateFile = "tls.crt" },
        ["anonymous pull without users"] = options => options with { AnonymousPull = true },
        ["anonymous pull with Basic only"] = options => options with { AnonymousPull = true, BasicOnly = true, UsersFile = "users" },
        ["a public address with a path"] = options => options with { PublicAddress = new Uri("https://registry.example/v2") },
        ["a bound of zero"] = options => options with { MaximumUploads = 0 },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string MakeLines()
    {
        var folder = Directory.CreateTempSubdirectory("plimsoll-users-");
        var file = Path.Combine(folder.FullName, "users");
        RegistryUsers.Put(file, "ci", Password, ["acme/**=pull,push", "library/*=pull"]).ShouldSucceed();
        RegistryUsers.Put(file, "admin", Password, ["**=pull,push,delete"]).ShouldSucceed();
        var text = File.ReadAllText(file);
        folder.Delete(recursive: true);
        return text;
    }

    private static (string, string) Basic(string name, string password)
        => ("Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"))}");

    private static async Task<string> Token(HttpClient http, string name, string scope)
    {
        var answer = await http.Send("GET", $"token?service=plimsoll-registry&scope={Uri.EscapeDataString(scope)}", null, Basic(name, Password));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var json = JsonDocument.Parse(await answer.Text());
        Assert.Equal(300, json.RootElement.GetProperty("expires_in").GetInt32());
        return json.RootElement.GetProperty("token").GetString()!;
    }

    private static async Task<int> Status(HttpClient http, string method, string path, string token)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return (int)(await http.SendAsync(request, Cancellation)).StatusCode;
    }

    private Task<RegistryFixture> Start(Func<RegistryServerOptions, RegistryServerOptions>? change = null)
        => RegistryFixture.Start(options => (change ?? (same => same))(options with { UsersFile = UsersFile }));
}
