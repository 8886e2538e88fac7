using Plimsoll.Primitives;

namespace Plimsoll.World.Tests;

/// <summary>The assertions on results, for those that are still on their way.</summary>
internal static class TaskAssertions
{
    public static async Task<T> ShouldSucceed<T>(this Task<Result<T>> result)
        where T : notnull
        => (await result).ShouldSucceed();
}
