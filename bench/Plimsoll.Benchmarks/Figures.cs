using System.Collections.Immutable;
using Plimsoll.Benchmarks.Verify;

namespace Plimsoll.Benchmarks;

/// <summary>Every figure, in the order in which they are printed.</summary>
public static class Figures
{
    /// <summary>The registry; making it measures nothing.</summary>
    public static ImmutableArray<Figure> All { get; } =
    [
        .. PrimitiveFigures.All(),
        .. GqFigures.All(),
        .. TokenFigures.All(),
        .. FormatFigures.All(),
        .. JudgeFigures.All(),
        .. StartFigures.All(),
        .. VerifyFigures.All(),
        .. RegistryFigures.All(),
    ];

    /// <summary>The figures that the names mean, all without a name.</summary>
    /// <param name="names">Names, or beginnings of names up to a dot.</param>
    /// <param name="unknown">A name that means none, or null.</param>
    public static ImmutableArray<Figure> Select(IReadOnlyList<string> names, out string? unknown)
    {
        unknown = names.FirstOrDefault(name => !All.Any(figure => figure.IsSelectedBy(name)));
        return [.. All.Where(figure => names.Count == 0 || names.Any(figure.IsSelectedBy))];
    }
}
