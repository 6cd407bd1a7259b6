import CVectorKernels

/// A set of vector instructions that the kernels are compiled for.
public enum InstructionSet: String, Hashable, Sendable, CaseIterable {
  /// What every processor of the architecture has.
  case baseline
  /// AVX2 and FMA.
  case avx2
  /// AVX-512F.
  case avx512

  /// Those that this processor has, the fastest last.
  public static var available: [InstructionSet] {
    allCases.filter { vector_kernels_for($0.level) != nil }
  }

  private var level: vector_level {
    switch self {
    case .baseline: vector_level_baseline
    case .avx2: vector_level_avx2
    case .avx512: vector_level_avx512
    }
  }

  /// The set's kernels, or the baseline's where the processor lacks the set.
  var kernels: VectorKernels {
    // The table of the baseline always exists.
    VectorKernels(
      table: vector_kernels_for(level)?.pointee
        ?? vector_kernels_for(vector_level_baseline).pointee)
  }
}
