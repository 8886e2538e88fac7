using Plimsoll.Primitives.Arithmetic;

namespace Plimsoll.Tests.Primitives.Arithmetic;

/// <summary>The kinds of multiplication that this machine has; a test that runs over them prints them.</summary>
internal static class Kinds
{
    public static IEnumerable<MultiplierKind> Supported => Enum.GetValues<MultiplierKind>().Where(kind => kind <= ModulusContext.BestKind);
}
