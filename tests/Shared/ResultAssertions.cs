using Plimsoll.Primitives;

namespace Plimsoll.Testing;

/// <summary>The two things that tests say about a result.</summary>
internal static class ResultAssertions
{
    /// <summary>The value; the test fails with the failure's words if there is none.</summary>
    public static T ShouldSucceed<T>(this Result<T> result)
        where T : notnull
    {
        if (result.Succeeded(out var value, out var failure))
            return value;
        Assert.Fail(failure.ToString());
        throw new InvalidOperationException();
    }

    /// <summary>The failure, which must have exactly this code and say something in each of its parts.</summary>
    public static Failure ShouldFailWith<T>(this Result<T> result, string code)
        where T : notnull
    {
        if (result.Succeeded(out var value, out var failure))
            Assert.Fail($"expected {code}, and it passed: {value}");
        Assert.True(failure!.Code == code, $"expected {code}, and it was {failure}");
        Assert.NotEmpty(failure.What);
        Assert.NotEmpty(failure.Next);
        return failure;
    }
}
