using System.Numerics;
using Plimsoll.Primitives.Arithmetic;

namespace Plimsoll.Tests.Primitives.Arithmetic;

public sealed class ModulusContextTests
{
    private const int Seed = 20261122;

    [Theory]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(1087)]
    [InlineData(1536)]
    [InlineData(2047)]
    [InlineData(2048)]
    [InlineData(2049)]
    [InlineData(2050)]
    [InlineData(3072)]
    [InlineData(3500)]
    [InlineData(3527)]
    [InlineData(4095)]
    [InlineData(4096)]
    public void Every_multiplier_agrees_with_BigInteger_on_every_shape_of_modulus(int bits)
    {
        var numbers = new Numbers(Seed + bits);
        foreach (var modulus in numbers.Moduli(bits))
        {
            var length = (bits + 7) / 8;
            var bases = numbers.Residues(modulus, 10);
            var common = numbers.Below(modulus);
            byte[][] challenges = [.. bases.Select(_ => numbers.Bytes(2))];
            BigInteger exponent = 65537;
            var expected = bases.Zip(challenges, (value, challenge) =>
                BigInteger.ModPow(value, exponent, modulus) * BigInteger.ModPow(common, Numbers.Read(challenge), modulus) % modulus);

            foreach (var kind in Kinds.Supported)
            {
                var context = ModulusContext.Create(Numbers.Write(modulus, length), kind);
                var results = new byte[bases.Count * length];

                context.RaiseWithCommon(
                    Numbers.Write(bases, length), new PublicExponent([1, 0, 1]), Numbers.Write(common, length), [.. challenges.SelectMany(c => c)], results);

                Agree(expected, results, length, $"{kind}, {bits} bits, seed {Seed + bits}, n = {modulus:x}");
            }
        }
    }

    [Theory]
    [InlineData("03")]
    [InlineData("05")]
    [InlineData("07")]
    [InlineData("11")]
    [InlineData("13")]
    [InlineData("0101")]
    [InlineData("010001")]
    [InlineData("ffffff")]
    [InlineData("00010000000000000000000D")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void Any_odd_exponent_from_3_up_is_raised_to(string hex)
    {
        var numbers = new Numbers(Seed);
        var exponent = Convert.FromHexString(hex);
        foreach (var bits in new[] { 1024, 2048 })
        {
            var modulus = numbers.Moduli(bits).First();
            var bases = numbers.Residues(modulus, 9);
            var expected = bases.Select(value => BigInteger.ModPow(value, Numbers.Read(exponent), modulus));
            foreach (var kind in Kinds.Supported)
            {
                var context = ModulusContext.Create(Numbers.Write(modulus, bits / 8), kind);
                var results = new byte[bases.Count * context.ByteLength];

                context.Raise(Numbers.Write(bases, bits / 8), new PublicExponent(exponent), results);

                Agree(expected, results, bits / 8, $"{kind}, {bits} bits, e = {hex}, seed {Seed}");
            }
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(5, 2)]
    [InlineData(8, 3)]
    [InlineData(9, 10)]
    [InlineData(16, 2)]
    [InlineData(33, 32)]
    public void Factors_are_multiplied_by_powers_for_any_number_of_rounds_and_any_width(int count, int width)
    {
        var numbers = new Numbers(Seed + count);
        var modulus = numbers.Moduli(1024).First();
        var factors = numbers.Residues(modulus, count);
        var common = numbers.Below(modulus);
        byte[][] exponents = [.. factors.Select((_, i) => i == 0 ? new byte[width] : numbers.Bytes(width))];
        var expected = factors.Zip(exponents, (factor, exponent) => factor * BigInteger.ModPow(common, Numbers.Read(exponent), modulus) % modulus);

        foreach (var kind in Kinds.Supported)
        {
            var context = ModulusContext.Create(Numbers.Write(modulus, 128), kind);
            var results = new byte[count * 128];

            context.MultiplyByPowers(Numbers.Write(factors, 128), Numbers.Write(common, 128), [.. exponents.SelectMany(e => e)], results);

            Agree(expected, results, 128, $"{kind}, {count} rounds of {width} bytes, seed {Seed + count}");
        }
    }

    [Fact]
    public void A_power_that_is_a_multiple_of_the_modulus_comes_out_as_zero_and_not_as_the_modulus()
    {
        var root = (BigInteger.One << 1023) | new Numbers(Seed).Below(BigInteger.One << 1023) | 1;
        var modulus = root * root;
        foreach (var kind in Kinds.Supported)
        {
            var context = ModulusContext.Create(modulus.ToByteArray(isUnsigned: true, isBigEndian: true), kind);
            var results = Enumerable.Repeat((byte)1, context.ByteLength).ToArray();

            context.Raise(Numbers.Write(root, context.ByteLength), new PublicExponent([3]), results);

            Assert.Equal(new byte[context.ByteLength], results);
        }
    }

    [Fact]
    public void Results_may_be_written_over_the_bases()
    {
        var numbers = new Numbers(Seed);
        var modulus = numbers.Moduli(2048).First();
        var bases = numbers.Residues(modulus, 16);
        foreach (var kind in Kinds.Supported)
        {
            var context = ModulusContext.Create(Numbers.Write(modulus, 256), kind);
            var memory = Numbers.Write(bases, 256);

            context.Raise(memory, new PublicExponent([17]), memory);

            Agree(bases.Select(value => BigInteger.ModPow(value, 17, modulus)), memory, 256, $"{kind}");
        }
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(3072)]
    [InlineData(4096)]
    public void The_inverse_of_a_root_is_found_from_the_inverse_of_its_power(int bits)
    {
        var numbers = new Numbers(Seed + bits);
        foreach (var modulus in numbers.Moduli(bits))
        {
            foreach (var root in numbers.Residues(modulus, 5).Where(root => BigInteger.GreatestCommonDivisor(root, modulus).IsOne))
            {
                var power = BigInteger.ModPow(root, 65537, modulus);
                foreach (var kind in Kinds.Supported)
                {
                    var context = ModulusContext.Create(Numbers.Write(modulus, bits / 8), kind);
                    var inverse = new byte[bits / 8];

                    Assert.True(context.TryInvertRoot(
                        Numbers.Write(root, bits / 8), new PublicExponent([1, 0, 1]), Numbers.Write(power, bits / 8), inverse), $"{kind} {root:x} {modulus:x}");

                    Assert.Equal(BigInteger.One, Numbers.Read(inverse) * root % modulus);
                }
            }
        }
    }

    [Fact]
    public void A_root_of_another_power_is_not_inverted()
    {
        var modulus = new Numbers(Seed).Moduli(1024).First();
        foreach (var kind in Kinds.Supported)
        {
            var context = ModulusContext.Create(Numbers.Write(modulus, 128), kind);
            var inverse = new byte[128];

            Assert.False(context.TryInvertRoot(Numbers.Write(3, 128), new PublicExponent([3]), Numbers.Write(28, 128), inverse));

            Assert.Equal(new byte[128], inverse);
            Assert.True(context.TryInvertRoot(Numbers.Write(3, 128), new PublicExponent([3]), Numbers.Write(27, 128), inverse));
        }
    }

    [Fact]
    public void A_power_that_shares_a_factor_with_the_modulus_has_no_inverse()
    {
        var numbers = new Numbers(Seed);
        var factor = (BigInteger.One << 511) | numbers.Below(BigInteger.One << 511) | 1;
        var modulus = factor * ((BigInteger.One << 512) + 75);
        var root = factor * 12345;
        var context = ModulusContext.Create(modulus.ToByteArray(isUnsigned: true, isBigEndian: true));
        var power = Numbers.Write(BigInteger.ModPow(root, 3, modulus), context.ByteLength);

        Assert.False(context.TryInvertRoot(Numbers.Write(root, context.ByteLength), new PublicExponent([3]), power, new byte[context.ByteLength]));
        Assert.False(context.TryInvertRoot(new byte[context.ByteLength], new PublicExponent([3]), new byte[context.ByteLength], new byte[context.ByteLength]));
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(2050)]
    [InlineData(4096)]
    public void A_number_is_contained_from_1_to_the_modulus_less_1(int bits)
    {
        foreach (var modulus in new Numbers(Seed).Moduli(bits))
        {
            var length = (bits + 7) / 8;
            var context = ModulusContext.Create(Numbers.Write(modulus, length));

            foreach (var inside in new[] { BigInteger.One, 255, 256, modulus / 2, modulus - 2, modulus - 1 })
                Assert.True(context.Contains(Numbers.Write(inside, length)), $"{inside:x}");
            foreach (var outside in new[] { BigInteger.Zero, modulus, modulus + 1, (BigInteger.One << (8 * length)) - 1 }.Where(value => value.GetByteCount(isUnsigned: true) <= length && (value.IsZero || value >= modulus)))
                Assert.False(context.Contains(Numbers.Write(outside, length)), $"{outside:x}");
            Assert.False(context.Contains(Numbers.Write(1, length - 1)));
            Assert.False(context.Contains(Numbers.Write(1, length + 1)));
        }
    }

    [Fact]
    public void One_context_serves_many_threads()
    {
        var numbers = new Numbers(Seed);
        var modulus = numbers.Moduli(2048).First();
        var context = ModulusContext.Create(Numbers.Write(modulus, 256));
        var bases = Numbers.Write(numbers.Residues(modulus, 16), 256);
        var expected = new byte[bases.Length];
        context.Raise(bases, new PublicExponent([1, 0, 1]), expected);

        var results = new byte[16][];
        Parallel.For(0, results.Length, i =>
        {
            results[i] = new byte[bases.Length];
            context.Raise(bases, new PublicExponent([1, 0, 1]), results[i]);
        });

        Assert.All(results, result => Assert.Equal(expected, result));
    }

    [Fact]
    public void A_modulus_that_is_even_too_short_or_too_long_is_the_callers_mistake()
    {
        var even = Numbers.Write((BigInteger.One << 2047) + 2, 256);
        foreach (var modulus in new[] { [], even, Numbers.Write((BigInteger.One << 1022) + 1, 128), Numbers.Write((BigInteger.One << 4096) + 1, 513) })
            Assert.Throws<ArgumentException>(() => ModulusContext.Create(modulus));
    }

    [Fact]
    public void Lengths_and_exponents_that_do_not_fit_are_the_callers_mistake()
    {
        var context = ModulusContext.Create(Numbers.Write((BigInteger.One << 1023) + 1, 128));
        var (one, two) = (new byte[128], new byte[256]);

        Assert.Throws<ArgumentException>(() => context.Raise(new byte[127], new PublicExponent([3]), one));
        Assert.Throws<ArgumentException>(() => context.Raise(two, new PublicExponent([3]), one));
        Assert.Throws<ArgumentException>(() => context.Raise(one, new PublicExponent([2]), one));
        Assert.Throws<ArgumentException>(() => context.Raise(one, new PublicExponent([1]), one));
        Assert.Throws<ArgumentException>(() => context.MultiplyByPowers(two, one, [1, 2, 3], two));
        Assert.Throws<ArgumentException>(() => context.MultiplyByPowers(two, two, [1, 2], two));
        Assert.Throws<ArgumentException>(() => context.TryInvertRoot(one, new PublicExponent([3]), one, new byte[127]));
    }

    private static void Agree(IEnumerable<BigInteger> expected, byte[] results, int length, string where)
    {
        var found = results.Chunk(length).Select(bytes => Numbers.Read(bytes)).ToList();
        var wanted = expected.ToList();
        Assert.Equal(wanted.Count, found.Count);
        for (var i = 0; i < wanted.Count; i++)
            Assert.True(wanted[i] == found[i], $"number {i}: {where}");
    }
}
