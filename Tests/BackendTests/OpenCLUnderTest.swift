import OpenCLBackend
import OpenCLRuntime

/// The OpenCL device that the tests run on: the first, which is PoCL's on a machine set up by
/// Scripts/test, or the simulator's under Scripts/oclgrind.
enum OpenCLUnderTest {
  struct NoDevice: Error, CustomStringConvertible {
    let description: String
  }

  struct NoSuchKernels: Error, CustomStringConvertible {
    let description: String
  }

  static func device() throws -> Device {
    guard let device = Device.all().first else {
      throw NoDevice(description: Diagnosis().summary ?? "no OpenCL device")
    }
    return device
  }

  /// - Throws: `NoSuchKernels` where the device's limits do not allow the kernel set.
  static func backend(kernelSet: String) throws -> OpenCLBackend {
    let backend = OpenCLBackend(device: try device(), kernelSet: kernelSet)
    guard backend.kernelSets.contains(kernelSet) else {
      throw NoSuchKernels(description: "\(backend.name) has no \(kernelSet) kernels")
    }
    return backend
  }
}
