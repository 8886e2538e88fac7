using Plimsoll.Primitives.Keys;

namespace Plimsoll.Tests.Primitives.Keys;

/// <summary>TUF's signers choose the salt's length; the signatures were made with the openssl command, the private key was thrown away.</summary>
public sealed class RsaAnySaltKeyTests
{
    private const string Spki =
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAyMBLWuavXilYYMp7Si3+gwRCIlQ8AXmUQp7wBKcgr8ZcL4ySZuGVKNnWtG+JlzJHNVTal+bHL4YP"
        + "4HrfQzbJARyZ4Pk14WUWTyfmryD3u0VpXqyI83qwKmq1WLhDYIH0/KRRBMeCWCXpiYkIWxyrAmjb/qtpEI7XTh4Jz+cH8doh1Hy+3bAGsGz++VXtq4iauZN8"
        + "R7XdXBdI7WChNXucTGw6XLZ6TMDmX9K9qiIbkUeq0ZKpHFjxYE8KMjqFnmkTCM0rVTFlOIQwYA96kfdTprJUAbV7wZh7/t0pW/yMDUcrsmQ4vpIxaKldSdqK"
        + "0CGveKZezkr6bUQCfMdjsPxp8QIDAQAB";

    [Theory]
    [InlineData(0,
        "Musrjgmo07pEcdD786zlqO5bL3WEFMVOZwr4ZLCbGzU/6xl51D1faJ3PuN/AL62FQ0mAAo0Pq1Qdy6DF97HXcK5RpC4Msavxixj/+8N4u0DObEA8goNzlbnf"
        + "7H32YWlYzuQCwAuOdbl/mA8pqQSUKGtkkrwTremh5rdnJWCd8pB/ysPhPpDZkCbtb0cgIoYI9JHDzVXD3S4Nvw59yeEwgQBEtHxINnw+1fc0XlvHj2VjszJN"
        + "gzSv2sjJaqPnCFbjTssB+yVHZ0CzT4TiucT6VgtyOJIzJhpFd35Kpp+KT3tqTpXjnvNdj4AT5i1Z8cJzaNuAEoa44zecT2XMUSrN7A==")]
    [InlineData(20,
        "BNHhUtgLklBK+1Ypr+HDThzpQTD7DQkvkI7JXjR+T1MyaP6AMFwPReQaaxujjL4tPFfmPp8uq5LT/tMW0l8qHtP9k0hTtl6CE+opASXh1qyhMkID9KTHxS9Q"
        + "msPktEDZWY7XzCgSrzQBUK43UxLI3xO96b5ivtSzPVIPGU6Y6XFHyHzc8Wf8ZIyjSdgAhD6vHo3BJeqBmGU8XDFviWnubBsfdcbFQxIR1lHtwuGvfpDEKG90"
        + "NFi6AgtSaGPYvWr9pMWx+RR+Jfmh6qa/fbKZuLx1sG2CSplco5i4xGrYC6LaJpY0JSHUaQmFt3t8A+RTrgeXtGlSf0IFeSatpAkyRw==")]
    [InlineData(32,
        "Bu/lxzsinLwj+DYBYX32CafxzbeZ0wQDbQeTqOpJHDcV47KqNVH+C4Px73VKan1HkU/h3vs+1YaxX2ph+ONttdmEB75AcYgkljyNqvO07ZgYCNK9ZosibaCX"
        + "1VPY9TfYfw96Gfkr5aEPlcdRl2Hv8T1neYgvb8p2le9GNc3SzVQHlk6CGdb1Ah2POeUFfkwIw7OThcVnxpUzrMlDOYa7aB3zVAmQhxB88rc+L4Qp2IjeiGKA"
        + "iKMb1d12vU4UDGNoEwm/hAlxw+ZwUNPp9t3DsfTeyumuv5w/RuYhxaxRlXfQKL8U0aZoyx/sEger51awv1awILmNl5c5AULqtTBczQ==")]
    [InlineData(222,
        "JRvb1fKYhX+o+IiJso7PtVpXTfYEje0jbca4X7hiew9FWqWMbslX9AaygZ72lSiQvyMIyTey5hMkK4u/dFwBOj8Y0O9xmmBmRiJA+WfJc+9cKVFqBEveXDjw"
        + "iossp/mL1wEJH4q6qqcj6aDf0I76h07aKAm34oOKrfIV8cBzk4uvAYvBA+/F47HXW/cbu2yJDdTQN+RBzCPpw/Mq6DMx4gYpDjhzw6ZpM4ugNviMAofpSfGz"
        + "kje6IpH3y0Bm9hfHl9o9OTefeTRjDywdspfDdDYSDoqP0p9hq2/vFsCFBBh4Cfr+fc492Cos3GWmKDcZKBBUgFDvbDfcaUitGWxytg==")]
    public void A_salt_of_any_length_is_accepted(int salt, string signature)
    {
        var fixedSalt = PublicKeys.ImportSpki(Convert.FromBase64String(Spki), EcdsaEncoding.Der, pss: true).ShouldSucceed();
        var anySalt = Key();

        anySalt.Verify(OpenSslKeys.Message, Convert.FromBase64String(signature)).ShouldSucceed();

        Assert.Equal(salt == 32, fixedSalt.Verify(OpenSslKeys.Message, Convert.FromBase64String(signature)).Succeeded(out _, out _));
        Assert.Equal(fixedSalt.KeyId, anySalt.KeyId);
        Flips.AllRefused(anySalt, Convert.FromBase64String(signature));
    }

    [Fact]
    public void Another_hash_is_refused() => Key().Verify(OpenSslKeys.Message, Convert.FromBase64String(
        "jdZLjWALIcarxKtv8xEB2J1xDhH1G7nvXSsNaoKhq1Q6bLLsZK4UHz3IPfJmTsq8mJ4Dww6igylKPHJF/Y6iZodn3oP4+LxeYcEa13CJgwyrW3/5xDObhOZe"
        + "7PKhSda2p9H5TIe2UtjHVR1UlV6CpWflzA8kcAOhe0jhGRIlHl69fiCwpI8tuP1v4sZmMoWz7QZbjFo6OXKTrUiKx+c29cNAvi6owuKU3IwGBpvtEnWQnpNr"
        + "DNlUxaIU1uXRe2OeTZCGzGPBbenYb5AxS8CNoFvKHahCmTWN+dZJlZFD3aoSvci8NCWRrNjdd+3UTk8Aj6kWxqqy0CeTzefpF7nIKQ==")).ShouldFailWith("signature.invalid");

    [Fact]
    public void A_signature_with_the_older_padding_or_of_another_length_is_refused()
    {
        var key = RsaAnySaltVerificationKey.Of((RsaVerificationKey)PublicKeys.ImportSpki(OpenSslKeys.Rsa, EcdsaEncoding.Der).ShouldSucceed()).ShouldSucceed();
        var good = OpenSslKeys.RsaPssSignature;

        key.Verify(OpenSslKeys.Message, good).ShouldSucceed();
        foreach (var signature in new byte[][] { OpenSslKeys.RsaPkcs1Signature, [], [0, .. good], [.. good, 0], good[1..], new byte[256], [.. Enumerable.Repeat((byte)0xFF, 256)] })
            key.Verify(OpenSslKeys.Message, signature).ShouldFailWith("signature.invalid");
    }

    private static RsaAnySaltVerificationKey Key()
        => RsaAnySaltVerificationKey.Of((RsaVerificationKey)PublicKeys.ImportSpki(Convert.FromBase64String(Spki), EcdsaEncoding.Der).ShouldSucceed()).ShouldSucceed();
}
