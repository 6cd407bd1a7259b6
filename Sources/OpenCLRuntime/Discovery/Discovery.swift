internal import COpenCL

/// Everything that OpenCL offers on this machine at one moment.
package struct Discovery: Sendable {
  package let platforms: [Platform]
  /// Why there are no platforms, where asking for them failed.
  package let failure: OpenCLError?

  /// Every usable device, in the order of their ids.
  package var devices: [Device] { platforms.flatMap(\.devices) }

  /// Devices that cannot be used, with the reason.
  package var unusable: [UnusableDevice] { platforms.flatMap(\.unusable) }

  package init(platforms: [Platform], failure: OpenCLError?) {
    self.platforms = platforms
    self.failure = failure
  }

  /// Asks every platform. Nothing is kept: drivers answer from memory.
  package static func run() -> Discovery {
    if case .failure(let error) = OpenCLLibrary.shared.result {
      return Discovery(platforms: [], failure: error)
    }
    do {
      let handles = try Platform.handleList("clGetPlatformIDs", none: .platformNotFound) {
        clGetPlatformIDs($0, $1, $2)
      }
      let platforms = handles.enumerated().map { Platform($0.element, index: $0.offset) }
      return Discovery(platforms: platforms, failure: nil)
    } catch {
      return Discovery(platforms: [], failure: error)
    }
  }
}
