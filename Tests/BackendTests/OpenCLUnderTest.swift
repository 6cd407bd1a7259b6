import OpenCLBackend
import OpenCLRuntime

/// The OpenCL device that the tests run on: the first, which is PoCL's on a machine set up by
/// Scripts/test, or the simulator's under Scripts/oclgrind.
enum OpenCLUnderTest {
  struct NoDevice: Error, CustomStringConvertible {
    let description: String
  }

  static func device() throws -> Device {
    guard let device = Device.all().first else {
      throw NoDevice(description: Diagnosis().summary ?? "no OpenCL device")
    }
    return device
  }

  /// Every kernel set that the program can select on some device.
  static let kernelSets = [
    "vector8", "vector16", "tiled64", "tiled32", "tiled16", "tiled8", "reference",
  ]

  static func backend(kernelSet: String) throws -> OpenCLBackend {
    OpenCLBackend(device: try device(), kernelSet: kernelSet)
  }
}
