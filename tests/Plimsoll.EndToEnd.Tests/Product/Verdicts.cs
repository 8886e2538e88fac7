using System.Text.Json;
using Plimsoll.EndToEnd.Tests.Peers;

namespace Plimsoll.EndToEnd.Tests.Product;

/// <summary>What tests say about the command's answers.</summary>
internal static class Verdicts
{
    /// <summary>The verdict accepts, in text: the answer first, nothing on standard error.</summary>
    public static void ShouldBeAccepted(this Finished verified, string image, string digest)
    {
        Assert.True(verified.ExitCode == 0, verified.ToString());
        Assert.StartsWith($"accepted  {image}  {digest}\n", verified.Output, StringComparison.Ordinal);
        Assert.Equal("", verified.Errors);
    }

    /// <summary>The command refuses: by this code with its family's exit code, with a way out in the last line.</summary>
    public static void ShouldBeRefused(this Finished refused, int exitCode, string code, string next)
    {
        var said = refused.Output + refused.Errors;
        Assert.True(refused.ExitCode == exitCode, refused.ToString());
        Assert.StartsWith("refused  ", said, StringComparison.Ordinal);
        Assert.Contains($"   {code}\n", said, StringComparison.Ordinal);
        var last = said.TrimEnd('\n').Split('\n')[^1];
        Assert.StartsWith("next: ", last, StringComparison.Ordinal);
        Assert.Contains(next, last, StringComparison.Ordinal);
    }

    /// <summary>Standard output as JSON, which is all that a program reads; standard error stays empty.</summary>
    public static JsonElement Json(this Finished finished)
    {
        Assert.Equal("", finished.Errors);
        using var document = JsonDocument.Parse(finished.Output);
        return document.RootElement.Clone();
    }

    public static string Text(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            element = element.GetProperty(name);
        return element.GetString()!;
    }
}
