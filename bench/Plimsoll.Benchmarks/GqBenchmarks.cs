using System.Diagnostics;
using System.Security.Cryptography;
using Plimsoll.OpenPubkey.Gq;
using Plimsoll.Primitives.Arithmetic;

namespace Plimsoll.Benchmarks;

/// <summary>
/// GQ256 against the yardstick R: one RSA-2048 verification with a key that is imported already. All figures of a row are
/// taken in turns within one run, so that a busy machine slows all of them alike.
/// </summary>
public static class GqBenchmarks
{
    private const int Samples = 200;

    private static readonly byte[] Identity = new byte[700];
    private static readonly byte[] Message = new byte[800];

    /// <summary>Prints a table: each multiplier at 2048, 3072 and 4096 bits.</summary>
    public static void Run(TextWriter output, params string[] arguments)
    {
        using var yardstick = RSA.Create(2048);
        var signature = yardstick.SignData(Identity, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        void Verify() => yardstick.VerifyData(Identity, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        output.WriteLine("| bits | multiplier | set-up us | verify us | verify / R | verify B | sign us | sign / R | sign B | multiplication ns | R us |");
        output.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var bits in arguments.Length > 0 ? arguments.Select(int.Parse) : [2048, 3072, 4096])
        {
            using var rsa = RSA.Create(bits);
            foreach (var kind in Enum.GetValues<MultiplierKind>().Where(kind => kind <= ModulusContext.BestKind))
                output.WriteLine(Row(rsa, kind, Verify));
        }
    }

    private static string Row(RSA rsa, MultiplierKind kind, Action yardstick)
    {
        var signature = rsa.SignData(Identity, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        GqModulus Prepare() => GqModulus.Create(parameters.Modulus, parameters.Exponent, GqModulus.LeastBits, kind).Succeeded(out var key, out var failure)
            ? key
            : throw new InvalidOperationException(failure.What);

        var key = Prepare();
        var proof = Sign(key, signature);
        var verified = true;
        void Verify() => verified &= GqProof.Verify(key, Identity, Message, proof);

        var best = Fastest([yardstick, () => Prepare(), Verify, () => Sign(key, signature)]);
        if (!verified)
            throw new InvalidOperationException("a proof did not verify");

        var verifyBytes = Allocated(Verify);
        var signBytes = Allocated(() => Sign(key, signature));
        var r = best[0];
        return $"| {rsa.KeySize} | {kind} | {best[1]:F0} | {best[2]:F0} | {best[2] / r:F1} | {verifyBytes} "
            + $"| {best[3]:F0} | {best[3] / r:F1} | {signBytes} | {Multiplication(parameters.Modulus!, kind):F0} | {r:F1} |";
    }

    private static byte[] Sign(GqModulus key, byte[] signature) =>
        GqSigner.Sign(key, signature, Identity, Message, RandomNumberGenerator.Fill).Succeeded(out var proof, out var failure)
            ? proof
            : throw new InvalidOperationException(failure.What);

    // One multiplication modulo n in nanoseconds, from an exponent that asks for 257 of them.
    private static double Multiplication(byte[] modulus, MultiplierKind kind)
    {
        var numbers = ModulusContext.Create(modulus, kind);
        var bases = new byte[16 * numbers.ByteLength];
        byte[] exponent = [0x80, .. new byte[30], 1];
        return Fastest([() => numbers.Raise(bases, new PublicExponent(exponent), bases)])[0] * 1000 / (16 * 257);
    }

    // Microseconds for each operation, the operations taking turns; the best of all samples, as others use the machine too.
    private static double[] Fastest(Action[] operations)
    {
        foreach (var operation in operations)
            WarmUp(operation);

        var best = operations.Select(_ => double.MaxValue).ToArray();
        for (var sample = 0; sample < Samples; sample++)
        {
            for (var i = 0; i < operations.Length; i++)
                best[i] = Math.Min(best[i], Time(operations[i], 2));
        }

        return best;
    }

    // The second compilation of what is called often happens in the background: run, let it happen, run again.
    private static void WarmUp(Action operation)
    {
        for (var pass = 0; pass < 4; pass++)
        {
            _ = Time(operation, 40);
            Thread.Sleep(150);
        }
    }

    private static double Time(Action operation, int count)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
            operation();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / count;
    }

    private static long Allocated(Action operation)
    {
        operation();
        var before = GC.GetAllocatedBytesForCurrentThread();
        operation();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
