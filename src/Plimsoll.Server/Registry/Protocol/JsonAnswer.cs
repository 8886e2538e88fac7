using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Plimsoll.Server.Registry.Protocol;

/// <summary>Answers in JSON.</summary>
internal static class JsonAnswer
{
    // Media types with their '+' as it is; nobody puts this into HTML.
    private static readonly JsonWriterOptions Plain = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An object's bytes.</summary>
    public static byte[] Object(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Writes a whole answer; to HEAD everything but the body.</summary>
    public static async Task Write(HttpContext context, int status, string type, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            _ = await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>Writes a refusal, unless the answer has begun: then the connection ends, so that nobody takes a part for the whole.</summary>
    public static Task Write(HttpContext context, RegistryError error)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        return Write(context, error.Status, "application/json", Object(writer =>
        {
            writer.WriteStartArray("errors");
            writer.WriteStartObject();
            writer.WriteString("code", error.Code);
            writer.WriteString("message", error.Message);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }));
    }
}
