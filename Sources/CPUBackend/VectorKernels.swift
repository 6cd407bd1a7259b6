import CVectorKernels

/// The kernels of one instruction set.
///
/// Unchecked, because C's function pointers are not known to be Sendable: the table is constant and
/// its functions keep no state.
struct VectorKernels: @unchecked Sendable {
  let table: vector_kernels

  /// Output channels in a panel of packed weights.
  var panelWidth: Int { table.panel_width }
  /// Output pixels that the registers hold at a time.
  var tilePixels: Int { table.tile_pixels }
}

extension InstructionSet {
  /// The set's kernels.
  /// - Precondition: The processor has the set.
  var kernels: VectorKernels { VectorKernels(table: vector_kernels_for(level)) }
}
