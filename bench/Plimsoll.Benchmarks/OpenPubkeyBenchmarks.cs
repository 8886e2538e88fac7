using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Plimsoll.OpenPubkey.ClientInstance;
using Plimsoll.OpenPubkey.KeySets;
using Plimsoll.OpenPubkey.Providers;
using Plimsoll.OpenPubkey.Releases;
using Plimsoll.OpenPubkey.Signing;
using Plimsoll.OpenPubkey.Tokens;
using Plimsoll.Primitives;
using Plimsoll.Primitives.Encodings;
using Plimsoll.Primitives.Keys;

namespace Plimsoll.Benchmarks;

/// <summary>
/// PK tokens against the yardstick R, an RSA-2048 verification with a key that is imported already: what one signature on an
/// image costs its verifier and its signer. The figures are taken in turns within one run.
/// </summary>
public static class OpenPubkeyBenchmarks
{
    private const int Samples = 60;

    private static readonly byte[] Statement = new byte[1500];

    /// <summary>Prints a table of times, ratios and allocations.</summary>
    public static void Run(TextWriter output)
    {
        using var operations = new Operations();
        (string Name, Action Run)[] rows =
        [
            ("R: RSA-2048 verify", operations.Yardstick),
            ("GQ256 token: read and verify, ES256 user key", operations.ReadAndVerify),
            ("GQ256 token: verify", operations.Verify),
            ("token: read JSON", operations.Read),
            ("client claims: read, import the key, hash", operations.ReadClaims),
            ("client claims: make", operations.MakeClaims),
            ("ES256 user key: import", operations.ImportKey),
            ("ID token to PK token, proven and verified", operations.Assemble),
        ];
        var best = Fastest([.. rows.Select(row => row.Run)]);

        output.WriteLine("| operation | us | / R | allocated B |");
        output.WriteLine("| --- | --- | --- | --- |");
        foreach (var (index, row) in rows.Index())
            output.WriteLine($"| {row.Name} | {best[index]:F1} | {best[index] / best[0]:F1} | {Allocated(row.Run)} |");
    }

    private static double[] Fastest(Action[] operations)
    {
        foreach (var operation in operations)
        {
            var start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < 500)
                operation();
        }

        var best = operations.Select(_ => double.MaxValue).ToArray();
        for (var sample = 0; sample < Samples; sample++)
        {
            for (var at = 0; at < operations.Length; at++)
            {
                var start = Stopwatch.GetTimestamp();
                for (var count = 0; count < 5; count++)
                    operations[at]();
                best[at] = Math.Min(best[at], Stopwatch.GetElapsedTime(start).TotalMicroseconds / 5);
            }
        }

        return best;
    }

    private static long Allocated(Action operation)
    {
        operation();
        var before = GC.GetAllocatedBytesForCurrentThread();
        operation();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static T Good<T>(Result<T> result)
        where T : notnull
        => result.Succeeded(out var value, out var failure) ? value : throw new InvalidOperationException(failure.ToString());

    private sealed class Operations : IDisposable
    {
        private readonly RSA _yardstick = RSA.Create(2048);
        private readonly RsaSigningKey _provider = RsaSigningKey.Create(2048);
        private readonly EcdsaSigningKey _user = EcdsaSigningKey.Create(EllipticCurve.P256);
        private readonly IdentityProvider _settings = KnownProviders.GitHubActions;
        private readonly ClientInstanceClaims _claims;
        private readonly JwkSet _keys;
        private readonly PkToken _token;
        private readonly byte[] _json;
        private readonly byte[] _idToken;
        private readonly byte[] _signature;

        public Operations()
        {
            _signature = _yardstick.SignData(Statement, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            _claims = Claims();
            _keys = Good(JwkSet.Parse(Encoding.UTF8.GetBytes($$"""{"keys":[{"alg":"RS256","kid":"k1","use":"sig",{{_provider.PublicJwk.Canonical.AsSpan(1)}}]}""")));
            var payload = $$"""{"aud":"{{_claims.Commitment}}","exp":1800000600,"iat":1800000000,"iss":"{{_settings.Issuer}}","job_workflow_ref":"acme/app/.github/workflows/release.yml@refs/heads/main","ref":"refs/heads/main","repository":"acme/app","repository_id":"717410000","repository_owner":"acme","repository_visibility":"public","run_id":"1234567890","runner_environment":"github-hosted","sha":"0123456789abcdef0123456789abcdef01234567","sub":"repo:acme/app:ref:refs/heads/main","workflow_ref":"acme/app/.github/workflows/release.yml@refs/heads/main"}""";
            var input = $"{Base64Text.EncodeUrl("""{"alg":"RS256","kid":"k1","typ":"JWT"}"""u8)}.{Base64Text.EncodeUrl(Encoding.UTF8.GetBytes(payload))}";
            _idToken = Encoding.ASCII.GetBytes($"{input}.{Base64Text.EncodeUrl(_provider.Sign(Encoding.ASCII.GetBytes(input), EcdsaEncoding.Joined))}");
            _token = Good(PkTokenSigning.Assemble(_idToken, _claims, _user, _settings, _keys, RandomNumberGenerator.Fill));
            _json = _token.ToJson();
        }

        public void Yardstick() => _yardstick.VerifyData(Statement, _signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        public void Read() => Good(PkToken.Parse(_json));

        public void Verify() => Good(ReleaseTokens.Verify(_token, _settings, _keys, Statement));

        public void ReadAndVerify() => Good(PkToken.Parse(_json).Then(token => ReleaseTokens.Verify(token, _settings, _keys, Statement)));

        public void ReadClaims() => Good(ClientInstanceClaims.Parse(_claims.Canonical));

        public void MakeClaims() => Claims();

        public void ImportKey() => Good(_user.PublicJwk.Import(SignatureAlgorithm.ES256));

        public void Assemble() => Good(PkTokenSigning.Assemble(_idToken, _claims, _user, _settings, _keys, RandomNumberGenerator.Fill));

        public void Dispose()
        {
            _yardstick.Dispose();
            _provider.Dispose();
            _user.Dispose();
        }

        private ClientInstanceClaims Claims() => ClientInstanceClaims.Create(
            _user, RandomNumberGenerator.Fill, new Dictionary<string, string>(StringComparer.Ordinal) { ["att"] = ReleaseTokens.Att(Statement) });
    }
}
