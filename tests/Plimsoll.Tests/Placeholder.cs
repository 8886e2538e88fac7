namespace Plimsoll.Tests;

public sealed class Placeholder
{
    [Fact]
    public void Compiles() => Assert.True(true);
}
