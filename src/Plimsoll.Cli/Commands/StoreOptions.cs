using System.CommandLine;
using Plimsoll.Client.Layouts;
using Plimsoll.Client.Registry;
using Plimsoll.Oci;
using Plimsoll.Oci.Layout;
using Plimsoll.Primitives;

namespace Plimsoll.Cli.Commands;

/// <summary>Where an image is and how to get there: options that every verb about an image shares.</summary>
internal sealed class StoreOptions
{
    private readonly Argument<string?> _image = new("image")
    {
        Description = "The image, as docker pull would take it: [HOST/]NAME[:TAG][@DIGEST]",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _layout = new("--layout")
    {
        Description = "An OCI layout folder that holds the image, instead of a registry",
        HelpName = "FOLDER",
    };

    private readonly Option<string?> _as = new("--as")
    {
        Description = "The repository that the release names, where it is another one than the image is in (promotion), or where a layout does not say it",
        HelpName = "NAME",
    };

    private readonly Option<string[]> _plainHttp = new("--plain-http")
    {
        Description = "A registry to speak plain HTTP to; loopback names are without saying so",
        HelpName = "HOST[:PORT]",
    };

    private readonly Option<string?> _authorities = new("--ca")
    {
        Description = "A PEM file of certificate authorities to trust besides the system's",
        HelpName = "FILE",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object instead of text" };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "No progress on standard error" };

    public void AddTo(Command command)
    {
        command.Add(_image);
        command.Add(_layout);
        command.Add(_as);
        command.Add(_plainHttp);
        command.Add(_authorities);
        command.Add(_json);
        command.Add(_quiet);
    }

    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    public bool Quiet(ParseResult parsed) => parsed.GetValue(_quiet) || parsed.GetValue(_json);

    /// <summary>
    /// Opens the store and reads the reference. In a layout the name is what was given, what --as says, or what its image is called.
    /// </summary>
    public async Task<Result<OpenStore>> Open(ParseResult parsed, CancellationToken cancellation)
    {
        var image = parsed.GetValue(_image);
        var foreign = default(RepositoryName?);
        if (parsed.GetValue(_as) is { } name)
        {
            if (!RepositoryName.Parse(name).Succeeded(out var repository, out var failure))
                return failure with { Next = "--as takes a repository without tag and digest, such as registry.example/team/app" };
            foreign = repository;
        }

        return parsed.GetValue(_layout) is { } folder
            ? await OpenLayout(folder, image, foreign, cancellation)
            : OpenRegistry(parsed, image, foreign);
    }

    private Result<OpenStore> OpenRegistry(ParseResult parsed, string? image, RepositoryName? foreign)
    {
        if (image is null)
            return new Failure(Refusal.Missing, "cli.image", "no image was named", "name the image, or a folder with --layout");
        if (!Reference.Parse(image).Succeeded(out var reference, out var failure))
            return failure;

        var options = new RegistryOptions
        {
            PlainHttp = [.. parsed.GetValue(_plainHttp) ?? []],
            CertificateAuthorities = parsed.GetValue(_authorities),
            Credentials = new DockerConfigFile(DockerConfigFile.DefaultPath),
        };
        var client = new RegistryClient(options, TimeProvider.System);
        if (client.Repository(reference.Repository).Succeeded(out var repository, out failure))
            return new OpenStore(repository, reference, foreign ?? reference.Repository, client);
        client.Dispose();
        return failure;
    }

    private static async Task<Result<OpenStore>> OpenLayout(string folder, string? image, RepositoryName? foreign, CancellationToken cancellation)
    {
        if (!(await LayoutFolder.Open(folder, cancellation)).Succeeded(out var layout, out var failure))
            return failure;
        if (!(image is null ? await NameOf(layout, folder, foreign, cancellation) : Reference.Parse(image)).Succeeded(out var reference, out failure))
            return failure;
        return new OpenStore(layout, reference, foreign ?? reference.Repository, Owner: null);
    }

    /// <summary>What the only image of a layout is called; with a repository of the caller's own, only its tag counts.</summary>
    private static async Task<Result<Reference>> NameOf(LayoutFolder layout, string folder, RepositoryName? foreign, CancellationToken cancellation)
    {
        if (!(await layout.Read(cancellation)).Then(read => read.Choose()).Succeeded(out var entry, out var failure))
            return failure;

        var name = ImageLayout.NameOf(entry);
        if (foreign is null)
        {
            return name ?? (Result<Reference>)new Failure(
                Refusal.Missing, "cli.layout-name", $"the layout {folder} does not say under which name its image is released",
                "name the image, such as registry.example/app:1.4, or the repository with --as");
        }

        var tag = name is not null ? name.Tag : Tag.Parse(entry.Annotation(Annotations.RefName) ?? "").Succeeded(out var read, out _) ? read : null;
        return Reference.Of(foreign.Value, tag);
    }
}

/// <summary>A store, what is asked of it, and the repository that the release names.</summary>
internal sealed record OpenStore(IContentStore Store, Reference Reference, RepositoryName Released, RegistryClient? Owner) : IDisposable
{
    public void Dispose() => Owner?.Dispose();
}
