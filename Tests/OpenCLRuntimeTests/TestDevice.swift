import OpenCLRuntime
import Testing

/// The device that these tests run on: the best one there is.
enum TestDevice {
  static let best = Device.all().max { $0.score < $1.score }

  static var isPresent: Bool { best != nil }

  static let skipReason: Comment = "no OpenCL device on this machine"

  static func required() throws -> Device {
    try #require(best, skipReason)
  }
}
