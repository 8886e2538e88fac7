namespace Plimsoll.Server.Registry.Protocol;

/// <summary>A refusal in the words of the distribution specification (Error Codes), with its HTTP status.</summary>
internal sealed record RegistryError(int Status, string Code, string Message)
{
    public static RegistryError BlobUnknown(string digest) => new(404, "BLOB_UNKNOWN", $"no blob {digest} in this repository");

    public static RegistryError ManifestUnknown(string reference) => new(404, "MANIFEST_UNKNOWN", $"no manifest {reference} in this repository");

    public static RegistryError NameUnknown(string name) => new(404, "NAME_UNKNOWN", $"no repository {name}");

    public static RegistryError NameInvalid { get; } = new(400, "NAME_INVALID", "this cannot be a repository's name");

    public static RegistryError DigestInvalid(string what) => new(400, "DIGEST_INVALID", what);

    public static RegistryError ManifestInvalid(string what) => new(400, "MANIFEST_INVALID", what);

    public static RegistryError ManifestBlobUnknown(string digest) => new(400, "MANIFEST_BLOB_UNKNOWN", $"the manifest names a blob {digest} that was not pushed");

    public static RegistryError UploadUnknown { get; } = new(404, "BLOB_UPLOAD_UNKNOWN", "no such upload; start again");

    public static RegistryError UploadInvalid(string what) => new(400, "BLOB_UPLOAD_INVALID", what);

    public static RegistryError RangeInvalid(string what) => new(416, "BLOB_UPLOAD_INVALID", what);

    public static RegistryError RangeUnsatisfiable { get; } = new(416, "SIZE_INVALID", "the blob has no such bytes");

    public static RegistryError SizeInvalid(string what) => new(413, "SIZE_INVALID", what);

    public static RegistryError TooManyRequests(string what) => new(429, "TOOMANYREQUESTS", what);

    public static RegistryError Unsupported { get; } = new(405, "UNSUPPORTED", "this method has no meaning here");

    public static RegistryError ReadOnly { get; } = new(405, "UNSUPPORTED", "this registry is read-only");

    public static RegistryError NotFound { get; } = new(404, "UNSUPPORTED", "no such resource");

    public static RegistryError Overtaken { get; } = new(412, "DENIED", "the tag is not what the condition says");

    public static RegistryError Unauthorized(string what) => new(401, "UNAUTHORIZED", what);

    public static RegistryError Denied(int status, string what) => new(status, "DENIED", what);

    public static RegistryError BadRequest(int status, string what) => new(status, "UNSUPPORTED", what);

    public static RegistryError Timeout { get; } = new(408, "BLOB_UPLOAD_INVALID", "the request took too long; ask where the upload stands and go on");

    // The specification's codes are for 4xx answers; these two are what clients know from other registries.
    public static RegistryError StorageFull { get; } = new(507, "UNAVAILABLE", "no space left; nothing was stored");

    public static RegistryError StorageFailed { get; } = new(500, "UNKNOWN", "the registry's storage failed; nothing was stored");
}
