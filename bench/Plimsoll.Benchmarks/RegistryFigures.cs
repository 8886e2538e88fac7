using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Plimsoll.Benchmarks.Verify;

namespace Plimsoll.Benchmarks;

/// <summary>
/// The embedded registry beside docker-registry 2.8.2, each a process, by turns: a large blob in and out, and many clients
/// that pull small manifests. The client is sockets by hand, so that it costs both alike and little.
/// </summary>
public static class RegistryFigures
{
    private const int Clients = 32;

    private static Task<Measured>? _measured;

    /// <summary>The figures; all come out of one run, so that the two registries take turns.</summary>
    public static IEnumerable<Figure> All() =>
    [
        Of("registry.push", "docker-registry", ">= 0.8", measured => measured.Push),
        Of("registry.pull", "docker-registry", ">= 0.6", measured => measured.Pull),
        Of("registry.manifests", "docker-registry", ">= 1", measured => measured.Manifests),
        Of("registry.push-throughput", "GB/s", "-", measured => measured.PushThroughput),
        Of("registry.pull-throughput", "GB/s", "-", measured => measured.PullThroughput),
        Of("registry.memory", "MB", "< 100", measured => measured.Memory),
    ];

    private static Figure Of(string name, string unit, string target, Func<Measured, double> value)
        => new(name, unit, target, async bench => value(await (_measured ??= Measure(bench))));

    private static async Task<Measured> Measure(Bench bench)
    {
        var rounds = bench.Quick ? 2 : 7;
        var blob = new Blob(bench.Quick ? 96 : 1024);
        var count = bench.Quick ? 250 : 1000;
        await using var ours = await Peer.Plimsoll(Program());
        await using var theirs = await Peer.DockerRegistry(await Programs.Peer("docker-registry"));
        var (push, pull, manifests) = (new List<double>(), new List<double>(), new List<double>());
        var (ourPull, ourPush) = (new List<double>(), new List<double>());

        await ours.PushManifests(count);
        await theirs.PushManifests(count);
        for (var round = 0; round < rounds; round++)
        {
            var (ourTime, theirTime) = (await ours.Push($"large/r{round}", blob), await theirs.Push($"large/r{round}", blob));
            push.Add(theirTime / ourTime);
            ourPush.Add(blob.Length / ourTime / 1e9);

            // The first pull after a push finds the disk busy with what was pushed.
            await ours.Pull($"large/r{round}", blob);
            await theirs.Pull($"large/r{round}", blob);
            (ourTime, theirTime) = (await ours.Pull($"large/r{round}", blob), await theirs.Pull($"large/r{round}", blob));
            pull.Add(theirTime / ourTime);
            ourPull.Add(blob.Length / ourTime / 1e9);
            manifests.Add(await theirs.PullManifests(count, Clients) / await ours.PullManifests(count, Clients));
        }

        return new Measured(Median(push), Median(pull), Median(manifests), Median(ourPush), Median(ourPull), ours.MostMemory() / 1e6);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    // The command as ./test builds it: with its own starter, which a server needs no SDK for.
    private static string Program() => Path.Combine(Programs.Root, "artifacts", "bin", "Plimsoll.Cli", "release", "plimsoll") is var program && File.Exists(program)
        ? program
        : throw new NotMeasuredException($"{program} is absent: run ./test first");

    private sealed record Measured(double Push, double Pull, double Manifests, double PushThroughput, double PullThroughput, double Memory);

    /// <summary>Bytes that do not compress, made from one block so that sending them reads no disk.</summary>
    private sealed class Blob
    {
        public Blob(int mebibytes)
        {
            Block = RandomNumberGenerator.GetBytes(1 << 20);
            Length = (long)mebibytes << 20;
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (var block = 0; block < mebibytes; block++)
                hash.AppendData(Block);
            Digest = $"sha256:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
        }

        public byte[] Block { get; }

        public long Length { get; }

        public string Digest { get; }
    }

    /// <summary>A registry's process and how to speak with it.</summary>
    private sealed class Peer : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly string _folder;
        private readonly int _port;

        private Peer(Process process, string folder, int port) => (_process, _folder, _port) = (process, folder, port);

        public static Task<Peer> Plimsoll(string program) => Start(
            (folder, port) => new ProcessStartInfo(program, ["serve", "registry", "--data", folder, "--listen", $"127.0.0.1:{port}", "--log-faults-only"]));

        public static Task<Peer> DockerRegistry(string program) => Start((folder, port) =>
        {
            var configuration = Path.Combine(folder, "config.yml");
            File.WriteAllText(configuration, $$$"""
                version: 0.1
                log: {level: error, accesslog: {disabled: true}}
                storage: {filesystem: {rootdirectory: "{{{folder}}}/data"}}
                http: {addr: "127.0.0.1:{{{port}}}", secret: for-measuring}
                """);
            return new ProcessStartInfo(program, ["serve", configuration]);
        });

        /// <summary>Seconds that a push of the blob takes, in one part.</summary>
        public async Task<double> Push(string repository, Blob blob)
        {
            using var wire = await Connect();
            var started = Stopwatch.GetTimestamp();
            var location = (await wire.Ask($"POST /v2/{repository}/blobs/uploads/ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 202)).Location;
            await wire.Send($"PATCH {location} HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: {blob.Length}\r\n\r\n");
            for (var sent = 0L; sent < blob.Length; sent += blob.Block.Length)
                await wire.Send(blob.Block);
            location = (await wire.Receive(202)).Location;
            await wire.Ask($"PUT {location}{(location.Contains('?') ? '&' : '?')}digest={blob.Digest} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 201);
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        /// <summary>Seconds that a pull of the blob takes.</summary>
        public async Task<double> Pull(string repository, Blob blob)
        {
            using var wire = await Connect();
            var started = Stopwatch.GetTimestamp();
            var answer = await wire.Ask($"GET /v2/{repository}/blobs/{blob.Digest} HTTP/1.1\r\nHost: x\r\n\r\n", 200);
            return answer.Length == blob.Length ? Stopwatch.GetElapsedTime(started).TotalSeconds : throw new IOException("a blob came short");
        }

        public async Task PushManifests(int count)
        {
            using var wire = await Connect();
            for (var number = 0; number < count; number++)
            {
                var body = $$$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[],"annotations":{"number":"{{{number}}}"}}""";
                await wire.Ask($"PUT /v2/small/app/manifests/t{number} HTTP/1.1\r\nHost: x\r\nContent-Type: application/vnd.oci.image.index.v1+json\r\nContent-Length: {body.Length}\r\n\r\n{body}", 201);
            }
        }

        /// <summary>Seconds that many clients take to pull each manifest once, all together.</summary>
        public async Task<double> PullManifests(int count, int clients)
        {
            var started = Stopwatch.GetTimestamp();
            var next = -1;
            await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
            {
                using var wire = await Connect();
                while (Interlocked.Increment(ref next) is var number && number < count)
                    await wire.Ask($"GET /v2/small/app/manifests/t{number} HTTP/1.1\r\nHost: x\r\nAccept: application/vnd.oci.image.index.v1+json\r\n\r\n", 200);
            })));
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        /// <summary>The largest resident set that the process has had.</summary>
        public double MostMemory()
            => double.Parse(File.ReadLines($"/proc/{_process.Id}/status").Single(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

        public async ValueTask DisposeAsync()
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
            Directory.Delete(_folder, recursive: true);
        }

        private static async Task<Peer> Start(Func<string, int, ProcessStartInfo> start)
        {
            var folder = Directory.CreateTempSubdirectory("plimsoll-bench-").FullName;
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            listener.Stop();

            var data = Directory.CreateDirectory(Path.Combine(folder, "peer")).FullName;
            var info = start(data, port);
            (info.UseShellExecute, info.RedirectStandardOutput, info.RedirectStandardError) = (false, true, true);
            var process = Process.Start(info)!;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            var peer = new Peer(process, folder, port);
            var started = Stopwatch.GetTimestamp();
            while (!process.HasExited && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20))
            {
                try
                {
                    using var wire = await peer.Connect();
                    return peer;
                }
                catch (SocketException)
                {
                    await Task.Delay(20);
                }
            }

            throw new IOException($"{info.FileName} does not start");
        }

        private async Task<Wire> Connect()
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, _port);
            return new Wire(socket);
        }
    }

    /// <summary>HTTP/1.1 on a socket, as much of it as two registries need.</summary>
    private sealed class Wire(Socket socket) : IDisposable
    {
        private readonly byte[] _buffer = new byte[256 * 1024];

        public async Task<(string Location, long Length)> Ask(string request, int status)
        {
            await Send(request);
            return await Receive(status);
        }

        public Task Send(string text) => Send(Encoding.ASCII.GetBytes(text));

        public async Task Send(byte[] bytes)
        {
            for (var sent = 0; sent < bytes.Length;)
                sent += await socket.SendAsync(bytes.AsMemory(sent));
        }

        /// <summary>An answer, its body thrown away.</summary>
        public async Task<(string Location, long Length)> Receive(int status)
        {
            var (length, end) = (0, -1);
            while (end < 0)
            {
                var read = await socket.ReceiveAsync(_buffer.AsMemory(length));
                if (read == 0)
                    throw new IOException("the connection was closed");
                length += read;
                end = _buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            }

            var head = Encoding.ASCII.GetString(_buffer, 0, end).Split("\r\n");
            if (!head[0].StartsWith($"HTTP/1.1 {status}", StringComparison.Ordinal))
                throw new IOException($"{status} was expected: {head[0]}");
            var body = long.Parse(Header(head, "Content-Length") ?? "0", CultureInfo.InvariantCulture);
            for (var left = body - (length - end - 4); left > 0;)
            {
                var read = await socket.ReceiveAsync(_buffer);
                left = read > 0 ? left - read : throw new IOException("the body came short");
            }

            var location = Header(head, "Location") ?? "";
            return (location.StartsWith("http", StringComparison.Ordinal) ? new Uri(location).PathAndQuery : location, body);
        }

        public void Dispose() => socket.Dispose();

        private static string? Header(string[] head, string name)
            => Array.Find(head, line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
    }
}
