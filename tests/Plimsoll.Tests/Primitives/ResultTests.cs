using Plimsoll.Primitives;

namespace Plimsoll.Tests.Primitives;

public sealed class ResultTests
{
    private static readonly Failure Refused = new(Refusal.Denied, "test.refused", "no", "ask again");

    [Fact]
    public void A_forgotten_result_refuses() => default(Result<string>).ShouldFailWith("internal.unassigned");

    [Fact]
    public void A_value_comes_out_as_it_went_in()
    {
        Result<string> result = "value";

        Assert.Equal("value", result.ShouldSucceed());
        Assert.Equal(5, result.Select(text => text.Length).ShouldSucceed());
        Assert.Equal("value!", result.Then<string>(text => text + "!").ShouldSucceed());
        Assert.Equal([1], Result.Of<IReadOnlyList<int>>([1]).ShouldSucceed());
    }

    [Fact]
    public void The_first_failure_goes_through_all_steps_untouched()
    {
        Result<string> result = Refused;

        Assert.Same(Refused, result.Select(text => text.Length).ShouldFailWith("test.refused"));
        Assert.Same(Refused, result.Then<int>(_ => throw new InvalidOperationException("must not run")).ShouldFailWith("test.refused"));
    }

    [Fact]
    public void Neither_a_missing_value_nor_a_missing_failure_makes_a_result()
    {
        Assert.Throws<ArgumentNullException>(() => Result.Of<string>(null!));
        Assert.Throws<ArgumentNullException>(() => (Result<string>)(Failure)null!);
    }
}
