using System.Buffers;
using System.Diagnostics;
using System.Text.Json;

namespace Plimsoll.Primitives.Json;

/// <summary>Makes the documents that we write ourselves: one document has one spelling, so one digest (RFC 8785).</summary>
public static class CanonicalDocument
{
    /// <summary>The canonical bytes of what <paramref name="write"/> writes, in whatever order it writes the members.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var draft = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(draft))
            write(writer);

        var limits = new JsonLimits(draft.WrittenCount, Depth: 64, Values: int.MaxValue);
        return StrictJson.Parse(draft.WrittenMemory, limits).Then(CanonicalJson.Rfc8785.Write).Succeeded(out var bytes, out var failure)
            ? bytes
            : throw new UnreachableException($"a document of our own is not one JSON value: {failure.What}");
    }
}
