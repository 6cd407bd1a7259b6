/// How much of devices' memory this process allows itself.
package enum DeviceMemory {
  /// Bytes of one device's memory that are used at most, whatever the driver reports.
  package static func cap(at byteCount: Int) { process.withLock { $0 = byteCount } }

  private static let process = Monitor<Int?>(nil)

  fileprivate static var limit: Int { process.withLock { $0 } ?? .max }
}

extension DeviceLimits {
  /// Bytes that may be used: what the device has, or less where the user says so.
  package var usableMemory: Int { min(globalMemory, DeviceMemory.limit) }
}
