using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;

namespace Plimsoll.OpenPubkey.Cosigning;

/// <summary>A second party that signs tokens after asking the user again, as a verifier knows it.</summary>
/// <param name="Issuer">What its signatures have in <c>iss</c>.</param>
/// <param name="Strict">Whether a token without its signature is refused.</param>
/// <param name="Keys">Its keys.</param>
public sealed record Cosigner(Issuer Issuer, bool Strict, JwkSet Keys);
