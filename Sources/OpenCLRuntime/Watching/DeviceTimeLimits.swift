#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// How long a device may take before it counts as lost. Any call of OpenCL may never return.
package struct DeviceTimeLimits: Hashable, Sendable {
  /// For a call, or a wait for a device of CPU type, while this process computes nothing: whatever
  /// it waits for does not come.
  package var idle = Duration.seconds(20)
  /// For a call that looks something up, sets or releases it.
  package var call = Duration.seconds(30)
  /// For a call in which a driver may compile or compute, for building a program, and for the
  /// commands of one batch.
  package var work = Duration.seconds(300)

  package init() {}

  /// All limits no longer than `limit`.
  package init(capped limit: Duration) {
    idle = min(idle, limit)
    call = min(call, limit)
    work = limit
  }

  /// The environment variable that caps all of them, in seconds.
  package static let variable = "BITCL_DEVICE_TIMEOUT"

  /// Those of this process: the standard ones, or what the environment or `cap(at:)` says.
  package static var current: DeviceTimeLimits { process.withLock { $0 } }

  package static func cap(at limit: Duration) {
    process.withLock { $0 = DeviceTimeLimits(capped: limit) }
  }

  private static let process = Monitor(
    seconds(in: ProcessInfo.processInfo.environment[variable]).map(DeviceTimeLimits.init(capped:))
      ?? DeviceTimeLimits())

  /// A limit as users write it: seconds, more than none and less than a day.
  package static func seconds(in text: String?) -> Duration? {
    guard let text, let seconds = Double(text), seconds > 0, seconds <= 86_400 else { return nil }
    return .seconds(seconds)
  }

  func limit(ofCall name: String) -> Duration {
    Self.brief.contains { name.hasPrefix($0) } ? call : work
  }

  // Releasing a queue or context may wait for what is enqueued.
  private static let brief = [
    "clGetDevice", "clGetPlatformInfo", "clGetKernel", "clGetProgram", "clGetEvent", "clSet",
    "clCreateSub", "clCreateCommandQueue", "clCreateContext", "clReleaseMem", "clReleaseKernel",
    "clReleaseProgram", "clReleaseEvent",
  ]
}
