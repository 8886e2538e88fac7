using System.Net;

namespace Plimsoll.Tests.Client.Identity;

public class IdentityHttpTests
{
    private static readonly Uri Address = new("https://id.example/keys");

    [Theory]
    [InlineData("http://id.example/keys")]
    [InlineData("ftp://id.example/keys")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:word@id.example/keys")]
    [InlineData("http://127.0.0.1.evil.example/keys")]
    [InlineData("http://localhost.evil.example/keys")]
    [InlineData("http://0.0.0.0/keys")]
    public async Task An_address_that_others_can_read_along_is_not_asked(string address)
    {
        var transport = new FakeTransport(_ => FakeTransport.Json("{}"));

        (await transport.Http().Get(new Uri(address), 100, null, default)).RefusedWith("identity.address");

        Assert.Empty(transport.Asked);
    }

    [Theory]
    [InlineData("https://id.example/keys")]
    [InlineData("http://127.0.0.1:8080/keys")]
    [InlineData("http://[::1]:8080/keys")]
    [InlineData("http://localhost/keys")]
    public async Task Https_and_loopback_are_asked(string address)
    {
        var transport = new FakeTransport(_ => FakeTransport.Json("{}"));

        Assert.Equal("{}"u8.ToArray(), (await transport.Http().Get(new Uri(address), 2, null, default)).Value());
    }

    [Theory]
    [InlineData("https://evil.example/keys")]
    [InlineData("http://id.example/keys")]
    [InlineData("https://id.example:8443/keys")]
    [InlineData("https://user@id.example/keys")]
    [InlineData("//evil.example/keys")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://[broken")]
    public async Task A_redirect_to_another_origin_is_refused_and_the_bearer_token_stays(string target)
    {
        var transport = new FakeTransport(_ => FakeTransport.Redirect(target));

        (await transport.Http().Get(Address, 100, "secret", default)).RefusedWith("identity.redirect");

        Assert.Single(transport.Asked);
    }

    [Fact]
    public async Task A_redirect_within_the_origin_is_followed()
    {
        var transport = new FakeTransport(request => request.RequestUri == Address ? FakeTransport.Redirect("/v2/keys") : FakeTransport.Json("[]"));

        Assert.Equal("[]"u8.ToArray(), (await transport.Http().Get(Address, 100, null, default)).Value());
    }

    [Fact]
    public async Task A_redirect_loop_ends()
    {
        var transport = new FakeTransport(_ => FakeTransport.Redirect("/keys"));

        (await transport.Http().Get(Address, 100, null, default)).RefusedWith("identity.redirect");

        Assert.Equal(4, transport.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_over_the_limit_is_refused_whether_it_says_its_length_or_not(bool saysLength)
    {
        var transport = new FakeTransport(_ =>
        {
            var content = new StreamContent(saysLength ? new MemoryStream(new byte[101]) : new EndlessStream());
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
        });

        (await transport.Http().Get(Address, 100, null, default)).RefusedWith("identity.too-large");
    }

    [Theory]
    [InlineData(401, "identity.denied")]
    [InlineData(403, "identity.denied")]
    [InlineData(404, "identity.absent")]
    [InlineData(204, "identity.status")]
    [InlineData(400, "identity.status")]
    [InlineData(503, "identity.unreachable")]
    public async Task A_status_that_is_not_200_is_no_answer(int status, string code)
    {
        var transport = new FakeTransport(_ => new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent("{}") });

        (await transport.Http().Get(Address, 100, null, default)).RefusedWith(code);
    }

    [Fact]
    public async Task What_may_pass_by_itself_is_tried_again()
    {
        var answers = new Queue<HttpResponseMessage>([new(HttpStatusCode.BadGateway), new(HttpStatusCode.TooManyRequests), FakeTransport.Json("{}")]);
        var transport = new FakeTransport(_ => answers.Dequeue());

        Assert.Equal("{}"u8.ToArray(), (await transport.Http(retries: 2).Get(Address, 100, null, default)).Value());
    }

    [Fact]
    public async Task What_will_not_pass_by_itself_is_not_tried_again()
    {
        var transport = new FakeTransport(_ => new HttpResponseMessage(HttpStatusCode.Forbidden));

        (await transport.Http(retries: 2).Get(Address, 100, null, default)).RefusedWith("identity.denied");

        Assert.Single(transport.Asked);
    }

    [Fact]
    public async Task A_broken_connection_is_a_failure_and_cancellation_is_thrown()
    {
        var broken = new FakeTransport(_ => throw new HttpRequestException(HttpRequestError.ConnectionError));
        var waiting = new FakeTransport(_ => FakeTransport.Json("{}")) { Gate = new TaskCompletionSource().Task };
        using var cancelled = new CancellationTokenSource();

        var pending = waiting.Http().Get(Address, 100, null, cancelled.Token);
        await cancelled.CancelAsync();

        (await broken.Http().Get(Address, 100, null, default)).RefusedWith("identity.unreachable");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
    }

    [Fact]
    public async Task A_failure_names_neither_bearer_token_nor_query()
    {
        var transport = new FakeTransport(_ => new HttpResponseMessage(HttpStatusCode.Forbidden));

        var failure = (await transport.Http().Get(new Uri(Address + "?code=hidden"), 100, "secret", default)).Refused();

        Assert.DoesNotContain("secret", failure.ToString() + failure.Next, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", failure.ToString() + failure.Next, StringComparison.Ordinal);
    }

    private sealed class EndlessStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => count;

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
