import OpenCLRuntime
import TestSupport
import Testing

/// Everything that calls a driver, one test after the other: not all drivers can be called from
/// several threads.
@Suite("On a device", .serialized, .enabled(if: TestDevice.isPresent, TestDevice.skipReason))
enum OnDevice {}

/// The device under test, as an optional.
enum TestDevice {
  static let best = try? DeviceUnderTest.device.get()

  /// True as well where a device that was named is missing: then the tests fail.
  static var isPresent: Bool { best != nil || DeviceUnderTest.wanted != nil }

  static let skipReason: Comment = "no OpenCL device on this machine"

  static func required() throws -> Device {
    try DeviceUnderTest.device.get()
  }

  /// The simulator has habits of its own.
  static var isOclgrind: Bool { best?.platform.name == "Oclgrind" }
}
