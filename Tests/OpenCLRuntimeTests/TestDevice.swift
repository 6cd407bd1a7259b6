import OpenCLRuntime
import Testing

/// Everything that calls a driver, one test after the other: not all drivers can be called from
/// several threads.
@Suite("On a device", .serialized, .enabled(if: TestDevice.isPresent, TestDevice.skipReason))
enum OnDevice {}

/// The device that these tests run on: the best one there is.
enum TestDevice {
  static let best = Device.all().max { $0.score < $1.score }

  static var isPresent: Bool { best != nil }

  static let skipReason: Comment = "no OpenCL device on this machine"

  static func required() throws -> Device {
    try #require(best, skipReason)
  }

  /// The simulator has habits of its own.
  static var isOclgrind: Bool { best?.platform.name == "Oclgrind" }
}
