using System.Numerics;
using Plimsoll.Primitives.Arithmetic;

namespace Plimsoll.Tests.Primitives.Arithmetic;

public sealed class PublicInverseTests
{
    private const int Seed = 1122;

    [Theory]
    [InlineData(1024)]
    [InlineData(1054)]
    [InlineData(1055)]
    [InlineData(2048)]
    [InlineData(2050)]
    [InlineData(3072)]
    [InlineData(4096)]
    public void A_number_times_its_inverse_is_one_and_what_has_none_is_refused(int bits)
    {
        var numbers = new Numbers(Seed + bits);
        var length = (bits + 7) / 8;
        foreach (var modulus in numbers.Moduli(bits))
        {
            var inverses = new PublicInverse(modulus);
            foreach (var value in numbers.Residues(modulus, 15))
            {
                var inverse = new byte[length];

                var found = inverses.TryInvert(Numbers.Write(value, length), inverse);

                var where = $"seed {Seed + bits}, {value:x} modulo {modulus:x}";
                Assert.True(found == BigInteger.GreatestCommonDivisor(value, modulus).IsOne, where);
                Assert.True(!found || (Numbers.Read(inverse) < modulus && Numbers.Read(inverse) * value % modulus == 1), where);
            }
        }
    }
}
