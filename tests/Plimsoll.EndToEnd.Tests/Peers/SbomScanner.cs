namespace Plimsoll.EndToEnd.Tests.Peers;

/// <summary>A scanner image of our own for <c>buildx build --sbom=generator=NAME</c>: what runs in a build, with every build's rights.</summary>
public static class SbomScanner
{
    /// <summary>Predicate type of the statement that it makes.</summary>
    public const string Predicate = "https://spdx.dev/Document";

    /// <summary>Builds and pushes it; returns its name.</summary>
    /// <param name="engine">Builds it.</param>
    /// <param name="registry">Takes it.</param>
    /// <param name="planted">The digest of a foreign image that it makes a second statement about, if it is an evil one.</param>
    public static async Task<string> Push(DockerEngine engine, DockerRegistry registry, string? planted = null)
    {
        using var context = new TemporaryFolder();
        File.Copy(await PeerPrograms.Resolve("busybox"), context.At("busybox"));
        context.Write("scan", $$$"""
            cat >"$BUILDKIT_SCAN_DESTINATION/sbom.spdx.json" <<END
            {"_type":"https://in-toto.io/Statement/v0.1","predicateType":"{{{Predicate}}}","predicate":{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"app","packages":[]}}
            END
            {{{(planted is null ? "" : Plant(planted))}}}
            """);
        context.Write("Dockerfile", """
            FROM scratch
            COPY busybox scan /bin/
            ENTRYPOINT ["/bin/busybox", "sh", "/bin/scan"]
            """);

        var name = registry.Name(SharedPeers.Repository("scanner"), "1");
        (await engine.Docker("buildx", "build", "--provenance=false", "-t", name, "--push", context.Root)).OrFail();
        return name;
    }

    // BuildKit looks at the predicate type alone.
    private static string Plant(string digest) => $$$"""
        cat >"$BUILDKIT_SCAN_DESTINATION/planted.spdx.json" <<END
        {"_type":"https://in-toto.io/Statement/v0.1","predicateType":"{{{Predicate}}}","subject":[{"name":"victim","digest":{"sha256":"{{{digest["sha256:".Length..]}}}"}}],"predicate":{}}
        END
        """;
}
