import CVectorKernels

/// A set of vector instructions that the kernels are compiled for.
public enum InstructionSet: String, Hashable, Sendable, CaseIterable {
  /// What every processor of the architecture has.
  case baseline
  /// AVX2 and FMA.
  case avx2
  /// AVX-512F.
  case avx512

  /// Those that this processor has, the fastest last; never empty.
  public static var available: [InstructionSet] { allCases.filter(\.isAvailable) }

  public var isAvailable: Bool { vector_level_is_available(level) }

  var level: vector_level {
    switch self {
    case .baseline: vector_level_baseline
    case .avx2: vector_level_avx2
    case .avx512: vector_level_avx512
    }
  }
}
