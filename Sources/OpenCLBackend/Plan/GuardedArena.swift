import OpenCLRuntime

/// A plan's memory under `PlanGuards`: filled with NaN before a run, and looked through after it.
struct GuardedArena {
  /// Bytes behind each region that nobody may write.
  static let bandByteCount = 4096

  /// A part of the arena and what must hold there after a run.
  struct Region {
    let name: String
    let offset: Int
    /// What kernels may write.
    let byteCount: Int
    /// Where the band ends.
    let end: Int
    /// The contents as rows of floats, of which those from `channels` on must be zeros.
    var padding: (stride: Int, channels: Int)?
  }

  let arena: Shared<DeviceBuffer>
  let regions: [Region]

  /// A NaN that no arithmetic produces.
  private static let sentinel: UInt32 = 0x7FC0_5EED

  func poison(_ queue: borrowing CommandQueue) throws(OpenCLError) {
    let count = arena.resource.byteCount / MemoryLayout<UInt32>.stride
    try queue.write([UInt32](repeating: Self.sentinel, count: count), to: arena.resource)
  }

  /// - Throws: `UntrustedKernels` that names the tensor; `OpenCLError`.
  func check(_ queue: borrowing CommandQueue) throws {
    let words = try queue.read(
      arena.resource, as: UInt32.self,
      count: arena.resource.byteCount / MemoryLayout<UInt32>.stride)
    for region in regions {
      // From the first whole word behind the contents.
      let band = ((region.byteCount + 3) / 4)..<((region.end - region.offset) / 4)
      let first = region.offset / 4
      if let wrong = band.first(where: { words[first + $0] != Self.sentinel }) {
        throw UntrustedKernels(
          reason: "a kernel wrote \(wrong * 4 - region.byteCount) bytes behind \(region.name),"
            + " where nothing may be")
      }
      guard let (stride, channels) = region.padding, stride > channels else { continue }
      for index in 0..<region.byteCount / 4 where index % stride >= channels {
        let value = Float(bitPattern: words[first + index])
        guard value == 0 else {
          throw UntrustedKernels(
            reason: "a kernel left \(value) in \(region.name), row \(index / stride), channel"
              + " \(index % stride): there are only \(channels) channels, and zeros behind them")
        }
      }
    }
  }
}
