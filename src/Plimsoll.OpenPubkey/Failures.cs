using Plimsoll.Primitives;

namespace Plimsoll.OpenPubkey;

/// <summary>Every refusal of this project, a method a code; docs/failures.md lists them.</summary>
internal static class Failures
{
    private const string AskSigner = "get the token again from its source; if it stays, tell whoever signed";
    private const string CheckProvider = "compare the provider in the policy with the token's issuer and audience";

    public static Failure Token(string what) => new(Refusal.Malformed, "openpubkey.token", what, AskSigner);

    public static Failure Type(string what) => new(Refusal.Malformed, "openpubkey.typ", what, AskSigner);

    public static Failure Critical(string what) => new(Refusal.Malformed, "openpubkey.crit", what, AskSigner);

    public static Failure UnprotectedHeader(string what) => new(Refusal.Malformed, "openpubkey.unprotected-header", what, AskSigner);

    public static Failure ClientHeader(string what) => new(Refusal.Malformed, "openpubkey.cic-header", what, AskSigner);

    public static Failure ClientSignature(string what) => new(Refusal.Untrusted, "openpubkey.cic-signature", what, AskSigner);

    public static Failure IssuerUrl(string what) => new(
        Refusal.Malformed, "openpubkey.issuer-url", what, "write the issuer exactly as the provider's tokens have it in 'iss', such as https://token.actions.githubusercontent.com");

    public static Failure Configuration(string what) => new(
        Refusal.Malformed, "openpubkey.verifier-config", what, "correct the provider in the policy");

    public static Failure Issuer(string what) => new(Refusal.Untrusted, "openpubkey.issuer", what, CheckProvider);

    public static Failure Audience(string what) => new(Refusal.Untrusted, "openpubkey.audience", what, CheckProvider);

    public static Failure ProviderHeader(string what) => new(Refusal.Malformed, "openpubkey.op-header", what, AskSigner);

    public static Failure ProviderAlgorithm(string what) => new(
        Refusal.Untrusted, "openpubkey.op-algorithm", what, "sign again with a token of the provider's usual kind; if it stays, the provider is not supported");

    public static Failure GqRequired(string what) => new(
        Refusal.Untrusted, "openpubkey.gq-required", what, "sign again with Plimsoll or OpenPubkey 0.25 or later, which replace the provider's signature by a GQ proof");

    public static Failure KeySet(string what) => new(
        Refusal.Malformed, "openpubkey.key-set", what, "look at the provider's jwks_uri with a browser; if it stays, tell the provider");

    public static Failure KeyLookup(string what) => new(
        Refusal.Untrusted, "openpubkey.op-key-lookup", what, "fetch the provider's keys again; a key that was rotated out needs the recorded key sets");

    public static Failure Thumbprint(string what) => new(
        Refusal.Untrusted, "openpubkey.jkt", what, "fetch the provider's keys again; if it stays, the provider used one key id for two keys, or the token was made to be mistaken");

    public static Failure ProviderSignature(string what) => new(
        Refusal.Untrusted, "openpubkey.op-signature", what, "get the token again; a proof made by OpenPubkey before 0.25 has to be made anew");

    public static Failure CommitmentType(string what) => new(Refusal.Untrusted, "openpubkey.commitment-type", what, CheckProvider);

    public static Failure AudiencePrefix(string what) => new(
        Refusal.Untrusted, "openpubkey.gq-audience-prefix", what, "have the job ask for an ID token whose audience begins with the prefix in the policy");

    public static Failure Commitment(string what) => new(
        Refusal.Untrusted, "openpubkey.commitment", what, "sign again; if it stays, somebody joined a foreign ID token to a key of his own");

    public static Failure RequiredClaim(string what) => new(Refusal.Untrusted, "openpubkey.required-claim", what, CheckProvider);

    public static Failure Expiration(string what) => new(Refusal.Stale, "openpubkey.expiration", what, "sign in again for a new token");

    public static Failure SigningTime(string what) => new(
        Refusal.Stale, "openpubkey.signing-time", what, "sign again with a fresh token; if it stays, compare the clocks of signer and log");

    public static Failure RefetchLimited(string what) => new(
        Refusal.Stale, "openpubkey.refetch-limited", what, "wait until the named time and try again");

    public static Failure AttMissing() => new(
        Refusal.Untrusted, "openpubkey.att-missing", "the client claims have no 'att', so the token is not bound to one statement", "sign with Plimsoll, which binds each token to one statement");

    public static Failure AttMismatch(string what) => new(
        Refusal.Untrusted, "openpubkey.att-mismatch", what, "get the envelope again; if it stays, a token was moved from one statement to another");

    public static Failure ReleaseForm(string what) => new(
        Refusal.Untrusted, "openpubkey.release-form", what, "sign the release with a token that has the provider's and the client's signature only, from a provider with nonce, aud or gq binding");

    public static Failure EnvelopeSignature(string what) => new(
        Refusal.Untrusted, "openpubkey.envelope-signature", what, "get the envelope again; if it stays, it was signed by another key than the token's");

    public static Failure EnvelopeForm(string what) => new(
        Refusal.Malformed, "openpubkey.extension-kind", what, "only DSSE signatures with keyid OPK or an extension of kind OPK carry PK tokens");

    public static Failure PayloadType(string what) => new(
        Refusal.Untrusted, "openpubkey.payload-type", what, "only in-toto statements are signed in this form; get the envelope again");

    public static Failure Certificate(string what) => new(Refusal.Malformed, "openpubkey.certificate", what, AskSigner);

    public static Failure CosignerMissing(string what) => new(
        Refusal.Missing, "openpubkey.cosigner-missing", what, "have the token cosigned before it is used");

    public static Failure CosignerHeader(string what) => new(Refusal.Malformed, "openpubkey.cosigner-header", what, AskSigner);

    public static Failure CosignerIssuer(string what) => new(
        Refusal.Untrusted, "openpubkey.cosigner-issuer", what, "add the cosigner to the verifier's settings, if it is one you trust");

    public static Failure CosignerKeyLookup(string what) => new(
        Refusal.Untrusted, "openpubkey.cosigner-key-lookup", what, "fetch the cosigner's keys again");

    public static Failure CosignerAlgorithm(string what) => new(Refusal.Untrusted, "openpubkey.cosigner-algorithm", what, AskSigner);

    public static Failure CosignerExpired(string what) => new(Refusal.Stale, "openpubkey.cosigner-expired", what, "have the token cosigned again");

    public static Failure CosignerSignature(string what) => new(Refusal.Untrusted, "openpubkey.cosigner-signature", what, AskSigner);

    public static Failure RefreshedMissing(string what) => new(
        Refusal.Missing, "openpubkey.refreshed-token-missing", what, "refresh the login and send the compact form, which carries the refreshed token");

    public static Failure RefreshedIdentity(string what) => new(Refusal.Untrusted, "openpubkey.refreshed-token-identity", what, AskSigner);

    public static Failure RefreshedOrder(string what) => new(Refusal.Untrusted, "openpubkey.refreshed-token-order", what, AskSigner);

    public static Failure RefreshedAudience(string what) => new(Refusal.Untrusted, "openpubkey.refreshed-token-audience", what, AskSigner);

    public static Failure RefreshedExpired(string what) => new(Refusal.Stale, "openpubkey.refreshed-token-expired", what, "refresh the login again");

    public static Failure RefreshedSignature(string what) => new(Refusal.Untrusted, "openpubkey.refreshed-token-signature", what, AskSigner);

    public static Failure MessageHeader(string what) => new(Refusal.Untrusted, "openpubkey.osm-header", what, AskSigner);

    public static Failure MessageSignature(string what) => new(Refusal.Untrusted, "openpubkey.osm-signature", what, AskSigner);

    public static Failure Dpop(string what) => new(
        Refusal.Untrusted, "openpubkey.dpop", what, "make a new proof for this request with the key of the login");

    public static Failure VectorFile(string what) => new(
        Refusal.Malformed, "conformance.file", what, "give a file of format openpubkey-vectors/1");

    /// <summary>A text from outside, cut so that it fits a message and cannot carry a whole token.</summary>
    public static string Shorten(string? text) => text switch
    {
        null => "nothing",
        { Length: > 80 } => $"'{text[..80]}…'",
        _ => $"'{text}'",
    };
}
