namespace Plimsoll.Primitives.Arithmetic;

/// <summary>Which machine instructions multiply residues; the results are the same to the bit.</summary>
public enum MultiplierKind
{
    /// <summary>64-bit limbs, one residue at a time; runs everywhere.</summary>
    Scalar,

    /// <summary>Four residues side by side in 256-bit vectors.</summary>
    Avx2,

    /// <summary>Eight residues side by side in 512-bit vectors.</summary>
    Avx512,
}
