using System.Buffers;
using Plimsoll.Primitives.Json;

namespace Plimsoll.Oci;

/// <summary>
/// An operating system and processor in the one spelling that is compared: lower case, common aliases replaced, a variant
/// that is the default left out (arm64/v8 is arm64, arm is arm/v7). Two platforms are the same if their normal forms are.
/// </summary>
public sealed record Platform
{
    private const int MostCharacters = 64;
    private static readonly SearchValues<char> Allowed = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-.");

    private Platform(string os, string architecture, string variant, string osVersion)
    {
        Os = os;
        Architecture = architecture;
        Variant = variant;
        OsVersion = osVersion;
    }

    /// <summary>BuildKit's marker for an entry that is no image: <c>unknown/unknown</c>.</summary>
    public static Platform Unknown { get; } = new("unknown", "unknown", "", "");

    /// <summary>The operating system, as GOOS spells it.</summary>
    public string Os { get; }

    /// <summary>The processor, as GOARCH spells it.</summary>
    public string Architecture { get; }

    /// <summary>The processor's variant, or empty for the usual one.</summary>
    public string Variant { get; }

    /// <summary>The operating system's version; kept for Windows alone, because clients on other systems do not look at it.</summary>
    public string OsVersion { get; }

    /// <summary>The first three numbers of <see cref="OsVersion"/>, by which Windows chooses; empty where there is none.</summary>
    internal string Build => string.Join('.', OsVersion.Split('.').Take(3));

    /// <summary>Whether this is <see cref="Unknown"/>.</summary>
    public bool IsUnknown => this == Unknown;

    /// <summary>
    /// Reads <c>os/architecture[/variant]</c>, with a version as <c>windows(10.0.20348.1)/amd64</c>, and normalises it.
    /// </summary>
    public static Result<Platform> Parse(string text)
    {
        if (text.Split('/') is not [var os, var architecture, .. var rest] || rest.Length > 1)
            return Malformed(text);

        var version = "";
        if (os.IndexOf('(', StringComparison.Ordinal) is var open and > 0)
        {
            if (os[^1] != ')' || open + 2 >= os.Length)
                return Malformed(text);
            version = os[(open + 1)..^1];
            os = os[..open];
        }

        return rest is [""] ? Malformed(text) : Of(os, architecture, rest is [var variant] ? variant : "", version);
    }

    /// <summary>Makes a platform of the members of an index entry or an image configuration, and normalises it.</summary>
    public static Result<Platform> Of(string os, string architecture, string variant = "", string osVersion = "")
    {
        if (!IsWord(os) || !IsWord(architecture) || (variant.Length > 0 && !IsWord(variant)) || (osVersion.Length > 0 && !IsWord(osVersion)))
            return Malformed(variant.Length == 0 ? $"{os}/{architecture}" : $"{os}/{architecture}/{variant}");

        os = os.ToLowerInvariant() is var lower && lower == "macos" ? "darwin" : lower;
        (architecture, variant) = Normalise(architecture.ToLowerInvariant(), variant.ToLowerInvariant());
        return new Platform(os, architecture, variant, os == "windows" ? osVersion : "");
    }

    /// <summary>Reads the members of a <c>platform</c> object or of an image configuration, which have the same names.</summary>
    internal static Result<Platform> Read(JsonObject members)
    {
        var os = members.NonEmptyString("os");
        var architecture = members.NonEmptyString("architecture");
        var variant = members.OptionalString("variant") ?? "";
        var version = members.OptionalString("os.version") ?? "";
        _ = members.OptionalStrings("os.features");
        return members.Failed(out var failure) ? failure : Of(os, architecture, variant, version);
    }

    /// <summary>
    /// Whether one machine could take either of the two, so that an index with both says two things. Windows versions
    /// differ by their first three numbers; a missing one fits every machine.
    /// </summary>
    public bool Overlaps(Platform other)
        => Os == other.Os && Architecture == other.Architecture && Variant == other.Variant
            && (Build.Length == 0 || other.Build.Length == 0 || Build == other.Build);

    /// <summary>The normal form, which <see cref="Parse"/> reads back.</summary>
    public override string ToString()
        => (OsVersion.Length > 0 ? $"{Os}({OsVersion})" : Os) + "/" + Architecture + (Variant.Length > 0 ? "/" + Variant : "");

    private static (string Architecture, string Variant) Normalise(string architecture, string variant) => (architecture, variant) switch
    {
        ("x86_64" or "x86-64" or "amd64", "" or "v1") => ("amd64", ""),
        ("x86_64" or "x86-64", _) => ("amd64", variant),
        ("i386" or "i486" or "i586" or "i686" or "386", _) => ("386", ""),
        ("aarch64" or "arm64", "" or "8" or "v8" or "v8.0") => ("arm64", ""),
        ("aarch64", _) => ("arm64", variant),
        ("armhf", _) or ("arm", "" or "7" or "v7") => ("arm", "v7"),
        ("armel", _) => ("arm", "v6"),
        ("arm", "5" or "6" or "8") => ("arm", "v" + variant),
        _ => (architecture, variant),
    };

    private static bool IsWord(string text)
        => text.Length is > 0 and <= MostCharacters && !text.AsSpan().ContainsAnyExcept(Allowed);

    private static Failure Malformed(string text) => Refused.Malformed(
        "oci.platform", $"'{Refused.Shorten(text)}' is not a platform", "write it as os/architecture[/variant], such as linux/amd64 or linux/arm/v6");
}
