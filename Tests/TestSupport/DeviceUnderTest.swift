import OpenCLRuntime

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The OpenCL device that the tests run on: the most promising one, unless `BITCL_TEST_DEVICE`
/// holds part of a name or of a platform's name.
///
/// A device that is named must be there. Without a name its absence is a reason to skip.
package enum DeviceUnderTest {
  package static let variable = "BITCL_TEST_DEVICE"

  /// There is no such device.
  package struct Missing: Error, CustomStringConvertible {
    package let description: String
  }

  /// What was asked for, or nil.
  package static var wanted: String? {
    ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Asked for once, so that everything in a process runs on the same device.
  package static let device: Result<Device, Missing> = {
    let devices = Device.all()
    guard let wanted else {
      guard let best = devices.max(by: { $0.score < $1.score }) else {
        return .failure(Missing(description: Diagnosis().summary ?? "no OpenCL device"))
      }
      return .success(best)
    }
    let word = wanted.lowercased()
    let named = devices.first {
      $0.name.lowercased().contains(word) || $0.platform.name.lowercased().contains(word)
    }
    if let named { return .success(named) }
    let present = devices.map { "\($0.label) of \($0.platform.name)" }.joined(separator: ", ")
    return .failure(
      Missing(
        description: "no device matches \(variable)=\(wanted); "
          + (present.isEmpty ? Diagnosis().summary ?? "none is there" : "there are \(present)")))
  }()
}
