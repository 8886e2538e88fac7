using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Plimsoll.Primitives.Hashing;
using Plimsoll.Server.Registry.Protocol;

namespace Plimsoll.Server.Registry.Storage;

/// <summary>
/// One upload. Its parts come one after another; two at the same time are refused. What is received is hashed on the way to
/// the disk, so that the end of a large upload need not read it again.
/// </summary>
internal sealed class Upload(string id, string name, string folder)
{
    private const int BufferSize = 256 * 1024;

    // Many small blobs at the same time must not take the memory of as many large ones.
    private const int SmallestBuffer = 4 * 1024;

    private IncrementalHash? _hash;
    private HashAlgorithmName _algorithm;
    private long _hashed = -1;
    private int _busy;
    private int _ended;

    public string Id => id;

    public string Name => name;

    public string Folder => folder;

    /// <summary>The file with its bytes.</summary>
    public string Data => Path.Combine(folder, "data");

    /// <summary>The bytes that are there; those of a part that broke off count.</summary>
    public long Received { get; private set; }

    /// <summary>The bytes of whole parts. A part without a range that comes after a broken one is that one again.</summary>
    public long Acknowledged { get; private set; }

    private string NameFile => Path.Combine(folder, "repository");

    /// <summary>Reads what an earlier process left; null if that is no upload that can go on.</summary>
    public static Upload? Load(string folder)
    {
        var upload = new Upload(Path.GetFileName(folder), File.Exists(Path.Combine(folder, "repository")) ? File.ReadAllText(Path.Combine(folder, "repository")) : "", folder);
        if (RegistryRoute.Parse($"{upload.Name}/tags/list").Resource != RegistryResource.Tags)
            return null;
        upload.Received = upload.Acknowledged = new FileInfo(upload.Data) is { Exists: true } data ? data.Length : 0;
        return upload;
    }

    public void WriteName() => File.WriteAllText(NameFile, name);

    /// <summary>The right to change it, until disposed; null if somebody has it, or it is over.</summary>
    public IDisposable? TakeTurn()
        => Volatile.Read(ref _ended) == 0 && Interlocked.Exchange(ref _busy, 1) == 0 ? new Turn(this) : null;

    /// <summary>Appends a part from a body. Only one who has the turn may.</summary>
    /// <param name="body">The bytes.</param>
    /// <param name="range">Which bytes of the blob it says they are.</param>
    /// <param name="length">How many are announced.</param>
    /// <param name="maximum">Most bytes that the whole may have.</param>
    /// <param name="algorithm">What the blob's digest will probably be made with.</param>
    /// <param name="cancellation">Breaks the part off.</param>
    public async Task<RegistryError?> Append(Stream body, ContentRange? range, long? length, long maximum, HashAlgorithmName algorithm, CancellationToken cancellation)
    {
        var start = range?.First ?? Acknowledged;
        if (range is { } stated && (start != Received && start != Acknowledged || (length is { } announced && announced != stated.Length)))
            return RegistryError.RangeInvalid($"the next part begins at {Received}, and its range says how many bytes it has");
        if (start + (length ?? 0) > maximum)
            return RegistryError.SizeInvalid($"a blob may have {maximum} bytes");

        using var file = File.OpenHandle(Data, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        if (start < Received)
            Rewind(file, start);
        if (start == 0)
            BeginHash(algorithm);

        var size = (int)Math.Clamp(length ?? BufferSize, SmallestBuffer, BufferSize);
        if (!await Pump(file, body, size, maximum, cancellation))
        {
            Rewind(file, start);
            return RegistryError.SizeInvalid($"a blob may have {maximum} bytes");
        }

        if (range is { } promised && Received - start != promised.Length)
        {
            Rewind(file, start);
            return RegistryError.RangeInvalid($"the range has {promised.Length} bytes, and the body another number");
        }

        Acknowledged = Received;
        return null;
    }

    /// <summary>Makes the bytes lasting and gives their digest.</summary>
    public async Task<Digest> FlushAndHash(HashAlgorithmName algorithm, CancellationToken cancellation)
    {
        using var file = File.OpenHandle(Data, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
        if (_hash is not null && _hashed == Received && _algorithm == algorithm)
            return Digest.FromHash(_hash.GetHashAndReset());

        using var hash = IncrementalHash.CreateHash(algorithm);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (var at = 0L; at < Received;)
            {
                cancellation.ThrowIfCancellationRequested();
                var read = RandomAccess.Read(file, buffer, at);
                if (read == 0)
                    throw new IOException($"the upload {id} has lost its end");
                hash.AppendData(buffer, 0, read);
                at += read;
                await Task.Yield();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Digest.FromHash(hash.GetHashAndReset());
    }

    public DateTime LastChange()
    {
        var data = File.GetLastWriteTimeUtc(Data);
        return data.Year < 1970 ? File.GetLastWriteTimeUtc(NameFile) : data;
    }

    /// <summary>Says that it is over; false if somebody said so before.</summary>
    public bool End() => Interlocked.Exchange(ref _ended, 1) == 0;

    /// <summary>Removes its folder; what cannot be removed goes at the next start, for its name goes first.</summary>
    public void Remove()
    {
        _hash?.Dispose();
        LastingFiles.Remove(NameFile);
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception left) when (left is IOException or UnauthorizedAccessException)
        {
            // Without its name it is no upload.
        }
    }

    // Two buffers: while one is hashed and written, the other is filled.
    private async Task<bool> Pump(SafeFileHandle file, Stream body, int size, long maximum, CancellationToken cancellation)
    {
        var buffers = new[] { ArrayPool<byte>.Shared.Rent(size), ArrayPool<byte>.Shared.Rent(size) };
        var storing = Task.CompletedTask;
        try
        {
            for (var turn = 0; ; turn ^= 1)
            {
                var read = await ClientBody.Fill(body, buffers[turn].AsMemory(0, size), cancellation);
                await storing;
                if (Received + read > maximum)
                    return false;
                if (read < size)
                {
                    Store(file, buffers[turn].AsSpan(0, read));
                    return true;
                }

                var full = buffers[turn];
                storing = Task.Run(() => Store(file, full.AsSpan(0, size)), CancellationToken.None);
            }
        }
        finally
        {
            // Whatever happened, nobody writes from a buffer that is given back.
            await storing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var buffer in buffers)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Store(SafeFileHandle file, ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(file, bytes, Received);
        if (_hashed == Received)
        {
            _hash!.AppendData(bytes);
            _hashed += bytes.Length;
        }

        Received += bytes.Length;
    }

    private void BeginHash(HashAlgorithmName algorithm)
    {
        _hash?.Dispose();
        _hash = IncrementalHash.CreateHash(algorithm);
        _algorithm = algorithm;
        _hashed = 0;
    }

    private void Rewind(SafeFileHandle file, long length)
    {
        RandomAccess.SetLength(file, length);
        Received = Acknowledged = length;
        _hashed = -1;
    }

    private sealed class Turn(Upload upload) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref upload._busy, 0);
    }
}
