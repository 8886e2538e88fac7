using System.Security.Cryptography;
using Plimsoll.OpenPubkey.Gq;
using Plimsoll.Primitives.Arithmetic;

namespace Plimsoll.Benchmarks;

/// <summary>GQ256 proofs: each of the three multipliers at 2048, 3072 and 4096 bits (docs/adr/0002-gq-arithmetic.md).</summary>
public static class GqFigures
{
    private static readonly byte[] Identity = new byte[700];
    private static readonly byte[] Message = new byte[800];

    /// <summary>The figures.</summary>
    public static IEnumerable<Figure> All()
    {
        foreach (var bits in new[] { 2048, 3072, 4096 })
        {
            foreach (var kind in new[] { MultiplierKind.Avx512, MultiplierKind.Avx2, MultiplierKind.Scalar })
            {
                var prover = new Lazy<Prover>(() => new Prover(bits, kind));
                var name = $"gq.{bits}.{kind.ToString().ToLowerInvariant()}";
                yield return Figure.Of($"{name}.verify", "R", VerifyTarget(bits, kind), bench => bench.Ratio(prover.Value.Verify));
                yield return Figure.Of($"{name}.sign", "R", SignTarget(bits, kind), bench => bench.Ratio(prover.Value.Sign));
                yield return Figure.Of($"{name}.set-up", "us", bench => bench.Microseconds(prover.Value.SetUp));
            }
        }

        // Of the multiplier that this machine takes by itself. Go's reference implementation signs in 759 ms.
        yield return Figure.Of("gq.4096.sign", "ms", "<= 15.2 ms", bench => bench.Microseconds(new Prover(4096, ModulusContext.BestKind).Sign) / 1000);
        yield return Figure.Allocated("gq.2048.verify.allocated", () => new Prover(2048, ModulusContext.BestKind).Verify);
        yield return Figure.Allocated("gq.2048.sign.allocated", () => new Prover(2048, ModulusContext.BestKind).Sign);
    }

    private static string VerifyTarget(int bits, MultiplierKind kind) => (bits, kind) switch
    {
        (2048, MultiplierKind.Avx512) => "<= 15 R",
        (2048, MultiplierKind.Avx2) => "<= 30 R",
        _ => "-",
    };

    private static string SignTarget(int bits, MultiplierKind kind) => (bits, kind) switch
    {
        (2048, MultiplierKind.Avx512) => "<= 40 R",
        (2048, MultiplierKind.Avx2) => "<= 80 R",
        _ => "-",
    };

    private sealed class Prover
    {
        private readonly MultiplierKind _kind;
        private readonly RSAParameters _key;
        private readonly byte[] _signature;
        private readonly GqModulus _modulus;
        private readonly byte[] _proof;

        public Prover(int bits, MultiplierKind kind)
        {
            if (kind > ModulusContext.BestKind)
                throw new NotMeasuredException($"this machine has no {kind} instructions");

            using var rsa = RSA.Create(bits);
            _kind = kind;
            _key = rsa.ExportParameters(includePrivateParameters: false);
            _signature = rsa.SignData(Identity, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            _modulus = Prepare();
            _proof = Prove();
        }

        public void SetUp() => Prepare();

        public void Sign() => Prove();

        public void Verify()
        {
            if (!GqProof.Verify(_modulus, Identity, Message, _proof))
                throw new InvalidOperationException("a proof did not verify");
        }

        private GqModulus Prepare() => Bench.Must(GqModulus.Create(_key.Modulus, _key.Exponent, GqModulus.LeastBits, _kind));

        private byte[] Prove() => Bench.Must(GqSigner.Sign(_modulus, _signature, Identity, Message, RandomNumberGenerator.Fill));
    }
}
