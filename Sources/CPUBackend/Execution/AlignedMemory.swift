import CVectorKernels

/// Uninitialised memory, aligned to a cache line, that lives as long as its owner.
final class AlignedMemory {
  let byteCount: Int
  let base: UnsafeMutableRawPointer

  /// - Throws: `CPUBackendError.outOfMemory`.
  init(byteCount: Int) throws(CPUBackendError) {
    guard let base = allocate_aligned(byteCount) else { throw .outOfMemory(byteCount: byteCount) }
    self.base = base
    self.byteCount = byteCount
  }

  deinit { free_aligned(base) }

  /// The size of a block of floats that leaves the next one aligned.
  static func byteCount(floats: Int) -> Int { (floats * 4 + 63) & ~63 }
}
