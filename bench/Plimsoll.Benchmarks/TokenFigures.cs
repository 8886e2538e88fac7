using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.Releases;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Benchmarks;

/// <summary>PK tokens: what one signature on an image costs its verifier and its signer.</summary>
public static class TokenFigures
{
    /// <summary>The figures.</summary>
    public static IEnumerable<Figure> All()
    {
        var lazy = new Lazy<Operations>();
        Action Of(Func<Operations, Action> operation) => operation(lazy.Value);

        // Read and verify: the proof, the one-time key's import, its signature over the token.
        yield return Figure.Of("token.read-and-verify", "R", "<= 25 R", bench => bench.Ratio(Of(it => it.ReadAndVerify)));
        yield return Figure.Of("token.read-and-verify.allocated", "kB", "< 20 kB", _ => Bench.Allocated(Of(it => it.ReadAndVerify)) / 1000);
        yield return Figure.Of("token.read", "R", bench => bench.Ratio(Of(it => it.Read)));
        yield return Figure.Of("token.verify", "R", bench => bench.Ratio(Of(it => it.Verify)));
        yield return Figure.Of("token.claims.read", "R", bench => bench.Ratio(Of(it => it.ReadClaims)));
        yield return Figure.Of("token.user-key.import", "R", bench => bench.Ratio(Of(it => it.ImportKey)));
        yield return Figure.Allocated("token.read.allocated", () => Of(it => it.Read));
        yield return Figure.Allocated("token.verify.allocated", () => Of(it => it.Verify));
        yield return Figure.Allocated("token.claims.read.allocated", () => Of(it => it.ReadClaims));
        yield return Figure.Allocated("token.user-key.import.allocated", () => Of(it => it.ImportKey));
        yield return Figure.Of("token.claims.make", "R", bench => bench.Ratio(Of(it => it.MakeClaims)));
        yield return Figure.Of("token.make", "R", bench => bench.Ratio(Of(it => it.Make)));
    }

    private sealed class Operations
    {
        private readonly SampleRelease _release = new();
        private readonly byte[] _json;

        public Operations() => _json = _release.Token.ToJson();

        public void Read() => Bench.Must(PkToken.Parse(_json));

        public void Verify() => Bench.Must(ReleaseTokens.Verify(_release.Token, SampleRelease.Provider, _release.Keys, _release.Signed));

        public void ReadAndVerify() => Bench.Must(
            PkToken.Parse(_json).Then(token => ReleaseTokens.Verify(token, SampleRelease.Provider, _release.Keys, _release.Signed)));

        public void ReadClaims() => Bench.Must(ClientInstanceClaims.Parse(_release.Claims.Canonical));

        public void ImportKey() => Bench.Must(_release.User.PublicJwk.Import(SignatureAlgorithm.ES256));

        public void MakeClaims() => _release.MakeClaims();

        public void Make() => _release.Assemble();
    }
}
