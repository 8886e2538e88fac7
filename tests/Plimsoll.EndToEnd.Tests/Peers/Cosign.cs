namespace Plimsoll.EndToEnd.Tests.Peers;

/// <summary>The cosign client, with its own home folder and keys; nothing of it is asked for on the internet.</summary>
public sealed class Cosign : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly string _program;
    private readonly bool _signingConfigs;

    private Cosign(string program, bool signingConfigs)
    {
        _program = program;
        _signingConfigs = signingConfigs;
    }

    /// <summary>cosign 2.5: a signature under the tag <c>sha256-HEX.sig</c>.</summary>
    public static async Task<Cosign> V2() => new(await PeerPrograms.Find("cosign-2"), signingConfigs: false);

    /// <summary>cosign 3.1: a bundle, found as a referrer or through the tag <c>sha256-HEX</c>.</summary>
    public static async Task<Cosign> V3() => new(await PeerPrograms.Find("cosign-3"), signingConfigs: true);

    /// <summary>Runs cosign; the exit code is the caller's to judge (10: no signature, 12: none matches).</summary>
    public Task<Finished> Run(params string[] arguments) => new Command(_program, arguments)
    {
        Folder = _home.Root,
        Environment = new Dictionary<string, string?>
        {
            ["HOME"] = _home.Root,
            ["DOCKER_CONFIG"] = _home.At("docker"),
            ["COSIGN_PASSWORD"] = "for-tests",
        },
    }.Run();

    /// <summary>Makes a key pair.</summary>
    public async Task<CosignKey> GenerateKey()
    {
        var name = $"key-{Guid.NewGuid():N}";
        (await Run("generate-key-pair", "--output-key-prefix", name)).OrFail();
        return new(_home.At($"{name}.key"), _home.At($"{name}.pub"));
    }

    /// <summary>Signs an image, named by digest, without a transparency log.</summary>
    public async Task<Finished> Sign(CosignKey key, string image) => (await Run([
        "sign", "-y", "--key", key.PrivateFile, "--tlog-upload=false", .. WithoutSigningConfig, image])).OrFail();

    /// <summary>Attests a predicate file about an image, without a transparency log.</summary>
    public async Task<Finished> Attest(CosignKey key, string image, string type, string predicateFile) => (await Run([
        "attest", "-y", "--key", key.PrivateFile, "--type", type, "--predicate", predicateFile, "--tlog-upload=false", .. WithoutSigningConfig, image])).OrFail();

    /// <summary>Verifies an image's signatures with a public key; the caller judges the exit code.</summary>
    public Task<Finished> Verify(CosignKey key, string image) => Run("verify", "--key", key.PublicFile, "--insecure-ignore-tlog=true", image);

    /// <summary>Prints what is attached to an image.</summary>
    public Task<Finished> Tree(string image) => Run("tree", image);

    private string[] WithoutSigningConfig => _signingConfigs ? ["--use-signing-config=false"] : [];

    public void Dispose() => _home.Dispose();
}

/// <summary>The two files of a key pair; the private one is encrypted, its password is set for every run.</summary>
public sealed record CosignKey(string PrivateFile, string PublicFile);
