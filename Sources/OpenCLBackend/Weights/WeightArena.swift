import BiTModel
import OpenCLRuntime

/// Buffers that hold a network's parameters one after the other, so that one kernel can be given all
/// of them. There are several where the device allows no single buffer of that size.
final class WeightArena {
  /// As many as `network_vector.cl` takes: a device allows buffers of at least a quarter of its
  /// memory.
  static let mostBuffers = 4

  /// Where a parameter lies.
  struct Place: Hashable, Sendable {
    let buffer: Int
    /// In bytes.
    let offset: Int
  }

  private(set) var buffers: [Shared<DeviceBuffer>] = []
  /// Bytes of the parameters that are still to come.
  private var remaining: Int
  /// Bytes taken of the last buffer.
  private var used = 0
  private let limits: DeviceLimits

  /// - Parameter need: Of all parameters.
  init(_ need: MemoryNeed, limits: DeviceLimits) {
    remaining = need.weightRegions(alignment: max(limits.bufferAlignment, 64))
    self.limits = limits
  }

  private var alignment: Int { max(limits.bufferAlignment, 64) }

  /// Parameters that come beyond those of which it was made.
  func expect(byteCounts: [Int]) {
    remaining += byteCounts.reduce(0) { $0 + $1.roundedUp(to: alignment) }
  }

  /// - Returns: Room for a parameter; nil if there is none left.
  func allocate(
    byteCount: Int, in context: Context
  ) throws(OpenCLError) -> (Shared<DeviceBuffer>, Place)? {
    let size = byteCount.roundedUp(to: alignment)
    guard size <= remaining else { return nil }
    if buffers.last.map({ used + size > $0.resource.byteCount }) ?? true {
      let capacity = min(remaining, limits.largestAllocation / alignment * alignment)
      guard buffers.count < Self.mostBuffers, size <= capacity else { return nil }
      buffers.append(Shared(try DeviceBuffer(in: context, byteCount: capacity)))
      used = 0
    }
    guard let last = buffers.last else { return nil }
    let place = Place(buffer: buffers.count - 1, offset: used)
    let part = try last.resource.subBuffer(at: used, byteCount: byteCount, in: context)
    used += size
    remaining -= size
    return (Shared(part), place)
  }
}
