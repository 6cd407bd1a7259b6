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
  ///
  /// A driver that does not answer in time keeps its platform to itself, not the others'.
  package static func run() -> Discovery {
    if case .failure(let error) = OpenCLLibrary.shared.result {
      return Discovery(platforms: [], failure: error)
    }
    do {
      var thread = DeviceThread(device: nil)
      let handles = try thread.performAndWait { try platformHandles() }
      var platforms: [Platform] = []
      for (index, handle) in handles.enumerated() {
        platforms.append(Platform(handle, index: index, on: thread))
        if thread.loss != nil { thread = DeviceThread(device: nil) }
      }
      return Discovery(platforms: platforms, failure: nil)
    } catch {
      let failure = error as? OpenCLError
      return Discovery(
        platforms: [], failure: failure ?? OpenCLError(.invalidRequest, detail: "\(error)"))
    }
  }

  private static func platformHandles() throws(OpenCLError) -> [PlatformHandle] {
    try Platform.handleList("clGetPlatformIDs", none: .platformNotFound) {
      clGetPlatformIDs($0, $1, $2)
    }.map(PlatformHandle.init)
  }
}
